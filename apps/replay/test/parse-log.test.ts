import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type LogLine, parseLog } from '../src/parse-log.ts';
import { readLog } from '../src/read-log.ts';
import { BUSY, COMING_AND_GOING, SAMPLE } from './logs.ts';

const countKinds = (lines: LogLine[]) =>
  Object.fromEntries([...Map.groupBy(lines, ({ kind }) => kind)].map(([kind, { length }]) => [kind, length]));

const speakers = (lines: LogLine[]) =>
  new Set(lines.flatMap((line) => (line.kind === 'message' ? line.nick : []))).size;

/** Counted with grep. */
describe('real logs', () => {
  test.skipIf(!COMING_AND_GOING)('2007-06-04: people come and go', () => {
    const lines = readLog(COMING_AND_GOING!);
    expect(lines).toHaveLength(1_910);
    expect(countKinds(lines)).toEqual({
      message: 1_377,
      action: 5,
      joined: 433,
      left: 75,
      renamed: 7,
      notice: 13,
    });
    expect(speakers(lines)).toBe(152);
    expect(lines.at(-1)!.at).toBeGreaterThan(116 * 60);
  });

  test.skipIf(!BUSY)('2008-04-27: 179 speakers', () => {
    const lines = readLog(BUSY!);
    expect(lines).toHaveLength(1_979);
    expect(countKinds(lines)).toEqual({ message: 1_939, action: 19, renamed: 21 });
    expect(speakers(lines)).toBe(179);
  });
});

describe('each form of line', () => {
  const one = (row: string) => {
    const { number: _, at: __, ...line } = parseLog(`[09:03] <a> .\n${row}`)[1]!;
    return line;
  };

  test.each([
    ['[09:03] <nick> some text', { kind: 'message', nick: 'nick', text: 'some text' }],
    ['[09:03] <nick>   as it is ', { kind: 'message', nick: 'nick', text: '  as it is ' }],
    ['[09:03] <nick> ', { kind: 'message', nick: 'nick', text: '' }],
    ['[09:03] <a|b`> <b> [x] === y', { kind: 'message', nick: 'a|b`', text: '<b> [x] === y' }],
    ['[09:03]  * nick waves', { kind: 'action', nick: 'nick', text: '* nick waves' }],
    ['=== nick [n=a@b]  has joined #ubuntu', { kind: 'joined', nick: 'nick' }],
    ['=== nick [n=a@nat/x-1]  has joined #UBUNTU', { kind: 'joined', nick: 'nick' }],
    ['=== [B] olinho [n=b@c]  has joined #ubuntu', { kind: 'joined', nick: '[B]olinho' }],
    ['=== W_o_r[l] d [n=P@c]  has joined #ubuntu', { kind: 'joined', nick: 'W_o_r[l]d' }],
    ['=== nick [n=a@b]  has left #ubuntu [] ', { kind: 'left', nick: 'nick' }],
    ['=== nick [n=a@b]  has left #ubuntu ["going]', { kind: 'left', nick: 'nick' }],
    ['=== nick [n=a@b] has quit ["Ping timeout"]', { kind: 'left', nick: 'nick' }],
    ['=== a is now known as b', { kind: 'renamed', nick: 'a', to: 'b' }],
    ['=== mode/#ubuntu [+o LjL]  by ChanServ', { kind: 'notice' }],
    ['=== nick bai bai', { kind: 'action', nick: 'nick', text: '* nick bai bai' }],
    [
      '=== nick has left his keys [somewhere]',
      { kind: 'action', nick: 'nick', text: '* nick has left his keys [somewhere]' },
    ],
  ])('%s', (row, line) => expect(one(row)).toEqual(line));
});

describe('time', () => {
  const times = (...rows: string[]) => parseLog(rows.join('\n')).map(({ at }) => at);

  test('is spread over each minute, and what has no time goes with the line before', () => {
    expect(
      times('=== a [b@c]  has joined #x', '[09:03] <a> 1', '[09:03] <a> 2', '=== a waves', '[09:05] <a> 3'),
    ).toEqual([0, 15, 30, 45, 120]);
  });

  test('goes on after midnight', () => {
    expect(times('[23:59] <a> 1', '[00:00] <a> 2', '[00:10] <a> 3')).toEqual([0, 60, 660]);
  });

  test('never goes back', () => {
    expect(times('[09:05] <a> 1', '[09:04] <a> 2', '[09:06] <a> 3')).toEqual([0, 30, 60]);
  });
});

test('lines keep their numbers, blank ones and line ends of Windows do not matter', () => {
  const lines = parseLog('[09:03] <a> 1\r\n\r\n[09:03] <a> 2\r\n');
  expect(lines.map(({ number }) => number)).toEqual([1, 3]);
  expect(lines.map((line) => 'text' in line && line.text)).toEqual(['1', '2']);
});

describe('a log that cannot be read is one error, with the line and what was expected', () => {
  const broken = (row: string) => () => parseLog(`[09:03] <a> fine\n${row}\n[09:04] <a> fine`);

  test.each([
    ['some text', /^line 2: expected \[hh:mm\] <nick> text, .*, found "some text"$/],
    ['[9:03] <a> x', /^line 2: expected \[hh:mm\]/],
    ['[09:03] a> x', /^line 2: expected \[hh:mm\]/],
    ['[09:03] <> x', /^line 2: expected \[hh:mm\]/],
    ['[24:03] <a> x', /^line 2: expected a time from 00:00 to 23:59/],
    ['=== ', /^line 2: expected \[hh:mm\]/],
    ['=== nick', /^line 2: expected \[hh:mm\]/],
    ['[09:03] <a> x\0y', /^line 2: expected text without the character NUL/],
    [`[09:03] <a> ${'x'.repeat(4_001)}`, /^line 2: expected at most 4000 characters of text instead of 4001/],
    [`[09:03] <${'x'.repeat(101)}> x`, /^line 2: expected a nick of at most 100 characters/],
  ])('%.40s', (row, message) => expect(broken(row)).toThrow(message));

  test('nobody speaks', () => {
    expect(() => parseLog('')).toThrow(/^line 1: expected a log in which somebody speaks/);
    expect(() => parseLog('=== a [b@c]  has joined #x')).toThrow(/^line 1: expected a log/);
  });

  test('4000 characters beyond the basic plane are not too many', () => {
    expect(parseLog(`[09:03] <a> ${'👏'.repeat(4_000)}`)).toHaveLength(1);
  });
});

describe('the file', () => {
  test('only its first lines, if so wished', () => {
    expect(readLog(SAMPLE, 5)).toHaveLength(5);
  });

  test('is not there, is a folder, or is not UTF-8', () => {
    const folder = mkdtempSync(join(tmpdir(), 'parley-log-'));
    const file = join(folder, 'latin1.txt');
    writeFileSync(file, Buffer.from('[09:03] <a> fine\n[09:03] <a> na\xefve\n', 'latin1'));
    expect(() => readLog(join(folder, 'x.txt'))).toThrow(`${folder}/x.txt: there is no such file`);
    expect(() => readLog(folder)).toThrow(`${folder}: this is a folder; expected an IRC log`);
    expect(() => readLog(file)).toThrow(`${file}: line 2: expected text in UTF-8`);
    rmSync(folder, { recursive: true });
  });
});
