import type { Tx } from '../database/database.ts';
import type { Conversation as ConversationRow, Member as MemberRow } from '../database/generated/client.ts';
import { ParleyError } from '../error.ts';

/**
 * Locks a conversation for the rest of the transaction, and reads it and the caller's membership after that:
 * what is decided from them stays true until the commit. Everybody locks this row before anything else.
 *
 * Errors: `NOT_FOUND` when it does not exist or the caller is not in it.
 */
export async function lockConversation(
  tx: Tx,
  conversationId: string,
  userId: string,
): Promise<{ conversation: ConversationRow; me: MemberRow }> {
  await lockRow(tx, conversationId);
  const [conversation, me] = [
    await tx.conversation.findUnique({ where: { id: conversationId } }),
    await tx.member.findUnique({ where: { conversationId_userId: { conversationId, userId } } }),
  ];
  if (!conversation || !me || me.hidden) throw new ParleyError('NOT_FOUND', { what: 'conversation' });
  return { conversation, me };
}

/** The lock alone, for what others than members do. */
export async function lockRow(tx: Tx, conversationId: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM conversations WHERE id = ${conversationId}::uuid FOR NO KEY UPDATE`;
}
