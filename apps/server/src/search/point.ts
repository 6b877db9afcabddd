import { invalidInput } from '../error.ts';

/** A point in the order of all messages: by time in milliseconds, then by conversation, then by seq. */
export interface Point {
  at: number;
  conversationId: string;
  seq: number;
}

const LEAST = { conversationId: '00000000-0000-0000-0000-000000000000', seq: 0 };
const GREATEST = { conversationId: 'ffffffff-ffff-ffff-ffff-ffffffffffff', seq: 2_147_483_647 };

/** Before everything of this time … */
export const beforeTime = (at: number): Point => ({ at, ...LEAST });
/** … and behind it. */
export const behindTime = (at: number): Point => ({ at, ...GREATEST });

/** Which of two messages comes first: the newer one. */
export const newestFirst = (a: Point, b: Point): number =>
  b.at - a.at ||
  (a.conversationId < b.conversationId ? 1 : -1) * Number(a.conversationId !== b.conversationId) ||
  b.seq - a.seq;

/** As clients carry it from page to page. */
export const formatPoint = ({ at, conversationId, seq }: Point): string => `${at}.${conversationId}.${seq}`;

const POINT = /^(\d{1,15})\.([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})\.(\d{1,10})$/;

/** Errors: `INVALID_INPUT`. */
export function parsePoint(cursor: string): Point {
  const [, at, conversationId, seq] = POINT.exec(cursor) ?? [];
  if (conversationId === undefined || Number(seq) > GREATEST.seq)
    throw invalidInput('cursor', 'none of a search');
  return { at: Number(at), conversationId, seq: Number(seq) };
}
