import type { Friend } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { ParleyError } from '../error.ts';
import { lockPeople } from '../users/lock.ts';
import { befriend } from './befriend.ts';
import { friendSince } from './view.ts';

/**
 * Makes a friend of somebody who asked. Of one who is a friend already it returns since when. Without a request from
 * them, as from oneself or somebody deleted, and of one that is withheld: `NOT_FOUND`.
 */
export async function acceptFriendRequest(ctx: SignedIn, input: { userId: string }): Promise<Friend> {
  const { database, clock } = ctx.app;
  const me = ctx.session.userId;
  const { userId } = input;
  const since = await database.transaction(async (tx) => {
    const notFound = new ParleyError('NOT_FOUND', { what: 'friendRequest' });
    if ((await lockPeople(tx, [me, userId])).size < 2) throw notFound;
    const friendship = await tx.friendship.findUnique({
      where: { userId_friendId: { userId: me, friendId: userId } },
    });
    if (friendship) return friendship.since;
    const request = await tx.friendRequest.findUnique({
      where: { senderId_receiverId: { senderId: userId, receiverId: me }, withheld: false },
    });
    if (!request) throw notFound;
    const now = clock.now();
    await befriend(tx, me, userId, now);
    return now;
  });
  return friendSince(database, userId, since);
}
