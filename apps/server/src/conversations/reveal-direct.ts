import type { Tx } from '../database/database.ts';
import { append } from '../events/append.ts';
import { toConversation, toMemberRefs } from './bring-in.ts';

/**
 * Shows somebody the direct conversation that a person whom they had blocked began meanwhile, if it is hidden from
 * them. Its row is locked. The other one gets the event again, which changes nothing for them.
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
  await append(tx, {
    topic: conversationId,
    type: 'conversation.created',
    // Nothing that is in it was for them.
    refs: {
      actorId,
      conversation: { ...toConversation(conversation), lastSeq: 0 },
      members: members.map(toMemberRefs),
    },
    opens: [userId],
  });
}
