import type { PublicUser } from '@parley/contract';
import type { Database } from '../database/database.ts';

/** A person's row as anybody may see it; `u` is the row. */
export const PUBLIC_USER_JSON = `
  json_build_object('id', u.id, 'username', u.username, 'fullName', u.full_name, 'isDeleted', u.deleted_at IS NOT NULL)`;

/** What anybody may know of these people, by id. Ids that nobody has are left out. */
export async function loadPublicUsers(database: Database, ids: string[]): Promise<Map<string, PublicUser>> {
  if (ids.length === 0) return new Map();
  const { rows } = await database.pool.query<{ user: PublicUser }>({
    name: 'public_users',
    text: `SELECT ${PUBLIC_USER_JSON} AS "user" FROM users u WHERE u.id = ANY ($1::uuid[])`,
    values: [ids],
  });
  return new Map(rows.map(({ user }) => [user.id, user]));
}
