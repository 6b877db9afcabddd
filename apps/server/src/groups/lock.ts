import type { SignedIn } from '../context.ts';
import { lockConversation } from '../conversations/lock.ts';
import type { Tx } from '../database/database.ts';
import { ParleyError } from '../error.ts';

/** As `lockConversation`, for what is done in groups only. Errors: `NOT_FOUND`, `NOT_A_GROUP`. */
export async function lockGroup(tx: Tx, ctx: SignedIn, conversationId: string) {
  const locked = await lockConversation(tx, conversationId, ctx.session.userId);
  if (locked.conversation.kind !== 'group') throw new ParleyError('NOT_A_GROUP');
  return locked;
}
