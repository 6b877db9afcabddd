import type { OwnUser } from '@parley/contract';
import type pg from 'pg';
import type { SignedIn } from '../context.ts';
import type { User } from '../database/generated/client.ts';
import { ParleyError } from '../error.ts';

/** The caller's own account. */
export const me = (ctx: SignedIn): Promise<OwnUser> => loadOwnUser(ctx.app.database.pool, ctx.session.userId);

/** What a person sees of their own account. `client` is the pool, or one connection inside a snapshot. */
export async function loadOwnUser(client: pg.Pool | pg.ClientBase, userId: string): Promise<OwnUser> {
  const user = (await loadOwnUsers(client, [userId])).get(userId);
  // A session goes with its user: only a call that was under way meets this.
  if (!user) throw new ParleyError('UNAUTHENTICATED');
  return user;
}

/** The same of several, by id. Ids that nobody has are left out. */
export async function loadOwnUsers(
  client: pg.Pool | pg.ClientBase,
  ids: string[],
): Promise<Map<string, OwnUser>> {
  const { rows } = await client.query<OwnRow>({ name: 'own_users', text: OWN, values: [ids] });
  return new Map(rows.map((row) => [row.id, toOwnUser(row)]));
}

type OwnRow = Pick<
  User,
  'id' | 'username' | 'fullName' | 'email' | 'emailVerifiedAt' | 'role' | 'createdAt' | 'deletedAt'
>;

const OWN = `
  SELECT id, username, full_name AS "fullName", email, email_verified_at AS "emailVerifiedAt", role,
         created_at AS "createdAt", deleted_at AS "deletedAt"
  FROM users WHERE id = ANY ($1::uuid[])`;

/** A row of theirs as they may see it. */
export const toOwnUser = (row: OwnRow): OwnUser => ({
  id: row.id,
  username: row.username,
  fullName: row.fullName,
  isDeleted: row.deletedAt !== null,
  email: row.email,
  isEmailVerified: row.emailVerifiedAt !== null,
  role: row.role,
  createdAt: row.createdAt.toISOString(),
});
