import type { Role } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import type { Tx } from '../database/database.ts';
import type { User } from '../database/generated/client.ts';
import { ParleyError } from '../error.ts';
import { requireRole } from './require-role.ts';

/**
 * Locks the caller's account and another, and reads both after that, for what a moderator may do to users and an
 * admin to everybody but themselves. Both are locked, always in one order: of two admins who act upon each other at
 * the same moment the second finds that it is no longer for them, so one of them stays.
 *
 * Errors: `FORBIDDEN`, `NOT_FOUND`.
 */
export async function lockForAdmin(
  tx: Tx,
  ctx: SignedIn,
  userId: string,
  need: 'MODERATOR' | 'ADMIN',
): Promise<{ user: User; viewer: Role }> {
  const me = ctx.session.userId;
  await tx.$queryRaw`
    SELECT 1 FROM users WHERE id IN (${me}::uuid, ${userId}::uuid) ORDER BY id FOR NO KEY UPDATE`;
  const viewer = await requireRole(tx, ctx, need);
  const user = await tx.user.findUnique({ where: { id: userId, deletedAt: null } });
  if (!user) throw new ParleyError('NOT_FOUND', { what: 'user' });
  if (user.id === me || (viewer === 'MODERATOR' && user.role !== 'USER'))
    throw new ParleyError('FORBIDDEN', { need: 'ADMIN' });
  return { user, viewer };
}
