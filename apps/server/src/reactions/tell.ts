import type { Tx } from '../database/database.ts';
import type { Message } from '../database/generated/client.ts';
import { append, appendAll } from '../events/append.ts';
import { topicOf } from '../messages/find-visible.ts';

interface Change {
  userId: string;
  emoji: string;
  withheld: boolean;
}

/**
 * Tells whoever sees it that a reaction has come or gone, and how many there are of its kind then. What is withheld is
 * news of its own person alone. Where something of the same kind is withheld, not everybody counts the same: then
 * both members of the direct conversation are told by themselves.
 */
export async function tellOfReaction(
  tx: Tx,
  type: 'reaction.added' | 'reaction.removed',
  message: Message,
  { userId, emoji, withheld }: Change,
): Promise<void> {
  const { conversationId, seq } = message;
  const where = { conversationId, seq, emoji };
  const shown = await tx.reaction.count({ where: { ...where, withheld: false } });
  const owners = await tx.reaction.findMany({
    where: { ...where, withheld: true },
    select: { userId: true },
  });
  const draft = (topic: string) => {
    const own = owners.filter((owner) => owner.userId === topic).length;
    return { topic, type, refs: { conversationId, seq, userId, emoji, count: shown + own } };
  };
  if (withheld) return append(tx, draft(userId));
  if (owners.length === 0 || message.withheld) return append(tx, draft(topicOf(message)));
  const members = await tx.member.findMany({ where: { conversationId }, orderBy: { userId: 'asc' } });
  return appendAll(
    tx,
    members.map((member) => draft(member.userId)),
  );
}
