import type { Message } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { ParleyError } from '../error.ts';
import type { Cursor } from '../events/cursor.ts';
import { Rendered } from '../rendered.ts';
import { isShownTo, messageJsonFor } from './read.ts';

export interface ListInput {
  conversationId: string;
  limit: number;
  /** A seq, not included … */
  before?: number | undefined;
  /** … or this one, not included … */
  after?: number | undefined;
  /** … or this one, in the middle. At most one of the three; none means the newest. */
  around?: number | undefined;
}

/** A page of a conversation. */
export interface MessagePage {
  /** In the order of `seq`. */
  messages: Message[];
  /** The range that the page covers, both included: a `seq` in it without a message is not a gap. */
  from: number;
  to: number;
  hasMoreBefore: boolean;
  hasMoreAfter: boolean;
  cursor: Cursor;
}

/** A page of what the caller may see, as JSON made by Postgres: the hot path of everybody who scrolls. */
export async function listMessages(ctx: SignedIn, input: ListInput): Promise<Rendered<MessagePage>> {
  const { conversationId, limit, before, after, around } = input;
  const { database, log } = ctx.app;
  const values = [
    conversationId,
    ctx.session.userId,
    limit,
    before ?? null,
    after ?? null,
    around ?? null,
    log.reader.epoch,
  ];
  const { rows } = await database.pool.query<[string]>({
    name: 'message_page',
    text: PAGE,
    values,
    rowMode: 'array',
  });
  if (!rows[0]) throw new ParleyError('NOT_FOUND', { what: 'conversation' });
  return new Rendered(rows[0][0]);
}

/** Seqs are dense, so the page is a range of them, and the index is read along it. */
const PAGE = `
  WITH visible AS (
    SELECT m.joined_seq + 1 AS lowest, c.last_seq AS highest
    FROM members m JOIN conversations c ON c.id = m.conversation_id
    WHERE m.conversation_id = $1 AND m.user_id = $2 AND NOT m.hidden
  ), wanted AS (
    SELECT lowest, highest, CASE
      WHEN $5::int IS NOT NULL THEN greatest($5 + 1, lowest)
      WHEN $6::int IS NOT NULL THEN least(greatest($6, lowest) - $3::int / 2, highest - $3 + 1)
      ELSE least(coalesce($4::int, highest + 1), highest + 1) - $3
    END AS start
    FROM visible
  ), page AS (
    SELECT lowest, highest, greatest(start, lowest) AS low, least(start + $3 - 1, highest) AS high FROM wanted
  )
  SELECT '{"messages":[' ||
    coalesce((SELECT string_agg(${messageJsonFor('$2')}, ',' ORDER BY m.seq)
              FROM messages m WHERE m.conversation_id = $1 AND m.seq BETWEEN page.low AND page.high
              AND ${isShownTo('$2', '$1')}), '') ||
    '],"from":' || low || ',"to":' || high ||
    ',"hasMoreBefore":' || (low > lowest) || ',"hasMoreAfter":' || (high < highest) ||
    ',"cursor":"' || $7::text || '.' || (SELECT coalesce(max(position), 0) FROM events) || '"}'
  FROM page`;
