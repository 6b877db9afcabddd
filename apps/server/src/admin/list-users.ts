import type { SignedIn } from '../context.ts';
import { ParleyError } from '../error.ts';
import { endOfPrefix, nameKey } from '../users/names.ts';
import { type ManagedUser, toManagedUser } from './managed-user.ts';
import { requireRole } from './require-role.ts';

export interface ListUsersInput {
  /** How the username begins, in whatever case. */
  username?: string | undefined;
  /** The whole address. For admins. */
  email?: string | undefined;
  /** The username of the last one on the page before. */
  after?: string | undefined;
  limit: number;
}

/** Accounts, by username, those that are gone included. For moderators, who see no addresses, and admins. */
export async function listUsers(
  ctx: SignedIn,
  { username, email, after, limit }: ListUsersInput,
): Promise<{ users: ManagedUser[]; hasMore: boolean }> {
  const { database, clock } = ctx.app;
  const viewer = await requireRole(database.prisma, ctx, 'MODERATOR');
  if (email !== undefined && viewer !== 'ADMIN') throw new ParleyError('FORBIDDEN', { need: 'ADMIN' });
  const prefix = nameKey(username ?? '');
  // Not LIKE, to which an underscore is any character.
  const usernameKey = { gte: prefix, lt: endOfPrefix(prefix), gt: nameKey(after ?? '') };
  const rows = await database.prisma.user.findMany({
    where: { usernameKey, ...(email !== undefined && { emailKey: nameKey(email) }) },
    orderBy: { usernameKey: 'asc' },
    take: limit + 1,
  });
  return {
    users: rows.slice(0, limit).map((user) => toManagedUser(user, viewer, clock.now())),
    hasMore: rows.length > limit,
  };
}
