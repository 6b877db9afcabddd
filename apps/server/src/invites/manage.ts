import type { Invite } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { ParleyError } from '../error.ts';
import { lockGroup } from '../groups/lock.ts';
import { mayAddMembers } from '../groups/policy.ts';
import { toInvite } from './view.ts';

/** The invites of a group that are not expired, the newest first. */
export async function listInvites(
  ctx: SignedIn,
  { conversationId }: { conversationId: string },
): Promise<{ invites: Invite[] }> {
  const { database, clock } = ctx.app;
  const rows = await database.transaction(async (tx) => {
    const { me } = await lockGroup(tx, ctx, conversationId);
    if (!mayAddMembers(me.role)) throw new ParleyError('FORBIDDEN', { need: 'admin' });
    return tx.invite.findMany({
      where: { conversationId, expiresAt: { gt: clock.now() } },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    });
  });
  return { invites: rows.map(toInvite) };
}

/** Takes an invite back: nobody comes by it any more. */
export async function revokeInvite(
  ctx: SignedIn,
  { conversationId, inviteId }: { conversationId: string; inviteId: string },
): Promise<null> {
  await ctx.app.database.transaction(async (tx) => {
    const { me } = await lockGroup(tx, ctx, conversationId);
    if (!mayAddMembers(me.role)) throw new ParleyError('FORBIDDEN', { need: 'admin' });
    const { count } = await tx.invite.deleteMany({ where: { id: inviteId, conversationId } });
    if (count === 0) throw new ParleyError('NOT_FOUND', { what: 'invite' });
  });
  return null;
}
