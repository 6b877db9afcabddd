import type { Tx } from '../database/database.ts';
import type { Conversation, Member } from '../database/generated/client.ts';

/**
 * What somebody is in a conversation that they are in, and whether it is a group or of one: in a thread, what they are in
 * its parent.
 */
export async function roleIn(
  tx: Tx,
  { kind, parentId }: Conversation,
  { userId, role }: Member,
): Promise<{ role: Member['role']; inGroup: boolean }> {
  if (parentId === null) return { role, inGroup: kind === 'group' };
  const parent = await tx.conversation.findUniqueOrThrow({ where: { id: parentId } });
  const where = { conversationId_userId: { conversationId: parentId, userId } };
  const member = await tx.member.findUnique({ where });
  return { role: member?.role ?? 'member', inGroup: parent.kind === 'group' };
}
