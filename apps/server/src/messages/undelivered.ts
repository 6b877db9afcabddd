import type { Message } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { trueDeliveredSeq } from '../conversations/member-marks.ts';
import { Rendered } from '../rendered.ts';
import { isShownTo, messageJsonFor } from './read.ts';

export interface UndeliveredPage {
  /** Conversation by conversation, and there in the order of `seq`. */
  messages: Message[];
  /** What the next page comes `after`; null behind the last. */
  next: string | null;
}

/** Where a page ends: a conversation, and the seq in it. */
export const undeliveredPlace = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\.\d{1,10}$/;

/**
 * What others have sent in all conversations of the caller, that they see, that stands, and that has not come to any
 * device of theirs, as far as they have said.
 */
export async function undelivered(
  ctx: SignedIn,
  { limit, after }: { limit: number; after?: string | undefined },
): Promise<Rendered<UndeliveredPage>> {
  const [conversationId = null, seq = null] = after?.split('.') ?? [];
  const { rows } = await ctx.app.database.pool.query<{ json: string; place: string }>({
    name: 'undelivered',
    text: UNDELIVERED,
    values: [ctx.session.userId, conversationId, seq, limit + 1],
  });
  const page = rows.slice(0, limit);
  const next = rows.length > limit ? `"${page.at(-1)!.place}"` : 'null';
  return new Rendered(`{"messages":[${page.map(({ json }) => json).join()}],"next":${next}}`);
}

/** The conversations come in order, so that those behind the page are not looked into. */
const UNDELIVERED = `
  SELECT ${messageJsonFor('$1')} AS json, m.conversation_id || '.' || m.seq AS place
  FROM (
    SELECT me.conversation_id, greatest(me.joined_seq, ${trueDeliveredSeq('me')}) AS mark
    FROM members me JOIN conversations c ON c.id = me.conversation_id
    WHERE me.user_id = $1 AND NOT me.hidden AND c.last_seq > ${trueDeliveredSeq('me')}
      AND ($2::uuid IS NULL OR me.conversation_id >= $2)
    ORDER BY me.conversation_id
  ) mine CROSS JOIN LATERAL (
    SELECT * FROM messages m
    WHERE m.conversation_id = mine.conversation_id AND m.sender_id <> $1 AND m.deleted_at IS NULL AND ${isShownTo('$1')}
      AND m.seq > greatest(mine.mark, CASE WHEN mine.conversation_id = $2 THEN $3::bigint END)
    ORDER BY m.seq LIMIT $4
  ) m
  ORDER BY mine.conversation_id, m.seq LIMIT $4`;
