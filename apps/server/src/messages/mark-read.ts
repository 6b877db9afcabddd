import type { SignedIn } from '../context.ts';
import { ParleyError } from '../error.ts';

/** Marks a conversation as read up to a message. The mark only moves forward, and never past the last message. */
export async function markRead(
  ctx: SignedIn,
  input: { conversationId: string; seq: number },
): Promise<{ readSeq: number }> {
  const { database, readMarks } = ctx.app;
  const { conversationId, seq } = input;
  const { userId } = ctx.session;
  const { rows } = await database.pool.query<{ kind: 'direct' | 'group' }>({
    name: 'conversation_kind',
    text: KIND,
    values: [conversationId, userId],
  });
  // Only how long to gather is decided by this. Whether they are a member is decided again, under the lock.
  if (!rows[0]) throw new ParleyError('NOT_FOUND', { what: 'conversation' });
  return { readSeq: await readMarks.push(rows[0].kind, { conversationId, userId, seq }) };
}

const KIND = `SELECT c.kind FROM members m JOIN conversations c ON c.id = m.conversation_id
              WHERE m.conversation_id = $1 AND m.user_id = $2 AND NOT m.hidden`;
