import type { Conversation } from '@parley/contract';
import type { Tx } from '../database/database.ts';
import type { Conversation as ConversationRow, Member as MemberRow } from '../database/generated/client.ts';
import { append } from '../events/append.ts';
import type { Arrival, MemberRefs } from './events.ts';

/** A conversation's row as the contract has it. */
export const toConversation = (row: ConversationRow): Conversation => ({
  id: row.id,
  kind: row.kind,
  parent: row.parentId === null ? null : { conversationId: row.parentId, seq: row.parentSeq! },
  title: row.title,
  description: row.description,
  icon: row.iconId,
  createdAt: row.createdAt.toISOString(),
  memberCount: row.memberCount,
  lastSeq: row.lastSeq,
  slowModeSeconds: row.slowModeSeconds,
  history: row.history,
  retentionDays: row.retentionDays,
});

/** A member's row as the log keeps it for others. */
export const toMemberRefs = (row: MemberRow): MemberRefs => ({
  userId: row.userId,
  role: row.role,
  joinedAt: row.joinedAt.toISOString(),
  joinedSeq: row.shownJoinedSeq ?? row.joinedSeq,
  readSeq: row.shownReadSeq,
  deliveredSeq: Math.max(row.shownDeliveredSeq, row.shownReadSeq),
});

/**
 * Puts people into a conversation whose row is locked or new, and tells everybody in it, them included; but for whoever
 * is in `hiddenFrom`, who neither hears of it nor sees it.
 */
export async function bringIn(
  tx: Tx,
  type: 'conversation.created' | 'member.added',
  { actorId, conversation, members }: Arrival,
  hiddenFrom: string[] = [],
): Promise<void> {
  await tx.member.createMany({
    data: members.map((member) => ({
      conversationId: conversation.id,
      ...member,
      shownReadSeq: member.readSeq,
      shownDeliveredSeq: member.deliveredSeq,
      hidden: hiddenFrom.includes(member.userId),
    })),
  });
  const lastMessageSeq = await seenByAll(tx, conversation, members);
  await append(tx, {
    topic: conversation.id,
    type,
    refs: { actorId, conversation, members: members.map((member) => ({ ...member })), lastMessageSeq },
    opens: members.map(({ userId }) => userId).filter((userId) => !hiddenFrom.includes(userId)),
  });
}

/**
 * The seq of the newest message, if those who come see it and everybody who is there does, too, and none of those who
 * come has reacted to it when they were there before: all of them get the same event.
 */
async function seenByAll(
  tx: Tx,
  { id, parent, lastSeq, history }: Conversation,
  members: MemberRefs[],
): Promise<number | null> {
  if (history !== 'all' || lastSeq === 0) return null;
  const latecomer = await tx.member.findFirst({ where: { conversationId: id, joinedSeq: { gte: lastSeq } } });
  if (latecomer) return null;
  // Of two, one may not see what the other one does, and nobody is to be told by this.
  const within = parent && (await tx.conversation.findUnique({ where: { id: parent.conversationId } }));
  if (within?.kind === 'direct') return null;
  const userIds = members.map(({ userId }) => userId);
  const reacted = await tx.reaction.findFirst({
    where: { conversationId: id, seq: lastSeq, userId: { in: userIds } },
  });
  return reacted ? null : lastSeq;
}

/** Somebody who joins now: whether what was sent before is theirs is the conversation's policy, and nothing is unread. */
export const newcomer = (
  userId: string,
  role: MemberRefs['role'],
  { lastSeq, history, trimmedSeq }: Pick<ConversationRow, 'lastSeq' | 'history' | 'trimmedSeq'>,
  now: Date,
): MemberRefs => ({
  userId,
  role,
  joinedAt: now.toISOString(),
  joinedSeq: history === 'all' ? trimmedSeq : lastSeq,
  readSeq: lastSeq,
  deliveredSeq: lastSeq,
});
