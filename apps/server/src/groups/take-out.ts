import type { Tx } from '../database/database.ts';
import type { Conversation } from '../database/generated/client.ts';
import { appendAll, type EventDraft } from '../events/append.ts';
import { lockFollowed } from '../threads/lock.ts';

/**
 * Ends a membership, whose conversation is locked, and with it those in its threads. The event is the last that this
 * person gets of each. That they were there is kept: messages of theirs stay behind.
 */
export async function takeOut(
  tx: Tx,
  { id }: Conversation,
  userId: string,
  event: (memberCount: number) => Pick<EventDraft, 'type' | 'refs'>,
): Promise<void> {
  const there = { userId, conversationId: { in: [...(await lockFollowed(tx, id, userId)), id] } };
  // Whoever comes again comes anew.
  await tx.hiddenMessage.deleteMany({ where: there });
  await tx.draft.deleteMany({ where: there });
  // One may have been left while it was waited for.
  const left = await tx.member.findMany({ where: there, select: { conversationId: true } });
  const ids = left.map(({ conversationId }) => conversationId);
  await tx.member.deleteMany({ where: there });
  await tx.formerMember.createMany({
    data: ids.map((conversationId) => ({ conversationId, userId })),
    skipDuplicates: true,
  });
  const changed = await tx.conversation.updateManyAndReturn({
    where: { id: { in: ids } },
    data: { memberCount: { decrement: 1 } },
    select: { id: true, memberCount: true },
  });
  // Of where somebody was put out of, or has left, the news comes last.
  const news = changed.toSorted((a, b) => Number(a.id === id) - Number(b.id === id));
  await appendAll(
    tx,
    news.map(({ id: topic, memberCount }) => ({ topic, closes: [userId], ...event(memberCount) })),
  );
}
