import type { Profile, PublicUser } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { ParleyError } from '../error.ts';
import { nameKey } from './names.ts';
import { PUBLIC_USER_JSON } from './public-user.ts';

/** A person's page, by who they are or by how they are called. Whoever is gone has a key that no name has. */
export async function getProfile(
  { app }: SignedIn,
  who: { userId: string } | { username: string },
): Promise<Profile> {
  const { rows } = await app.database.pool.query<{ user: PublicUser; bio: string | null }>({
    name: 'profile',
    text: PROFILE,
    values: 'userId' in who ? [who.userId, null] : [null, nameKey(who.username)],
  });
  if (!rows[0]) throw new ParleyError('NOT_FOUND', { what: 'user' });
  return { ...rows[0].user, bio: rows[0].bio };
}

const PROFILE = `
  SELECT ${PUBLIC_USER_JSON} AS "user", u.bio FROM users u
  WHERE u.id = $1::uuid OR u.username_key = $2`;
