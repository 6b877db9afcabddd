import type { Tx } from '../database/database.ts';
import type { Conversation } from '../database/generated/client.ts';
import { append, type EventDraft } from '../events/append.ts';

/**
 * Ends a membership, whose conversation is locked. The event is the last that this person gets of it. That they were
 * there is kept: messages of theirs stay behind.
 */
export async function takeOut(
  tx: Tx,
  { id, memberCount }: Conversation,
  userId: string,
  event: (memberCount: number) => Pick<EventDraft, 'type' | 'refs'>,
): Promise<void> {
  // Whoever comes again comes anew.
  await tx.hiddenMessage.deleteMany({ where: { userId, conversationId: id } });
  await tx.member.delete({ where: { conversationId_userId: { conversationId: id, userId } } });
  await tx.formerMember.createMany({ data: { conversationId: id, userId }, skipDuplicates: true });
  await tx.conversation.update({ where: { id }, data: { memberCount: memberCount - 1 } });
  await append(tx, { topic: id, closes: [userId], ...event(memberCount - 1) });
}
