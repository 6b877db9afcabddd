import type { SignedIn } from '../context.ts';
import { ParleyError } from '../error.ts';
import { lockGroup } from './lock.ts';
import { mayRemove } from './policy.ts';
import { takeOut } from './take-out.ts';

/** Puts somebody out of a group. Whoever goes by themselves leaves instead. */
export async function removeMember(
  ctx: SignedIn,
  input: { conversationId: string; userId: string },
): Promise<null> {
  await ctx.app.database.transaction(async (tx) => {
    const { conversation, me } = await lockGroup(tx, ctx, input.conversationId);
    const target = await tx.member.findUnique({ where: { conversationId_userId: input } });
    if (!target) throw new ParleyError('NOT_FOUND', { what: 'member' });
    if (!mayRemove(me.role, target.role))
      throw new ParleyError('FORBIDDEN', { need: target.role === 'member' ? 'admin' : 'owner' });
    await takeOut(tx, conversation, target.userId, (memberCount) => ({
      type: 'member.removed',
      refs: { actorId: me.userId, userId: target.userId, memberCount },
    }));
  });
  return null;
}
