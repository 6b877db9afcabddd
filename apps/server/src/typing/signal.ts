import type { SignedIn } from '../context.ts';
import { ParleyError } from '../error.ts';

/** Says that the caller writes in a conversation, or has stopped. Whoever says it too often is not passed on. */
export async function signalTyping(
  ctx: SignedIn,
  input: { conversationId: string; signal: 'start' | 'stop' },
): Promise<null> {
  const { conversationId, signal } = input;
  const { userId } = ctx.session;
  if (!(await isMember(ctx, conversationId))) throw new ParleyError('NOT_FOUND', { what: 'conversation' });
  ctx.app.typing[signal](userId, conversationId);
  return null;
}

/** Whoever has a stream here is known to the hub; of all others, and of what is no conversation, the database is asked. */
async function isMember({ app, session }: SignedIn, conversationId: string): Promise<boolean> {
  const { userId } = session;
  if (conversationId !== userId && app.log.hub.hears(userId, conversationId)) return true;
  const { rowCount } = await app.database.pool.query({
    name: 'typing_member',
    text: 'SELECT 1 FROM members WHERE conversation_id = $1 AND user_id = $2',
    values: [conversationId, userId],
  });
  return rowCount === 1;
}
