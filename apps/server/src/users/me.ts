import type { Availability, OwnUser, PublicUser, Role, Settings } from '@parley/contract';
import type pg from 'pg';
import type { SignedIn } from '../context.ts';
import { ParleyError } from '../error.ts';
import { PUBLIC_USER_JSON } from './public-user.ts';

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
  return new Map(rows.map((row) => [row.user.id, toOwnUser(row)]));
}

interface OwnRow {
  user: PublicUser;
  bio: string | null;
  email: string;
  isEmailVerified: boolean;
  role: Role;
  settings: Settings;
  availability: Availability;
  createdAt: Date;
}

const OWN = `
  SELECT ${PUBLIC_USER_JSON} AS "user", u.bio, u.email, u.email_verified_at IS NOT NULL AS "isEmailVerified", u.role,
         json_build_object('dmPolicy', u.dm_policy, 'lastSeenFor', u.last_seen_for, 'readReceipts', u.read_receipts,
                           'groupAddsBy', u.group_adds_by) AS settings,
         u.availability, u.created_at AS "createdAt"
  FROM users u WHERE u.id = ANY ($1::uuid[])`;

const toOwnUser = ({ user, createdAt, ...own }: OwnRow): OwnUser => ({
  ...user,
  ...own,
  createdAt: createdAt.toISOString(),
});
