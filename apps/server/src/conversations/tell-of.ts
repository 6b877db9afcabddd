import type { Tx } from '../database/database.ts';
import type { Member } from '../database/generated/client.ts';
import { append } from '../events/append.ts';
import { toConversation, toMemberRefs } from './bring-in.ts';
import type { MemberRefs } from './events.ts';

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
  // What was there before is gone for them, too, if it is gone for everybody.
  const mine = members.find((member) => member.userId === userId);
  const newest = Math.max(lastSeq, mine?.joinedSeq ?? 0);
  const actorId = members.find((member) => member.userId !== userId)?.userId ?? userId;
  await append(tx, { topic: conversationId, type: 'topic.opened', refs: {}, opens: [userId] });
  await append(tx, {
    topic: userId,
    // Whoever comes into what they see something of loads it.
    type: lastSeq > 0 ? 'member.added' : 'conversation.created',
    refs: {
      actorId,
      conversation: { ...toConversation(conversation), lastSeq: newest },
      members: members.map((member) => (member === mine ? ownRefs(member) : toMemberRefs(member))),
    },
  });
}

/** A member's row as the log keeps it for themselves. */
const ownRefs = (row: Member): MemberRefs => ({
  ...toMemberRefs(row),
  joinedSeq: row.joinedSeq,
  readSeq: row.readSeq,
  deliveredSeq: Math.max(row.deliveredSeq, row.readSeq),
});
