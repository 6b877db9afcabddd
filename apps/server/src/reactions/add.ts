import { LIMITS, type Reaction } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { lockConversation } from '../conversations/lock.ts';
import type { Tx } from '../database/database.ts';
import { ParleyError } from '../error.ts';
import { findStanding, type Place } from '../messages/find-visible.ts';
import { readReactions } from './read.ts';
import { tellOfReaction } from './tell.ts';

/**
 * Reacts to a message that the caller sees. Whom the other one of a direct conversation has blocked reacts for
 * themselves alone: it is stored, and withheld.
 */
export async function addReaction(
  ctx: SignedIn,
  { emoji, ...place }: Place & { emoji: string },
): Promise<Reaction[]> {
  const { database, clock } = ctx.app;
  const { userId } = ctx.session;
  return database.transaction(async (tx) => {
    const { me } = await lockConversation(tx, place.conversationId, userId);
    const message = await findStanding(tx, userId, place);
    if (me.blocksPeer) throw new ParleyError('PERSON_BLOCKED');
    const before = await readReactions(tx, userId, place);
    const same = before.find((reaction) => reaction.emoji === emoji);
    if (same?.isMine) return before;
    if (!same && before.length >= LIMITS.reactions)
      throw new ParleyError('TOO_MANY', { what: 'reactions', limit: LIMITS.reactions });

    const { withheld } = me;
    const row = { userId, ...place, emoji, withheld, createdAt: clock.now() };
    await tx.reaction.create({ data: { ...row, place: await placeOf(tx, row) } });
    if (!message.reacted)
      await tx.message.update({ where: { conversationId_seq: place }, data: { reacted: true } });
    await tellOfReaction(tx, 'reaction.added', message, row);
    return readReactions(tx, userId, place);
  });
}

/**
 * Behind all others, or where the same emoji is. What others see must not depend on what they do not see, so that only
 * what is withheld looks at what is.
 */
async function placeOf(
  tx: Tx,
  {
    conversationId,
    seq,
    emoji,
    userId,
    withheld,
  }: Place & { emoji: string; userId: string; withheld: boolean },
): Promise<number> {
  const where = { conversationId, seq };
  const shown = withheld ? { OR: [{ withheld: false }, { userId }] } : { withheld: false };
  const same = await tx.reaction.findFirst({
    where: { ...where, ...shown, emoji },
    orderBy: { place: 'asc' },
  });
  if (same) return same.place;
  const { _max } = await tx.reaction.aggregate({ where, _max: { place: true } });
  return (_max.place ?? 0) + 1;
}
