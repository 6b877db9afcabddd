import type { Friend, FriendRequest, PublicUser } from '@parley/contract';
import type pg from 'pg';
import type { Database } from '../database/database.ts';
import { isoOf } from '../database/iso.ts';
import { loadPublicUsers, PUBLIC_USER_JSON } from '../users/public-user.ts';

/** Of whom `$1` is a friend. Whoever is deleted is left out here, and so of requests. */
const FRIENDS = `
  SELECT ${PUBLIC_USER_JSON} AS "user", ${isoOf('f.since')} AS since
  FROM friendships f JOIN users u ON u.id = f.friend_id
  WHERE f.user_id = $1 AND u.deleted_at IS NULL`;

const NEWEST_FIRST = 'ORDER BY f.since DESC, f.friend_id';

/** Somebody's friends, the newest first. `client` is the pool, or one connection inside a snapshot. */
export async function loadFriends(client: pg.Pool | pg.ClientBase, userId: string): Promise<Friend[]> {
  const text = `${FRIENDS} ${NEWEST_FIRST}`;
  const { rows } = await client.query<Friend>({ name: 'friends', text, values: [userId] });
  return rows;
}

/** Those whose username begins with a key, or of whose full name a word begins with each of these words. */
export async function findFriends(
  pool: pg.Pool,
  userId: string,
  { key, words }: { key: string; words: string[] },
): Promise<Friend[]> {
  const text = `${FRIENDS} AND (starts_with(u.username_key, $2) OR ${HAS_WORDS}) ${NEWEST_FIRST}`;
  const { rows } = await pool.query<Friend>({ name: 'find_friends', text, values: [userId, key, words] });
  return rows;
}

const HAS_WORDS = `NOT EXISTS (
  SELECT FROM unnest($3::text[]) AS wanted
  WHERE NOT EXISTS (SELECT FROM name_words w WHERE w.user_id = u.id AND starts_with(w.word, wanted)))`;

/** Requests of one person that are listed, of those to them: nobody answers more at once. */
const MOST_INCOMING = 1_000;

/**
 * The requests from and to somebody that wait for an answer, the newest first; of those to them the newest ones, and
 * none that is withheld from them. `client` is the pool, or one connection inside a snapshot.
 */
export async function loadFriendRequests(
  client: pg.Pool | pg.ClientBase,
  userId: string,
): Promise<FriendRequest[]> {
  const { rows } = await client.query<FriendRequest>({
    name: 'friend_requests',
    text: REQUESTS,
    values: [userId, MOST_INCOMING],
  });
  return rows;
}

const REQUESTS = `
  SELECT ${PUBLIC_USER_JSON} AS "user", r.direction, ${isoOf('r.created_at')} AS "createdAt"
  FROM (
    SELECT receiver_id AS user_id, 'outgoing' AS direction, created_at FROM friend_requests WHERE sender_id = $1
    UNION ALL (
      SELECT sender_id, 'incoming', created_at FROM friend_requests
      WHERE receiver_id = $1 AND NOT withheld ORDER BY created_at DESC, sender_id LIMIT $2)
  ) r JOIN users u ON u.id = r.user_id
  WHERE u.deleted_at IS NULL ORDER BY r.created_at DESC, r.user_id`;

/** A friend who has been one since then. */
export const friendSince = async (database: Database, userId: string, since: Date): Promise<Friend> => ({
  user: await profileOf(database, userId),
  since: since.toISOString(),
});

/** A request to somebody, made then. */
export const requestTo = async (
  database: Database,
  userId: string,
  createdAt: Date,
): Promise<FriendRequest> => ({
  user: await profileOf(database, userId),
  direction: 'outgoing',
  createdAt: createdAt.toISOString(),
});

/** Somebody who is there. */
const profileOf = async (database: Database, userId: string): Promise<PublicUser> =>
  (await loadPublicUsers(database, [userId])).get(userId)!;
