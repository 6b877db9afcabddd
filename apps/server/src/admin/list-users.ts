import type { SignedIn } from '../context.ts';
import type { User } from '../database/generated/client.ts';
import { ParleyError } from '../error.ts';
import { nameKey } from '../users/names.ts';
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
  const key = (name: string | undefined) => (name === undefined ? null : nameKey(name));
  // Not LIKE, to which an underscore is any character.
  const rows = await database.prisma.$queryRaw<{ id: string }[]>`
    SELECT id FROM users
    WHERE (${key(username)}::text IS NULL OR starts_with(username_key, ${key(username)}))
      AND (${key(email)}::text IS NULL OR email_key = ${key(email)})
      AND (${key(after)}::text IS NULL OR username_key > ${key(after)})
    ORDER BY username_key LIMIT ${limit + 1}`;
  const users: User[] = await database.prisma.user.findMany({
    where: { id: { in: rows.slice(0, limit).map(({ id }) => id) } },
    orderBy: { usernameKey: 'asc' },
  });
  return {
    users: users.map((user) => toManagedUser(user, viewer, clock.now())),
    hasMore: rows.length > limit,
  };
}
