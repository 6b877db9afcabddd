import { LIMITS } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { lockConversation } from '../conversations/lock.ts';
import { roleIn } from '../conversations/role-in.ts';
import type { Tx } from '../database/database.ts';
import type { Message } from '../database/generated/client.ts';
import { ParleyError } from '../error.ts';
import { append } from '../events/append.ts';
import { findStanding, type Place, topicOf } from './find-visible.ts';

/** Pins a message to its conversation: in a group owner and admins do, in a direct conversation both. */
export async function pinMessage(ctx: SignedIn, place: Place): Promise<null> {
  const { database, clock } = ctx.app;
  const { userId } = ctx.session;
  await database.transaction(async (tx) => {
    const message = await findToPin(tx, userId, place);
    if (message.pinnedAt) return;
    const { conversationId } = place;
    const seen = { OR: [{ withheld: false }, { senderId: userId }] };
    const pins = await tx.message.count({ where: { conversationId, pinnedAt: { not: null }, ...seen } });
    if (pins >= LIMITS.pins) throw new ParleyError('TOO_MANY', { what: 'pins', limit: LIMITS.pins });
    const pinnedAt = clock.now();
    await tx.message.update({ where: { conversationId_seq: place }, data: { pinnedAt } });
    const refs = { ...place, actorId: userId, pinnedAt: pinnedAt.toISOString() };
    await append(tx, { topic: topicOf(message), type: 'message.pinned', refs });
  });
  return null;
}

/** Takes a pin off again; whoever may pin may. */
export async function unpinMessage(ctx: SignedIn, place: Place): Promise<null> {
  const { userId } = ctx.session;
  await ctx.app.database.transaction(async (tx) => {
    const message = await findToPin(tx, userId, place);
    if (!message.pinnedAt) return;
    await tx.message.update({ where: { conversationId_seq: place }, data: { pinnedAt: null } });
    const refs = { ...place, actorId: userId };
    await append(tx, { topic: topicOf(message), type: 'message.unpinned', refs });
  });
  return null;
}

async function findToPin(tx: Tx, userId: string, { conversationId, seq }: Place): Promise<Message> {
  const { conversation, me } = await lockConversation(tx, conversationId, userId);
  const message = await findStanding(tx, userId, { conversationId, seq });
  const { role, inGroup } = await roleIn(tx, conversation, me);
  if (inGroup && role === 'member') throw new ParleyError('FORBIDDEN', { need: 'admin' });
  return message;
}
