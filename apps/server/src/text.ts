import { z } from 'zod';

/** What shows nothing: white space, and characters without width. */
const INVISIBLE = /^[\s\p{Cf}\p{Cc}\u115f\u1160\u2800\u3164\uffa0]*$/u;

/**
 * Text that somebody wrote. Its length is counted in code points. Refused: what Postgres cannot store (NUL, a
 * lone surrogate), and text in which there is nothing to see.
 */
export const text = (from: number, to: number) =>
  z
    .string()
    // Long before the code points are counted: each has at most two units.
    .max(2 * to, { error: `${from} to ${to} characters`, abort: true })
    .refine((value) => value.isWellFormed() && !value.includes('\0'), {
      error: 'characters that are no text',
      abort: true,
    })
    .refine((value) => isWithin([...value].length, from, to), {
      error: `${from} to ${to} characters`,
      abort: true,
    })
    .refine((value) => !INVISIBLE.test(value), 'nothing to see');

const isWithin = (length: number, from: number, to: number): boolean => from <= length && length <= to;
