import { LIMITS } from '@parley/contract';
import { z } from 'zod';
import { invalidInput } from '../error.ts';
import { isCommonPassword } from './common-passwords.ts';

/** Room for the longest password, in whatever form of Unicode a keyboard writes it. */
const LONGEST_SPELLING = 1_024;

/** A password that is to be compared: any text that can be told from another, white space included. */
export const givenPassword = z
  .string()
  .max(LONGEST_SPELLING, { abort: true })
  .refine((given) => given.isWellFormed() && !given.includes('\0'), 'characters that are no text');

const RULE = `${LIMITS.passwordMin} to ${LIMITS.passwordMax} characters`;

/** A password that is to be set. What can be written as one character counts as one. */
export const newPassword = givenPassword
  .refine((given) => {
    const length = Math.min([...given].length, [...given.normalize('NFC')].length);
    return LIMITS.passwordMin <= length && length <= LIMITS.passwordMax;
  }, RULE)
  .meta({ description: RULE });

/** Refuses what guessers try first with `INVALID_INPUT`. There are no rules on the kinds of characters. */
export function refuseGuessable(password: string, field: string): void {
  if (isCommonPassword(spelled(password))) throw invalidInput(field, 'one of the most common passwords');
}

/** Refuses a password that is the username with `INVALID_INPUT`. */
export function refuseUsername(password: string, username: string, field: string): void {
  if (spelled(password) === username.toLowerCase()) throw invalidInput(field, 'the same as the username');
}

const spelled = (password: string): string => password.normalize('NFKC').toLowerCase();
