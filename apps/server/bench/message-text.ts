/**
 * The texts that are sent: 100 characters, the message's number in front as `@@12345678@@`. A client finds it
 * in the bytes of a frame, whatever the system's format, without parsing them.
 */
const FILL = ' Shall we meet at the station at seven, or would you rather come over after dinner tonight?';
const LENGTH = 100;
const DIGITS = 8;
const AT = 0x40;
const ZERO = 0x30;

let last = 10 ** (DIGITS - 1) + Math.floor(Math.random() * 6 * 10 ** (DIGITS - 1));

/** A number that no message of this run has had. */
export const nextMessage = (): number => ++last;

export const textOf = (message: number): string => `@@${message}@@${FILL}`.slice(0, LENGTH);

/** The number in the bytes from `start` to `end`, or -1 if there is none. */
export function messageIn(bytes: Buffer, start: number, end: number): number {
  const at = bytes.indexOf(AT, start);
  if (at < 0 || at + DIGITS + 2 > end) return -1;
  return numberAt(bytes, at + 2);
}

/** The decimal number that begins at `start`; 0 if there is none. */
export function numberAt(bytes: Buffer, start: number): number {
  let value = 0;
  for (let at = start; ; at++) {
    const digit = (bytes[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return value;
    value = value * 10 + digit;
  }
}
