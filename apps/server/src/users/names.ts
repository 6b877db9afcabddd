import { LIMITS } from '@parley/contract';
import { z } from 'zod';
import { text } from '../text.ts';

/** How a person is called and addressed: what may be given, and by which key two of them are the same. */
export const username = z
  .string()
  .min(LIMITS.usernameMin)
  .max(LIMITS.usernameMax)
  .regex(/^[A-Za-z0-9_]*$/, 'only letters A to Z, digits and underscores');

/** An address in ASCII, so that each mailbox is written in one way; a domain beyond ASCII as `xn--…`. */
export const email = text(1, 254)
  .trim()
  .normalize('NFKC')
  .pipe(z.email({ pattern: z.regexes.html5Email }));

export const fullName = text(1, LIMITS.fullName).trim().normalize('NFC');

export const bio = text(1, LIMITS.bio).trim().normalize('NFC');

export const statusText = text(1, LIMITS.status).trim().normalize('NFC');

/** Two names, or two addresses, with the same key are one. */
export const nameKey = (given: string): string => given.trim().normalize('NFKC').toLowerCase();

/** Above every key that begins with this, in the order of bytes. Nothing in it is a wildcard. */
export const endOfPrefix = (prefix: string): string => `${prefix}\u{10ffff}`;
