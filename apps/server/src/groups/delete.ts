import type { SignedIn } from '../context.ts';
import { ParleyError } from '../error.ts';
import { appendAll } from '../events/append.ts';
import { usePicture } from '../files/picture.ts';
import { lockThreads } from '../threads/lock.ts';
import { lockGroup } from './lock.ts';
import { mayDelete } from './policy.ts';

/** Deletes a group and its threads: from here on they are nobody's, and a job takes away what was said in them. */
export async function deleteGroup(ctx: SignedIn, input: { conversationId: string }): Promise<null> {
  const { database, clock, jobs } = ctx.app;
  const { conversationId } = input;
  await database.transaction(async (tx) => {
    const { me, conversation } = await lockGroup(tx, ctx, conversationId);
    if (!mayDelete(me.role)) throw new ParleyError('FORBIDDEN', { need: 'owner' });
    const ids = [...(await lockThreads(tx, conversationId)), conversationId];
    const all = { conversationId: { in: ids } };
    const members = await tx.member.findMany({
      where: all,
      select: { conversationId: true, userId: true },
    });
    await tx.member.deleteMany({ where: all });
    await tx.draft.deleteMany({ where: all });
    await tx.invite.deleteMany({ where: { conversationId } });
    await usePicture(tx, ctx.app, {
      ownerId: me.userId,
      purpose: 'group_icon',
      before: conversation.iconId,
      after: null,
    });
    await tx.conversation.updateMany({
      where: { id: { in: ids } },
      data: { memberCount: 0, archivedAt: clock.now(), iconId: null },
    });
    const byConversation = Map.groupBy(members, (member) => member.conversationId);
    await appendAll(
      tx,
      ids.flatMap((topic) => {
        const closes = byConversation.get(topic)?.map(({ userId }) => userId);
        return closes
          ? [{ topic, type: 'conversation.deleted' as const, refs: { actorId: me.userId }, closes }]
          : [];
      }),
    );
    await jobs.enqueue(tx, 'groups.clear', { conversationId });
  });
  return null;
}
