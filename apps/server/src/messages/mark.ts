import type { SignedIn } from '../context.ts';
import { ParleyError } from '../error.ts';
import type { Mark } from './marks.ts';
import { isShownTo } from './read.ts';

/** Up to where: a `seq`, the newest of the messages that are named, or the end of the conversation. */
export interface MarkInput {
  conversationId: string;
  seq?: number | undefined;
  messageIds?: string[] | undefined;
}

/** Marks a conversation as read. The mark only moves forward, and never past the last message. */
export const markRead = async (ctx: SignedIn, input: MarkInput): Promise<{ readSeq: number }> => ({
  readSeq: await mark(ctx, 'read', input),
});

/** The same for what has come to one of the caller's devices. */
export const markDelivered = async (ctx: SignedIn, input: MarkInput): Promise<{ deliveredSeq: number }> => ({
  deliveredSeq: await mark(ctx, 'delivered', input),
});

async function mark(ctx: SignedIn, kind: Mark['kind'], input: MarkInput): Promise<number> {
  const { database, marks } = ctx.app;
  const { conversationId, messageIds = null } = input;
  const { userId } = ctx.session;
  const { rows } = await database.pool.query<{ kind: string; newest: number | null }>({
    name: 'place_to_mark',
    text: PLACE,
    values: [conversationId, userId, messageIds, input.seq === undefined],
  });
  // How long to gather is decided by this, and up to where. Whether they are a member is decided again, under the lock.
  if (!rows[0]) throw new ParleyError('NOT_FOUND', { what: 'conversation' });
  const { newest } = rows[0];
  if (messageIds && newest === null) throw new ParleyError('NOT_FOUND', { what: 'message' });
  const gather = rows[0].kind === 'direct' ? 'direct' : 'group';
  return marks.push(gather, { conversationId, userId, kind, seq: input.seq ?? newest ?? 0 });
}

/** The newest message that the caller sees, of all or of those named. These are looked up by their ids alone. */
const PLACE = `
  WITH named AS MATERIALIZED (SELECT * FROM messages WHERE id = ANY ($3::uuid[]) AND conversation_id = $1)
  SELECT c.kind, CASE
    WHEN NOT $4::bool THEN NULL
    WHEN $3 IS NULL THEN (SELECT m.seq FROM messages m WHERE m.conversation_id = $1 AND m.seq > me.joined_seq
                          AND ${isShownTo('$2')} ORDER BY m.seq DESC LIMIT 1)
    ELSE (SELECT max(m.seq) FROM named m WHERE m.seq > me.joined_seq AND ${isShownTo('$2')})
  END AS newest
  FROM members me JOIN conversations c ON c.id = me.conversation_id
  WHERE me.conversation_id = $1 AND me.user_id = $2 AND NOT me.hidden`;
