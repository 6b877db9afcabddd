import type { Tx } from '../database/database.ts';
import { append } from '../events/append.ts';
import { toConversation, toMemberRefs } from './bring-in.ts';

/**
 * Shows somebody the direct conversation that a person whom they had blocked began meanwhile, if it is hidden from
 * them. Its row is locked. The other one is not told: they know it since they began it, and not that it was hidden.
 */
export async function revealDirect(tx: Tx, conversationId: string, userId: string): Promise<void> {
  const { count } = await tx.member.updateMany({
    where: { conversationId, userId, hidden: true },
    data: { hidden: false },
  });
  if (count === 0) return;
  const conversation = await tx.conversation.findUniqueOrThrow({ where: { id: conversationId } });
  const members = await tx.member.findMany({ where: { conversationId }, orderBy: { userId: 'asc' } });
  const actorId = members.find((member) => member.userId !== userId)!.userId;
  await append(tx, { topic: conversationId, type: 'topic.opened', refs: {}, opens: [userId] });
  await append(tx, {
    topic: userId,
    type: 'conversation.created',
    // Nothing that is in it was for them.
    refs: {
      actorId,
      conversation: { ...toConversation(conversation), lastSeq: 0 },
      members: members.map(toMemberRefs),
    },
  });
}
