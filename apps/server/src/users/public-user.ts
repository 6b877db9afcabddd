import type { PublicUser } from '@parley/contract';
import type { Database } from '../database/database.ts';
import { isoOf } from '../database/iso.ts';

/**
 * A person's row as anybody may see it; `u` is the row. A status that is over by the database's clock is told no more:
 * a client that was told of it before drops it by its `until`.
 */
export const PUBLIC_USER_JSON = `
  json_build_object(
    'id', u.id, 'username', u.username, 'fullName', u.full_name, 'avatar', u.avatar_id, 'isDeleted', u.deleted_at IS NOT NULL,
    'status', CASE WHEN u.status_text IS NOT NULL AND (u.status_until IS NULL OR u.status_until > now())
      THEN json_build_object('text', u.status_text, 'until', ${isoOf('u.status_until')}) END)`;

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
