import { LIMITS } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { bringIn, newcomer, toConversation } from '../conversations/bring-in.ts';
import { ParleyError } from '../error.ts';
import { refusersOf } from '../people/relations.ts';
import { keepLiving } from '../users/living.ts';
import { lockGroup } from './lock.ts';
import { mayAddMembers } from './policy.ts';

export interface AddedMembers {
  added: string[];
  skipped: { userId: string; reason: 'already_member' | 'unknown_user' | 'refused_by_settings' }[];
}

/** Brings people into a group; those who cannot come are skipped, with the reason. */
export async function addMembers(
  ctx: SignedIn,
  input: { conversationId: string; userIds: string[] },
): Promise<AddedMembers> {
  const { database, clock } = ctx.app;
  const { conversationId } = input;
  const userIds = [...new Set(input.userIds)];
  return database.transaction(async (tx) => {
    const { conversation, me } = await lockGroup(tx, ctx, conversationId);
    if (!mayAddMembers(me.role)) throw new ParleyError('FORBIDDEN', { need: 'admin' });

    const known = await keepLiving(tx, userIds);
    const present = await tx.member.findMany({ where: { conversationId, userId: { in: userIds } } });
    const members = new Set(present.map(({ userId }) => userId));
    const refusers = await refusersOf(tx, 'groupAddsBy', me.userId, userIds);
    const added = userIds.filter(
      (userId) => known.has(userId) && !members.has(userId) && !refusers.has(userId),
    );
    const memberCount = conversation.memberCount + added.length;
    if (memberCount > LIMITS.groupMembers)
      throw new ParleyError('GROUP_FULL', { limit: LIMITS.groupMembers });

    if (added.length > 0) {
      const changed = await tx.conversation.update({ where: { id: conversationId }, data: { memberCount } });
      const now = clock.now();
      await bringIn(tx, 'member.added', {
        actorId: me.userId,
        conversation: toConversation(changed),
        members: added.map((userId) => newcomer(userId, 'member', conversation, now)),
      });
    }
    const skipped = userIds
      .filter((userId) => !added.includes(userId))
      .map((userId) => ({
        userId,
        reason: members.has(userId)
          ? ('already_member' as const)
          : known.has(userId)
            ? ('refused_by_settings' as const)
            : ('unknown_user' as const),
      }));
    return { added, skipped };
  });
}
