import type { SignedIn } from '../context.ts';
import type { Tx } from '../database/database.ts';
import type { Conversation } from '../database/generated/client.ts';
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
    await depart(tx, conversation, me.userId, clock.now());
  });
  return null;
}

/** A member of a group whose row is locked goes by themselves. With the last one it is archived. */
export async function depart(tx: Tx, conversation: Conversation, userId: string, now: Date): Promise<void> {
  await takeOut(tx, conversation, userId, (memberCount) => ({
    type: 'member.left',
    refs: { userId, memberCount },
  }));
  if (conversation.memberCount === 1)
    await tx.conversation.update({ where: { id: conversation.id }, data: { archivedAt: now } });
}
