import { LIMITS } from '@parley/contract';
import type { Tx } from '../database/database.ts';
import { ParleyError } from '../error.ts';
import { appendAll } from '../events/append.ts';
import { withStoriesBetween } from '../stories/between.ts';

/**
 * Makes friends of two people who are locked and no friends yet, and tells both. Their request waits no more. Refuses
 * with `TOO_MANY` when one of them has as many friends as anybody may have.
 */
export async function befriend(tx: Tx, one: string, other: string, since: Date): Promise<void> {
  const sides = [
    { userId: one, friendId: other },
    { userId: other, friendId: one },
  ];
  for (const { userId } of sides)
    if ((await tx.friendship.count({ where: { userId } })) >= LIMITS.friends)
      throw new ParleyError('TOO_MANY', { what: 'friends', limit: LIMITS.friends });
  await tx.friendRequest.deleteMany({
    where: { OR: sides.map(({ userId, friendId }) => ({ senderId: userId, receiverId: friendId })) },
  });
  await withStoriesBetween(tx, [one, other], async () => {
    await tx.friendship.createMany({ data: sides.map((side) => ({ ...side, since })) });
    await appendAll(
      tx,
      sides.map(({ userId, friendId }) => ({
        topic: userId,
        type: 'friendRequest.accepted',
        refs: { userId: friendId, since: since.toISOString() },
      })),
    );
  });
}
