import type { SignedIn } from '../context.ts';
import { ParleyError } from '../error.ts';

/**
 * Says that the caller writes in a conversation, or has stopped. Whoever says it too often is not passed on; nor is
 * either of two while one of them has blocked the other.
 */
export async function signalTyping(
  ctx: SignedIn,
  input: { conversationId: string; signal: 'start' | 'stop' },
): Promise<null> {
  const { app, session } = ctx;
  const { conversationId, signal } = input;
  const { rows } = await app.database.pool.query<{ isSilent: boolean }>({
    name: 'typing_member',
    text: MEMBER,
    values: [conversationId, session.userId],
  });
  if (!rows[0]) throw new ParleyError('NOT_FOUND', { what: 'conversation' });
  if (!rows[0].isSilent) app.typing[signal](session.userId, conversationId);
  return null;
}

const MEMBER = `
  SELECT withheld OR blocks_peer AS "isSilent" FROM members
  WHERE conversation_id = $1 AND user_id = $2 AND NOT hidden`;
