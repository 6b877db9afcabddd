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

/** How many seqs lie in these ranges. */
export const countOf = (ranges: readonly SeqRange[]): number =>
  ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
