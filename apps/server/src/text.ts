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
    .check(({ value, issues }) => {
      const message = problemOf(value, from, to);
      if (message) issues.push({ code: 'custom', message, input: value });
    })
    // For the reference: JSON Schema counts code points, too.
    .meta({ minLength: from, maxLength: to });

/** Text that is not finished: it may be empty, or have nothing to see in it yet. */
export const unfinishedText = (to: number) =>
  z
    .string()
    .check(({ value, issues }) => {
      const message = isWithin(value, 0, to) ? problemOfCharacters(value) : `at most ${to} characters`;
      if (message) issues.push({ code: 'custom', message, input: value });
    })
    .meta({ maxLength: to });

function problemOf(value: string, from: number, to: number): string | null {
  if (!isWithin(value, from, to)) return `${from} to ${to} characters`;
  return problemOfCharacters(value) ?? (INVISIBLE.test(value) ? 'nothing to see' : null);
}

const problemOfCharacters = (value: string): string | null =>
  value.isWellFormed() && !value.includes('\0') ? null : 'characters that are no text';

/** A code point has one unit or two: only what lies between is counted. */
function isWithin(value: string, from: number, to: number): boolean {
  const units = value.length;
  if (units >= 2 * from && units <= to) return true;
  if (units < from || units > 2 * to) return false;
  const { length } = [...value];
  return length >= from && length <= to;
}
