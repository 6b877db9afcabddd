import type { SignedIn } from '../context.ts';
import { ParleyError } from '../error.ts';
import { append } from '../events/append.ts';
import { withStoriesBetween } from '../stories/between.ts';
import { lockPeople } from '../users/lock.ts';

/** Ends a friendship, for both. Without one, or when somebody is gone, `NOT_FOUND`. */
export async function removeFriend(ctx: SignedIn, input: { userId: string }): Promise<{ userId: string }> {
  const me = ctx.session.userId;
  const { userId } = input;
  await ctx.app.database.transaction(async (tx) => {
    const notFound = new ParleyError('NOT_FOUND', { what: 'friend' });
    if ((await lockPeople(tx, [me, userId])).size < 2) throw notFound;
    await withStoriesBetween(tx, [me, userId], async () => {
      const { count } = await tx.friendship.deleteMany({
        where: {
          OR: [
            { userId: me, friendId: userId },
            { userId, friendId: me },
          ],
        },
      });
      if (count === 0) throw notFound;
      await append(tx, { topic: me, type: 'friend.removed', refs: { userId } });
      await append(tx, { topic: userId, type: 'friend.removed', refs: { userId: me } });
    });
  });
  return { userId };
}
