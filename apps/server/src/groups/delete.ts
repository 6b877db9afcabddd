import type { SignedIn } from '../context.ts';
import { ParleyError } from '../error.ts';
import { append } from '../events/append.ts';
import { lockGroup } from './lock.ts';
import { mayDelete } from './policy.ts';

/** Deletes a group: from here on it is nobody's, and a job takes away what was said in it. */
export async function deleteGroup(ctx: SignedIn, input: { conversationId: string }): Promise<null> {
  const { database, clock, jobs } = ctx.app;
  const { conversationId } = input;
  await database.transaction(async (tx) => {
    const { me } = await lockGroup(tx, ctx, conversationId);
    if (!mayDelete(me.role)) throw new ParleyError('FORBIDDEN', { need: 'owner' });
    const members = await tx.member.findMany({ where: { conversationId }, select: { userId: true } });
    await tx.member.deleteMany({ where: { conversationId } });
    await tx.invite.deleteMany({ where: { conversationId } });
    await tx.conversation.update({
      where: { id: conversationId },
      data: { memberCount: 0, archivedAt: clock.now() },
    });
    await append(tx, {
      topic: conversationId,
      type: 'conversation.deleted',
      refs: { actorId: me.userId },
      closes: members.map(({ userId }) => userId),
    });
    await jobs.enqueue(tx, 'groups.clear', { conversationId });
  });
  return null;
}
