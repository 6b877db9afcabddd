import type { Tx } from '../database/database.ts';
import type { Message } from '../database/generated/client.ts';
import { ParleyError } from '../error.ts';

/**
 * A message that somebody may see: they are in its conversation, it came after them, and it was not withheld from them.
 *
 * Errors: `NOT_FOUND` (conversation, or the message in it).
 */
export async function findVisible(
  tx: Tx,
  userId: string,
  { conversationId, seq }: { conversationId: string; seq: number },
): Promise<Message> {
  const me = await tx.member.findUnique({ where: { conversationId_userId: { conversationId, userId } } });
  if (!me || me.hidden) throw new ParleyError('NOT_FOUND', { what: 'conversation' });
  const message = await tx.message.findUnique({ where: { conversationId_seq: { conversationId, seq } } });
  if (!message || seq <= me.joinedSeq || (message.withheld && message.senderId !== userId))
    throw new ParleyError('NOT_FOUND', { what: 'message' });
  return message;
}
