import type { Tx } from '../database/database.ts';
import type { Message } from '../database/generated/client.ts';
import { ParleyError } from '../error.ts';

/** Where a message is: it has no other address. */
export interface Place {
  conversationId: string;
  seq: number;
}

/**
 * A message that somebody may see: they are in its conversation, it came after them, it was not withheld from them, and
 * they have not deleted it for themselves.
 *
 * Errors: `NOT_FOUND` (conversation, or the message in it).
 */
export async function findVisible(tx: Tx, userId: string, place: Place): Promise<Message> {
  const { conversationId, seq } = place;
  const me = await tx.member.findUnique({ where: { conversationId_userId: { conversationId, userId } } });
  if (!me || me.hidden) throw new ParleyError('NOT_FOUND', { what: 'conversation' });
  const message = await tx.message.findUnique({ where: { conversationId_seq: { conversationId, seq } } });
  const hidden = { userId_conversationId_seq: { userId, conversationId, seq } };
  if (
    !message ||
    seq <= me.joinedSeq ||
    (message.withheld && message.senderId !== userId) ||
    (await tx.hiddenMessage.findUnique({ where: hidden }))
  )
    throw new ParleyError('NOT_FOUND', { what: 'message' });
  return message;
}

/** The same of one that is not deleted. */
export async function findStanding(tx: Tx, userId: string, place: Place): Promise<Message> {
  const message = await findVisible(tx, userId, place);
  if (message.deletedAt) throw new ParleyError('NOT_FOUND', { what: 'message' });
  return message;
}

/** Whose news it is what becomes of a message: of its conversation, or of its sender alone. */
export const topicOf = ({ withheld, senderId, conversationId }: Message): string =>
  withheld ? senderId : conversationId;
