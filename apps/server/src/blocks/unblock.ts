import type { SignedIn } from '../context.ts';
import { revealDirect } from '../conversations/reveal-direct.ts';
import { silenceDirect } from '../conversations/silence-direct.ts';
import { ParleyError } from '../error.ts';
import { append } from '../events/append.ts';
import { withStoriesBetween } from '../stories/between.ts';
import { lockPeople } from '../users/lock.ts';

/**
 * Ends a block. What was withheld stays withheld; a conversation that the other one began meanwhile is there from now
 * on, without what they wrote in it.
 */
export async function unblockPerson(ctx: SignedIn, input: { userId: string }): Promise<{ userId: string }> {
  const me = ctx.session.userId;
  const { userId } = input;
  await ctx.app.database.transaction(async (tx) => {
    await lockPeople(tx, [me, userId]);
    await withStoriesBetween(tx, [me, userId], async () => {
      const { count } = await tx.block.deleteMany({ where: { blockerId: me, blockedId: userId } });
      if (count === 0) throw new ParleyError('NOT_FOUND', { what: 'block' });
      await append(tx, { topic: me, type: 'block.removed', refs: { userId } });
    });
    const conversationId = await silenceDirect(tx, me, userId);
    if (conversationId) await revealDirect(tx, conversationId, me);
  });
  return { userId };
}
