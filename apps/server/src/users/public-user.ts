import type { PublicUser } from '@parley/contract';
import type { Database } from '../database/database.ts';

/** What anybody may know of these people, by id. Ids that nobody has are left out. */
export async function loadPublicUsers(database: Database, ids: string[]): Promise<Map<string, PublicUser>> {
  if (ids.length === 0) return new Map();
  const { rows } = await database.pool.query<PublicUser>({
    name: 'public_users',
    text: 'SELECT id, username, full_name AS "fullName" FROM users WHERE id = ANY ($1::uuid[])',
    values: [ids],
  });
  return new Map(rows.map((user) => [user.id, user]));
}
