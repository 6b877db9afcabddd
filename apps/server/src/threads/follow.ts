import { bringIn, newcomer, toConversation } from '../conversations/bring-in.ts';
import { lockRow } from '../conversations/lock.ts';
import type { Tx } from '../database/database.ts';
import { newestReply } from './newest-reply.ts';
import { silenceThreads } from './silence.ts';

/** Who comes into a thread, when, and from whom that is hidden. */
export interface Following {
  actorId: string;
  userIds: string[];
  now: Date;
  /** Of those who come, whoever has blocked the actor: they do not hear of it. */
  hiddenFrom?: string[];
}

/**
 * Lets people follow a thread that is there, and whose parent is locked. They see all of it, as whoever sees the message
 * that it is about does, and nothing of it is unread.
 */
export async function follow(
  tx: Tx,
  threadId: string,
  { actorId, userIds, now, hiddenFrom }: Following,
): Promise<void> {
  await lockRow(tx, threadId);
  const changed = await tx.conversation.update({
    where: { id: threadId },
    data: { memberCount: { increment: userIds.length } },
  });
  const { trimmedSeq } = changed;
  const lastSeq = Math.max(trimmedSeq, await newestFor(tx, threadId, userIds[0]!));
  const conversation = { ...toConversation(changed), lastSeq };
  const members = userIds.map((userId) => newcomer(userId, 'member', { ...changed, lastSeq }, now));
  await bringIn(tx, 'member.added', { actorId, conversation, members }, hiddenFrom);
  await silenceThreads(tx, [threadId]);
}

/** Only in a thread of two are there messages that one of them does not see, and of two at most one comes again. */
async function newestFor(tx: Tx, threadId: string, userId: string): Promise<number> {
  const rows = await tx.$queryRawUnsafe<{ seq: number }[]>(NEWEST, threadId, userId);
  return rows[0]?.seq ?? 0;
}

const NEWEST = newestReply('$1::uuid', '$2::uuid');
