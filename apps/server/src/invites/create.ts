import { randomBytes } from 'node:crypto';
import { type Invite, LIMITS } from '@parley/contract';
import { hashOf } from '../auth/refresh-token.ts';
import type { SignedIn } from '../context.ts';
import { ParleyError } from '../error.ts';
import { lockGroup } from '../groups/lock.ts';
import { mayAddMembers } from '../groups/policy.ts';
import { newId } from '../ids.ts';
import { toInvite } from './view.ts';

/** Makes an invite. Its token, of 128 random bits, is nowhere else than in this answer: only its hash is kept. */
export async function createInvite(
  ctx: SignedIn,
  input: { conversationId: string; expiresInSeconds: number; maxUses?: number | undefined },
): Promise<{ invite: Invite; token: string }> {
  const { database, clock } = ctx.app;
  const { conversationId, expiresInSeconds, maxUses = null } = input;
  const token = randomBytes(16).toString('base64url');
  const row = await database.transaction(async (tx) => {
    const { me } = await lockGroup(tx, ctx, conversationId);
    if (!mayAddMembers(me.role)) throw new ParleyError('FORBIDDEN', { need: 'admin' });
    const createdAt = clock.now();
    const expiresAt = new Date(createdAt.getTime() + expiresInSeconds * 1_000);
    const alive = await tx.invite.count({ where: { conversationId, expiresAt: { gt: createdAt } } });
    if (alive >= LIMITS.invites)
      throw new ParleyError('TOO_MANY', { what: 'invites', limit: LIMITS.invites });
    const tokenHash = hashOf(token);
    const creatorId = me.userId;
    return tx.invite.create({
      data: { id: newId(), conversationId, tokenHash, creatorId, createdAt, expiresAt, maxUses },
    });
  });
  return { invite: toInvite(row), token };
}
