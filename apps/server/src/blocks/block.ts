import { type Block, LIMITS } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { silenceDirect } from '../conversations/silence-direct.ts';
import { ParleyError } from '../error.ts';
import { append } from '../events/append.ts';
import { withStoriesBetween } from '../stories/between.ts';
import { lockPeople } from '../users/lock.ts';
import { loadBlocks } from './view.ts';

/**
 * Blocks somebody. All that they do to the caller from now on is answered as if they were not; see docs/blocks.md for
 * what becomes of it. What is between the two already stays, but for a request of theirs that waits: it is withheld.
 */
export async function blockPerson(ctx: SignedIn, input: { userId: string }): Promise<Block> {
  const { database, clock } = ctx.app;
  const me = ctx.session.userId;
  const { userId } = input;
  if (userId === me) throw new ParleyError('NOT_YOURSELF');
  await database.transaction(async (tx) => {
    if ((await lockPeople(tx, [me, userId])).size < 2) throw new ParleyError('NOT_FOUND', { what: 'user' });
    const pair = { blockerId: me, blockedId: userId };
    if (await tx.block.findUnique({ where: { blockerId_blockedId: pair } })) return;
    if ((await tx.block.count({ where: { blockerId: me } })) >= LIMITS.blocks)
      throw new ParleyError('TOO_MANY', { what: 'blocks', limit: LIMITS.blocks });
    const createdAt = clock.now();
    await withStoriesBetween(tx, [me, userId], async () => {
      await tx.block.create({ data: { ...pair, createdAt } });
      await tx.friendRequest.updateMany({
        where: { senderId: userId, receiverId: me },
        data: { withheld: true },
      });
      await silenceDirect(tx, me, userId);
      await append(tx, {
        topic: me,
        type: 'block.added',
        refs: { userId, createdAt: createdAt.toISOString() },
      });
    });
  });
  const [block] = await loadBlocks(database.pool, me, userId);
  if (!block) throw new ParleyError('NOT_FOUND', { what: 'user' });
  return block;
}
