import { type Friend, type FriendRequest, LIMITS } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import type { Tx } from '../database/database.ts';
import { ParleyError } from '../error.ts';
import { append } from '../events/append.ts';
import { lockPeople } from '../users/lock.ts';
import { befriend } from './befriend.ts';
import { friendSince, requestTo } from './view.ts';

export type SentRequest =
  | { status: 'requested'; request: FriendRequest }
  /** The other one had asked, too. */
  | { status: 'friends'; friend: Friend };

/** Asks somebody to be friends. Of two people who ask each other, the second makes them friends. */
export async function sendFriendRequest(ctx: SignedIn, input: { userId: string }): Promise<SentRequest> {
  const { database, clock } = ctx.app;
  const me = ctx.session.userId;
  const { userId } = input;
  if (userId === me) throw new ParleyError('NOT_YOURSELF');

  const { status, at } = await database.transaction(async (tx) => {
    if ((await lockPeople(tx, [me, userId])).size < 2) throw new ParleyError('NOT_FOUND', { what: 'user' });
    await refuseRequest(tx, me, userId);
    const waiting = await tx.friendRequest.findMany({
      where: {
        OR: [
          { senderId: me, receiverId: userId },
          { senderId: userId, receiverId: me },
        ],
      },
    });
    const mine = waiting.find(({ senderId }) => senderId === me);
    if (mine) return { status: 'requested', at: mine.createdAt };
    const now = clock.now();
    if (waiting.length === 0) {
      await ask(tx, me, userId, now);
      return { status: 'requested', at: now };
    }
    await befriend(tx, me, userId, now);
    return { status: 'friends', at: now };
  });
  return status === 'friends'
    ? { status, friend: await friendSince(database, userId, at) }
    : { status: 'requested', request: await requestTo(database, userId, at) };
}

/** Friends have nothing to ask each other, and whoever has blocked somebody is to unblock them first. */
async function refuseRequest(tx: Tx, me: string, userId: string): Promise<void> {
  const friendship = { userId: me, friendId: userId };
  if (await tx.friendship.findUnique({ where: { userId_friendId: friendship } }))
    throw new ParleyError('ALREADY_FRIENDS');
  const block = { blockerId: me, blockedId: userId };
  if (await tx.block.findUnique({ where: { blockerId_blockedId: block } }))
    throw new ParleyError('PERSON_BLOCKED');
}

/** Makes a request. Whoever has blocked the sender does not hear of it, which the sender cannot tell. */
async function ask(tx: Tx, me: string, userId: string, createdAt: Date): Promise<void> {
  if ((await tx.friendRequest.count({ where: { senderId: me } })) >= LIMITS.friendRequests)
    throw new ParleyError('TOO_MANY', { what: 'friendRequests', limit: LIMITS.friendRequests });
  const block = { blockerId: userId, blockedId: me };
  const withheld = (await tx.block.findUnique({ where: { blockerId_blockedId: block } })) !== null;
  await tx.friendRequest.create({ data: { senderId: me, receiverId: userId, createdAt, withheld } });
  const tell = (topic: string, about: string, direction: FriendRequest['direction']) =>
    append(tx, {
      topic,
      type: 'friendRequest.created',
      refs: { userId: about, direction, createdAt: createdAt.toISOString() },
    });
  await tell(me, userId, 'outgoing');
  if (!withheld) await tell(userId, me, 'incoming');
}
