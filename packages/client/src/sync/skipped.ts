import type { SeqRange } from '@parley/contract';

/** What of these ranges lies behind a mark. */
export function rangesBehind(ranges: SeqRange[], mark: number): SeqRange[] {
  if (ranges.every(([from]) => from > mark)) return ranges;
  return ranges
    .filter(([, to]) => to > mark)
    .map((range) => (range[0] > mark ? range : [mark + 1, range[1]]));
}

/** With one more at their end; it is empty when `from` is `to + 1`. */
export function addRange(ranges: SeqRange[], from: number, to: number): SeqRange[] {
  if (from > to) return ranges;
  const last = ranges.at(-1);
  return last?.[1] === from - 1 ? [...ranges.slice(0, -1), [last[0], to]] : [...ranges, [from, to]];
}

export const includesSeq = (ranges: readonly SeqRange[], seq: number): boolean =>
  ranges.some(([from, to]) => from <= seq && seq <= to);

/** With one seq more, wherever it belongs. */
export function addSeq(ranges: SeqRange[], seq: number): SeqRange[] {
  if (includesSeq(ranges, seq)) return ranges;
  const before = ranges.filter(([, to]) => to < seq);
  const behind = ranges.filter(([from]) => from > seq);
  return behind.reduce((sum, [from, to]) => addRange(sum, from, to), addRange(before, seq, seq));
}

/** What of these ranges lies before the end of a conversation. */
export const rangesUpTo = (ranges: SeqRange[], end: number): SeqRange[] =>
  ranges.filter(([from]) => from <= end).map(([from, to]) => [from, Math.min(to, end)]);

/** How many seqs lie in these ranges. */
export const countOf = (ranges: readonly SeqRange[]): number =>
  ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
