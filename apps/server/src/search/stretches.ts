import type { Point } from './point.ts';

/** Where something may be: these seqs of a conversation. None of the messages is newer than `at`. */
export interface Stretch {
  conversationId: string;
  low: number;
  high: number;
  at: number;
}

/** What was found in the newest part of a stretch, the newest first. */
export interface Looked {
  /** When the first message of the part was written; null where nothing is left of the part. */
  lowestAt: number | null;
  found: Point[];
}

/**
 * Milliseconds by which times of one conversation may be out of the order of its messages: the clocks of nodes differ,
 * and a send has its time before it has its place.
 */
export const DISORDER = 30_000;
/** Conversations among which one look is shared, and what each gets of it at least. */
const SHARES = 16;
const LEAST = 64;

/** Nothing newer than this is left in any of them. */
export const newestOf = (stretches: Stretch[]): number =>
  Math.max(Number.NEGATIVE_INFINITY, ...stretches.map(({ at }) => at));

/** The parts that one look at about `size` messages goes to: of those stretches where the newest may be, the newest seqs. */
export function choose(stretches: Stretch[], size: number): Stretch[] {
  const share = Math.max(LEAST, Math.ceil(size / Math.min(stretches.length, SHARES)));
  const parts: Stretch[] = [];
  let room = size;
  for (const stretch of stretches.toSorted((a, b) => b.at - a.at)) {
    if (room <= 0) break;
    const low = Math.max(stretch.low, stretch.high - share + 1);
    room -= stretch.high - low + 1;
    parts.push({ ...stretch, low });
  }
  return parts;
}

/** What is left of a stretch after a look at a part of it that wanted no more than `limit`; null when nothing is. */
export function restOf(
  stretch: Stretch,
  part: Stretch,
  { lowestAt, found }: Looked,
  limit: number,
): Stretch | null {
  const last = found.length < limit ? undefined : found.at(-1);
  const high = (last?.seq ?? part.low) - 1;
  const at = Math.min(stretch.at, (last?.at ?? lowestAt ?? stretch.at) + DISORDER);
  return high < stretch.low ? null : { ...stretch, high, at };
}
