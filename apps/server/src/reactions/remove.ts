import type { Reaction } from '@parley/contract';
import type { App, SignedIn } from '../context.ts';
import { lockConversation, lockRow } from '../conversations/lock.ts';
import type { Tx } from '../database/database.ts';
import { findStanding, type Place } from '../messages/find-visible.ts';
import { readReactions } from './read.ts';
import { tellOfReaction } from './tell.ts';

/** Takes back a reaction of the caller, if there is one. */
export async function removeReaction(
  ctx: SignedIn,
  { emoji, ...place }: Place & { emoji: string },
): Promise<Reaction[]> {
  const { userId } = ctx.session;
  return ctx.app.database.transaction(async (tx) => {
    await lockConversation(tx, place.conversationId, userId);
    const message = await findStanding(tx, userId, place);
    const where = { userId, ...place, emoji };
    const row = await tx.reaction.findUnique({ where: { userId_conversationId_seq_emoji: where } });
    if (row) {
      await tx.reaction.deleteMany({ where });
      await tellOfReaction(tx, 'reaction.removed', message, row);
    }
    return readReactions(tx, userId, place);
  });
}

/** Reactions of one transaction: short, so that nobody in the conversation waits for long. */
const BATCH = 20;

/**
 * Takes back all that somebody whose account is gone has reacted with in a conversation. It can be broken off and begun
 * again anywhere.
 */
export async function eraseReactions(
  { database }: App,
  conversationId: string,
  userId: string,
): Promise<void> {
  for (let found = BATCH; found === BATCH; )
    found = await database.transaction(async (tx) => {
      await lockRow(tx, conversationId);
      const rows = await tx.reaction.findMany({
        where: { userId, conversationId },
        orderBy: [{ seq: 'asc' }, { emoji: 'asc' }],
        take: BATCH,
      });
      for (const { seq, emoji, withheld } of rows) {
        await tx.reaction.deleteMany({ where: { userId, conversationId, seq, emoji } });
        const message = await tx.message.findUnique({
          where: { conversationId_seq: { conversationId, seq } },
        });
        // The group may be on its way out itself.
        if (message) await tellOfReaction(tx, 'reaction.removed', message, { userId, emoji, withheld });
      }
      return rows.length;
    });
}

/** Nobody has reacted to a message of which nothing is left. Its conversation is locked, and whoever sees it is told of that. */
export async function dropReactions(tx: Tx, { conversationId, seq }: Place): Promise<void> {
  await tx.reaction.deleteMany({ where: { conversationId, seq } });
}
