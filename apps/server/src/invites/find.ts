import { hashOf } from '../auth/refresh-token.ts';
import type { Tx } from '../database/database.ts';
import type { Conversation, Invite } from '../database/generated/client.ts';
import { ParleyError } from '../error.ts';

/** The invite with this token. Errors: `INVALID_INVITE`. */
export async function findInvite(tx: Tx, token: string): Promise<Invite> {
  const invite = await tx.invite.findUnique({ where: { tokenHash: hashOf(token) } });
  if (!invite) throw new ParleyError('INVALID_INVITE');
  return invite;
}

/** The group of an invite, which is still good. Errors: `INVALID_INVITE`. */
export async function groupOf(tx: Tx, invite: Invite, now: Date): Promise<Conversation> {
  const { conversationId, expiresAt, maxUses, uses } = invite;
  const group = await tx.conversation.findUnique({ where: { id: conversationId } });
  if (!group || group.memberCount === 0 || expiresAt <= now || (maxUses !== null && uses >= maxUses))
    throw new ParleyError('INVALID_INVITE');
  return group;
}
