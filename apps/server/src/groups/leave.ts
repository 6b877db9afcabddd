import type { SignedIn } from '../context.ts';
import { ParleyError } from '../error.ts';
import { lockGroup } from './lock.ts';
import { mayLeave } from './policy.ts';
import { takeOut } from './take-out.ts';

/** Leaves a group. With the last member it is archived. */
export async function leaveGroup(ctx: SignedIn, input: { conversationId: string }): Promise<null> {
  const { database, clock } = ctx.app;
  await database.transaction(async (tx) => {
    const { conversation, me } = await lockGroup(tx, ctx, input.conversationId);
    if (!mayLeave(me.role, conversation.memberCount)) throw new ParleyError('OWNER_MUST_TRANSFER');
    await takeOut(tx, conversation, me.userId, (memberCount) => ({
      type: 'member.left',
      refs: { userId: me.userId, memberCount },
    }));
    if (conversation.memberCount === 1)
      await tx.conversation.update({ where: { id: conversation.id }, data: { archivedAt: clock.now() } });
  });
  return null;
}
