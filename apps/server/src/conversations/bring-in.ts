import type { Conversation } from '@parley/contract';
import type { Tx } from '../database/database.ts';
import type { Conversation as ConversationRow, Member as MemberRow } from '../database/generated/client.ts';
import { append } from '../events/append.ts';
import type { ArrivalRefs, MemberRefs } from './events.ts';

/** A conversation's row as the contract has it. */
export const toConversation = (row: ConversationRow): Conversation => ({
  id: row.id,
  kind: row.kind,
  title: row.title,
  description: row.description,
  createdAt: row.createdAt.toISOString(),
  memberCount: row.memberCount,
  lastSeq: row.lastSeq,
});

/** A member's row as the log keeps it for others. */
export const toMemberRefs = (row: MemberRow): MemberRefs => ({
  userId: row.userId,
  role: row.role,
  joinedAt: row.joinedAt.toISOString(),
  joinedSeq: row.joinedSeq,
  readSeq: row.shownReadSeq,
});

/**
 * Puts people into a conversation whose row is locked or new, and tells everybody in it, them included; but for whoever
 * is in `hiddenFrom`, who neither hears of it nor sees it.
 */
export async function bringIn(
  tx: Tx,
  type: 'conversation.created' | 'member.added',
  { actorId, conversation, members }: ArrivalRefs,
  hiddenFrom: string[] = [],
): Promise<void> {
  await tx.member.createMany({
    data: members.map((member) => ({
      conversationId: conversation.id,
      ...member,
      shownReadSeq: member.readSeq,
      hidden: hiddenFrom.includes(member.userId),
    })),
  });
  await append(tx, {
    topic: conversation.id,
    type,
    refs: { actorId, conversation, members: members.map((member) => ({ ...member })) },
    opens: members.map(({ userId }) => userId).filter((userId) => !hiddenFrom.includes(userId)),
  });
}

/** Somebody who joins now: what was sent before is not theirs, and nothing is unread. */
export const newcomer = (
  userId: string,
  role: MemberRefs['role'],
  lastSeq: number,
  now: Date,
): MemberRefs => ({
  userId,
  role,
  joinedAt: now.toISOString(),
  joinedSeq: lastSeq,
  readSeq: lastSeq,
});
