import { LIMITS } from '@parley/contract';
import { z } from 'zod';
import { ParleyError } from '../error.ts';
import { COMMON_PASSWORDS } from './common-passwords.ts';

/** Room for the longest password, in whatever form of Unicode a keyboard writes it. */
const LONGEST_SPELLING = 1_024;

/** A password that is to be compared: any text that can be told from another, white space included. */
export const givenPassword = z
  .string()
  .max(LONGEST_SPELLING, { abort: true })
  .refine((given) => given.isWellFormed() && !given.includes('\0'), 'characters that are no text');

/** A password that is to be set. What can be written as one character counts as one. */
export const newPassword = givenPassword.refine((given) => {
  const length = Math.min([...given].length, [...given.normalize('NFC')].length);
  return LIMITS.passwordMin <= length && length <= LIMITS.passwordMax;
}, `${LIMITS.passwordMin} to ${LIMITS.passwordMax} characters`);

/** Refuses what guessers try first with `INVALID_INPUT`. There are no rules on the kinds of characters. */
export function refuseGuessable(password: string, username: string): void {
  const spelled = password.normalize('NFKC').toLowerCase();
  if (spelled === username.toLowerCase()) throw refusal('the same as the username');
  if (COMMON_PASSWORDS.has(spelled)) throw refusal('one of the most common passwords');
}

const refusal = (message: string) =>
  new ParleyError('INVALID_INPUT', { issues: [{ path: 'password', message }] });
