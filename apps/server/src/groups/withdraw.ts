import type { App } from '../context.ts';
import { lockConversation } from '../conversations/lock.ts';
import type { Tx } from '../database/database.ts';
import { ParleyError } from '../error.ts';
import { depart } from './leave.ts';
import { changeRole } from './set-role.ts';

/**
 * Takes an account that is gone out of a group. What it owned passes on, so that the group is never without an owner.
 * A group that it is no longer in is left alone.
 */
export async function withdraw(
  { database, clock }: App,
  { conversationId, userId }: { conversationId: string; userId: string },
): Promise<void> {
  try {
    await database.transaction(async (tx) => {
      const { conversation, me } = await lockConversation(tx, conversationId, userId);
      if (me.role === 'owner') await passOn(tx, conversationId, userId);
      await depart(tx, conversation, userId, clock.now());
    });
  } catch (error) {
    if (!(error instanceof ParleyError && error.code === 'NOT_FOUND')) throw error;
  }
}

/** The admin who has been there longest becomes the owner, or else the member who has; nobody in an empty group. */
async function passOn(tx: Tx, conversationId: string, ownerId: string): Promise<void> {
  const [heir] = await tx.$queryRaw<{ userId: string }[]>`
    SELECT m.user_id AS "userId" FROM members m JOIN users u ON u.id = m.user_id
    WHERE m.conversation_id = ${conversationId}::uuid AND m.user_id <> ${ownerId}::uuid
    ORDER BY u.deleted_at IS NOT NULL, m.role, m.joined_at, m.user_id LIMIT 1`;
  if (heir) await changeRole(tx, conversationId, heir.userId, 'owner');
}
