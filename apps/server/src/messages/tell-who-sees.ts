import type { Tx } from '../database/database.ts';
import type { Message } from '../database/generated/client.ts';
import { append, appendAll } from '../events/append.ts';
import { topicOf } from './find-visible.ts';

/**
 * Tells whoever sees a message what it says or shows now: everybody at once, or each by themselves where somebody has
 * come in since who does not see it.
 */
export async function tellWhoSees(
  tx: Tx,
  message: Message,
  type: 'message.edited' | 'message.previewed',
): Promise<void> {
  const { conversationId, seq } = message;
  const news = (topic: string) => ({ topic, type, refs: { conversationId, seq } });
  const cameWith = (joinedSeq: { lt: number } | { gte: number }) => ({
    conversationId,
    OR: [{ shownJoinedSeq: joinedSeq }, { shownJoinedSeq: null, joinedSeq }],
  });
  const cameLater = await tx.member.count({ where: cameWith({ gte: seq }) });
  if (message.withheld || cameLater === 0) return append(tx, news(topicOf(message)));
  const members = await tx.member.findMany({
    where: cameWith({ lt: seq }),
    select: { userId: true },
    orderBy: { userId: 'asc' },
  });
  await appendAll(
    tx,
    members.map(({ userId }) => news(userId)),
  );
}
