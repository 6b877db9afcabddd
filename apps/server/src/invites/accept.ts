import { type ConversationView, type InvitePreview, LIMITS } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { bringIn, newcomer, toConversation } from '../conversations/bring-in.ts';
import { getConversation } from '../conversations/get.ts';
import { lockRow } from '../conversations/lock.ts';
import type { Tx } from '../database/database.ts';
import { ParleyError } from '../error.ts';
import { keepLiving } from '../users/living.ts';
import { findInvite, groupOf } from './find.ts';

/** What somebody who has the token sees of the group. */
export async function previewInvite(ctx: SignedIn, { token }: { token: string }): Promise<InvitePreview> {
  const { database, clock } = ctx.app;
  const invite = await findInvite(database.prisma, token);
  const { title, description, memberCount } = await groupOf(database.prisma, invite, clock.now());
  return { title, description, memberCount };
}

/** Comes into a group by an invite. For whoever is in it already that changes nothing. */
export async function acceptInvite(ctx: SignedIn, { token }: { token: string }): Promise<ConversationView> {
  const { database, clock } = ctx.app;
  const me = ctx.session.userId;
  const conversationId = await database.transaction(async (tx) => {
    const { conversationId } = await findInvite(tx, token);
    if (!(await keepLiving(tx, [me])).has(me)) throw new ParleyError('INVALID_INVITE');
    await lockRow(tx, conversationId);
    await enter(tx, { conversationId, token, userId: me, now: clock.now() });
    return conversationId;
  });
  return (await getConversation(ctx, { conversationId })).conversation;
}

/** The invite is read again: it is as it stands once everybody who was here before has come in. */
async function enter(
  tx: Tx,
  {
    conversationId,
    token,
    userId,
    now,
  }: { conversationId: string; token: string; userId: string; now: Date },
): Promise<void> {
  const invite = await findInvite(tx, token);
  if (await tx.member.findUnique({ where: { conversationId_userId: { conversationId, userId } } })) return;
  const group = await groupOf(tx, invite, now);
  if (group.memberCount >= LIMITS.groupMembers)
    throw new ParleyError('GROUP_FULL', { limit: LIMITS.groupMembers });
  await tx.invite.update({ where: { id: invite.id }, data: { uses: { increment: 1 } } });
  const changed = await tx.conversation.update({
    where: { id: conversationId },
    data: { memberCount: { increment: 1 } },
  });
  await bringIn(tx, 'member.added', {
    actorId: userId,
    conversation: toConversation(changed),
    members: [newcomer(userId, 'member', changed, now)],
  });
}
