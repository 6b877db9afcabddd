import type { Tx } from '../database/database.ts';
import { append } from '../events/append.ts';
import { toConversation, toMemberRefs } from './bring-in.ts';

/**
 * Tells somebody of a conversation that was hidden from them until now, whose newest message is to them the one with
 * this seq. The others are not told: they know it since it began, and not that it was hidden.
 */
export async function tellOfConversation(
  tx: Tx,
  conversationId: string,
  userId: string,
  lastSeq: number,
): Promise<void> {
  const conversation = await tx.conversation.findUniqueOrThrow({ where: { id: conversationId } });
  const members = await tx.member.findMany({ where: { conversationId }, orderBy: { userId: 'asc' } });
  const actorId = members.find((member) => member.userId !== userId)?.userId ?? userId;
  await append(tx, { topic: conversationId, type: 'topic.opened', refs: {}, opens: [userId] });
  await append(tx, {
    topic: userId,
    // Whoever comes into what they see something of loads it.
    type: lastSeq > 0 ? 'member.added' : 'conversation.created',
    refs: {
      actorId,
      conversation: { ...toConversation(conversation), lastSeq },
      members: members.map(toMemberRefs),
    },
  });
}
