import type { Conversation } from '@parley/contract';
import type { Tx } from '../database/database.ts';
import type { Conversation as ConversationRow } from '../database/generated/client.ts';
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

/** Puts people into a conversation whose row is locked or new, and tells everybody in it, them included. */
export async function bringIn(
  tx: Tx,
  type: 'conversation.created' | 'member.added',
  { actorId, conversation, members }: ArrivalRefs,
): Promise<void> {
  await tx.member.createMany({
    data: members.map((member) => ({ conversationId: conversation.id, ...member })),
  });
  await append(tx, {
    topic: conversation.id,
    type,
    refs: { actorId, conversation, members: members.map((member) => ({ ...member })) },
    opens: members.map(({ userId }) => userId),
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
