import type { SeqRange } from '@parley/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addRange, countOf, rangesBehind } from '../src/sync/skipped.ts';

/** Every seq in these ranges, one by one. */
const seqsOf = (ranges: SeqRange[]): number[] =>
  ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, n) => from + n));

/** Stretches that follow each other, each with a distance to the one before and a length; either may be none. */
const stretches = fc.array(fc.tuple(fc.nat(4), fc.nat(4)), { maxLength: 12 });

function rangesOf(list: [distance: number, length: number][]): { ranges: SeqRange[]; seqs: number[] } {
  let [ranges, end]: [SeqRange[], number] = [[], 0];
  const seqs: number[] = [];
  for (const [distance, length] of list) {
    const from = end + distance + 1;
    end = from + length - 1;
    ranges = addRange(ranges, from, end);
    for (let seq = from; seq <= end; seq += 1) seqs.push(seq);
  }
  return { ranges, seqs };
}

test('ranges hold what was put into them, in order, and those that touch are one', () => {
  fc.assert(
    fc.property(stretches, (list) => {
      const { ranges, seqs } = rangesOf(list);
      expect(seqsOf(ranges)).toEqual(seqs);
      expect(countOf(ranges)).toBe(seqs.length);
      for (const [n, [from]] of ranges.slice(1).entries()) expect(from).toBeGreaterThan(ranges[n]![1] + 1);
    }),
  );
  expect(addRange([[2, 3]], 4, 6)).toEqual([[2, 6]]);
});

test('behind a mark is what is higher; a range that reaches over it is shortened', () => {
  fc.assert(
    fc.property(stretches, fc.nat(60), (list, mark) => {
      const { ranges, seqs } = rangesOf(list);
      const behind = rangesBehind(ranges, mark);
      expect(seqsOf(behind)).toEqual(seqs.filter((seq) => seq > mark));
      expect(behind.every(([from, to]) => from <= to)).toBe(true);
    }),
  );
  const ranges: SeqRange[] = [
    [2, 3],
    [6, 9],
    [12, 12],
  ];
  expect(rangesBehind(ranges, 7)).toEqual([
    [8, 9],
    [12, 12],
  ]);
});

test('what does not change keeps its identity', () => {
  const ranges: SeqRange[] = [
    [2, 3],
    [6, 9],
  ];
  expect(rangesBehind(ranges, 1)).toBe(ranges);
  expect(rangesBehind(ranges, 2)[1]).toBe(ranges[1]);
  expect(addRange(ranges, 12, 11)).toBe(ranges);
});
