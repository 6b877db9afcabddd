import fc from 'fast-check';
import { expect, test } from 'vitest';
import { advance, formatCursor, parseCursor } from '../src/sync/cursor.ts';

const cursor = fc.record({ epoch: fc.stringMatching(/^[0-9a-z]{1,32}$/), position: fc.maxSafeNat() });

test('a cursor survives the wire', () => {
  fc.assert(
    fc.property(cursor, (at) => {
      expect(parseCursor(formatCursor(at))).toEqual(at);
    }),
  );
});

test('what is no cursor is null, and never a wrong position', () => {
  for (const text of [
    '',
    '.',
    'a',
    'a.',
    '.1',
    'a.01',
    'a.-1',
    'a.1.5x',
    'a. 1',
    'a.1e3',
    'a.9007199254740993',
  ])
    expect(parseCursor(text)).toBeNull();
  fc.assert(
    fc.property(fc.string(), (text) => {
      const at = parseCursor(text);
      if (at) expect(formatCursor(at)).toBe(text);
    }),
  );
});

test('a cursor never goes back', () => {
  fc.assert(
    fc.property(cursor, fc.array(fc.maxSafeNat()), (start, positions) => {
      const end = positions.reduce((at, position) => advance(at, { epoch: start.epoch, position }), start);
      expect(end.position).toBe(Math.max(start.position, ...positions));
    }),
  );
});
