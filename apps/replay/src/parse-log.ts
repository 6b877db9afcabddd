import { LIMITS } from '@parley/contract';

/** One line of an IRC log. */
export type LogLine = {
  /** Its number in the file, from 1. */
  number: number;
  /** Seconds since the file's first minute. */
  at: number;
} & (
  | { kind: 'message' | 'action'; nick: string; text: string }
  | { kind: 'joined' | 'left'; nick: string }
  | { kind: 'renamed'; nick: string; to: string }
  /** Modes and topics: about the channel, by nobody. */
  | { kind: 'notice' }
);

/** A log that cannot be read. Its message names the line, and what was expected there. */
export class LogError extends Error {}

/** What a line says, without its number. `minute` is the minute of its day; undefined where a line has no time. */
type Reading = { minute?: number } & (LogLine extends infer Line
  ? Line extends LogLine
    ? Omit<Line, 'number' | 'at'>
    : never
  : never);

const STAMPED = /^\[(\d\d):(\d\d)\] (.*)$/;
const MESSAGE = /^<([^<>\s]+)>(?: (.*))?$/;
const ACTION = /^ ?\* (\S+)(?: (.*))?$/;
/** `nick [n=user@host]  has joined #channel`. The log writes some nicks with a space after a bracket. */
const CAME_OR_WENT = /^(\S+|\S.*?(?= \[\S+\] ))(?: \[\S+\])? +has (joined|left) #/;
const QUIT = /^(\S.*?) \[\S+\] +has quit\b/;
const RENAMED = /^(\S+) is now known as (\S+)$/;
const NOTICE = /^(mode\/#|#|Topic\b)/;
/** This log writes some actions without a time. */
const UNTIMED_ACTION = /^(\S+) (.*\S.*)$/;

/**
 * The lines of an IRC log, blank ones left out. The log tells minutes only: the lines of one minute are spread
 * evenly over it, and a line without a time belongs to the minute of the one before.
 *
 * Errors: `LogError` for the first line that is none of the known forms, and for a log in which nobody speaks.
 */
export function parseLog(text: string): LogLine[] {
  const rows = text.split(/\r?\n/).map((row, index) => ({ number: index + 1, row }));
  const read = rows
    .filter(({ row }) => row.trim() !== '')
    .map(({ number, row }) => ({ number, ...readLine(row, number) }));
  if (!read.some(({ kind }) => kind === 'message' || kind === 'action'))
    throw new LogError('line 1: expected a log in which somebody speaks, as [09:03] <nick> text');
  return spread(countMinutes(read));
}

function readLine(row: string, number: number): Reading {
  const expected = (what: string) =>
    new LogError(`line ${number}: expected ${what}, found ${JSON.stringify(row.slice(0, 60))}`);
  const reading = row.startsWith('=== ') ? readChange(row.slice(4).trimEnd()) : readStamped(row, expected);
  if (!reading)
    throw expected('[hh:mm] <nick> text, [hh:mm]  * nick text or === nick [user@host] has joined #channel');
  if ('nick' in reading) checkNick(reading.nick, expected);
  if ('to' in reading) checkNick(reading.to, expected);
  if ('text' in reading) checkText(reading.text, expected);
  return reading;
}

function readStamped(row: string, expected: (what: string) => LogError): Reading | undefined {
  const [, hours, minutes, rest] = STAMPED.exec(row) ?? [];
  if (rest === undefined) return undefined;
  const [hour, minute] = [Number(hours), Number(minutes)];
  if (hour > 23 || minute > 59) throw expected('a time from 00:00 to 23:59');
  const message = MESSAGE.exec(rest);
  const action = ACTION.exec(rest);
  const [, nick, text = ''] = message ?? action ?? [];
  if (nick === undefined) return undefined;
  return message
    ? { kind: 'message', minute: hour * 60 + minute, nick, text }
    : { kind: 'action', minute: hour * 60 + minute, nick, text: `* ${nick} ${text}` };
}

function readChange(change: string): Reading | undefined {
  const [, nick, what] = CAME_OR_WENT.exec(change) ?? [];
  if (nick !== undefined) return { kind: what === 'joined' ? 'joined' : 'left', nick: withoutSpaces(nick) };
  const [, gone] = QUIT.exec(change) ?? [];
  if (gone !== undefined) return { kind: 'left', nick: withoutSpaces(gone) };
  const [, before, to] = RENAMED.exec(change) ?? [];
  if (before !== undefined && to !== undefined) return { kind: 'renamed', nick: before, to };
  if (NOTICE.test(change)) return { kind: 'notice' };
  const [, actor, text] = UNTIMED_ACTION.exec(change) ?? [];
  return actor === undefined ? undefined : { kind: 'action', nick: actor, text: `* ${actor} ${text}` };
}

const withoutSpaces = (nick: string): string => nick.replaceAll(' ', '');

/** Whether a text shows nothing on a screen. Nobody can send that. */
export const hasNothingToSee = (text: string): boolean => /^[\s\p{Cf}\p{Cc}]*$/u.test(text);

/** What the server would refuse is refused here, before anything has begun. */
function checkNick(nick: string, expected: (what: string) => LogError): void {
  if (nick.length > LIMITS.fullName || hasNothingToSee(nick))
    throw expected(`a nick of at most ${LIMITS.fullName} characters that can be seen`);
}

function checkText(text: string, expected: (what: string) => LogError): void {
  const { length } = [...text];
  if (length > LIMITS.messageText)
    throw expected(`at most ${LIMITS.messageText} characters of text instead of ${length}`);
  if (text.includes('\0')) throw expected('text without the character NUL');
}

/** Counts the minutes from the first one on. A time that lies half a day back or more is of the next day. */
function countMinutes<Line extends { minute?: number }>(lines: Line[]): (Line & { minute: number })[] {
  const first = lines.find(({ minute }) => minute !== undefined)?.minute ?? 0;
  let now = first;
  return lines.map((line) => {
    const { minute = now % DAY } = line;
    const back = (now % DAY) - minute;
    if (back >= DAY / 2) now += DAY - back;
    else if (back < 0) now -= back;
    return { ...line, minute: now - first };
  });
}

const DAY = 24 * 60;

function spread(lines: (Reading & { number: number; minute: number })[]): LogLine[] {
  const minutes = [...Map.groupBy(lines, ({ minute }) => minute).values()];
  return minutes.flatMap((together) =>
    together.map(({ minute, ...line }, index) => ({
      ...line,
      at: 60 * (minute + index / together.length),
    })),
  );
}
