import { LIMITS } from '@parley/contract';
import type pg from 'pg';
import { type Relation, relationsOf } from '../people/relations.ts';

/**
 * What somebody is shown of a person. `blocked`: one of the two has blocked the other, and the person is offline.
 * `trusted`: what only contacts are told, too, for a friend, and for whoever is in that person's address book.
 */
export type Sight = 'blocked' | 'plain' | 'trusted';

/** Of whom somebody is told by itself. */
export interface WatchedPeople {
  ids: string[];
  /** What they are shown of some of them; of all others it is `plain`. */
  sights: Map<string, Sight>;
}

/** People of one query: each may have thousands of others. */
const BATCH = 50;

/**
 * Of whom each of these people is told by itself: friends and mutual contacts first of all, then those in a direct
 * conversation with them, then those in their groups that are not too large.
 */
export async function watchedBy(pool: pg.Pool, userIds: string[]): Promise<Map<string, WatchedPeople>> {
  const watched = new Map<string, WatchedPeople>();
  for (let start = 0; start < userIds.length; start += BATCH) {
    const batch = userIds.slice(start, start + BATCH);
    // Without a name: it is planned anew for the tables as they are.
    const { rows } = await pool.query<{ id: string; others: string }>(WATCHED, [
      batch,
      LIMITS.presenceGroup,
      LIMITS.presenceWatched,
    ]);
    for (const { id, others } of rows) watched.set(id, parseWatched(others));
  }
  return watched;
}

/** From one text: to read an array of thousands takes ten times as long. */
function parseWatched(others: string): WatchedPeople {
  const sights = new Map<string, Sight>();
  const ids = (others === '' ? [] : others.split(' ')).map((other) => {
    const sight = MARKS[other[0]!];
    if (!sight) return other;
    const id = other.slice(1);
    sights.set(id, sight);
    return id;
  });
  return { ids, sights };
}

/** In front of an id. */
const MARKS: Readonly<Record<string, Sight>> = { '-': 'blocked', '+': 'trusted' };

/** Whoever has no rank is there for what is known of them besides: nobody is told of them because of that alone. */
const WATCHED = `
  SELECT me.id, array_to_string(ARRAY (
    SELECT CASE WHEN bool_or(blocked) THEN '-' || id WHEN bool_or(trusts) THEN '+' || id ELSE id::text END
    FROM (
      SELECT other.user_id AS id, CASE c.kind WHEN 'direct' THEN 2 ELSE 3 END AS rank, c.last_activity_at AS at,
        NULL::boolean AS trusts, NULL::boolean AS blocked
      FROM members mine
      JOIN conversations c ON c.id = mine.conversation_id
      JOIN members other ON other.conversation_id = c.id AND other.user_id <> mine.user_id
      WHERE mine.user_id = me.id AND NOT mine.hidden AND (c.kind = 'direct' OR c.member_count <= $2)
        AND c.parent_id IS NULL
      UNION ALL SELECT friend_id, 1, NULL, true, NULL FROM friendships WHERE user_id = me.id
      UNION ALL
        SELECT has_me.owner_id, CASE WHEN mine.user_id IS NOT NULL THEN 1 END, NULL, true, NULL
        FROM contacts has_me LEFT JOIN contacts mine ON mine.owner_id = me.id AND mine.user_id = has_me.owner_id
        WHERE has_me.user_id = me.id
      UNION ALL SELECT blocked_id, NULL, NULL, NULL, true FROM blocks WHERE blocker_id = me.id
      UNION ALL SELECT blocker_id, NULL, NULL, NULL, true FROM blocks WHERE blocked_id = me.id
    ) AS others
    GROUP BY id
    HAVING min(rank) IS NOT NULL
    ORDER BY min(rank), max(at) DESC
    LIMIT $3
  ), ' ') AS others
  FROM unnest($1::uuid[]) AS me (id)`;

/** Of which of these people somebody may know how they are, when they ask, and what of it. */
export async function sightsOf(
  pool: pg.Pool,
  userId: string,
  otherIds: string[],
): Promise<Map<string, Sight>> {
  const relations = await relationsOf(pool, userId, otherIds);
  return new Map(
    [...relations].flatMap(([other, relation]): [string, Sight][] =>
      other === userId ? [[other, 'trusted']] : isRelated(relation) ? [[other, sightOf(relation)]] : [],
    ),
  );
}

const isRelated = ({ sharesConversation, isFriend, hasAsContact, isContactOf }: Relation): boolean =>
  sharesConversation || isFriend || (hasAsContact && isContactOf);

function sightOf({ blocks, isBlockedBy, isFriend, isContactOf }: Relation): Sight {
  if (blocks || isBlockedBy) return 'blocked';
  return isFriend || isContactOf ? 'trusted' : 'plain';
}

/** When somebody was last here, as ISO 8601 or null, as those see it whom they trust, and as all others do. */
export interface LastSeen {
  trusted: string | null;
  plain: string | null;
}

/** When these people were last here, as far as they let others know. */
export async function lastSeenOf(pool: pg.Pool, userIds: string[]): Promise<Map<string, LastSeen>> {
  if (userIds.length === 0) return new Map();
  const { rows } = await pool.query<{ id: string; trusted: Date | null; plain: Date | null }>({
    name: 'presence_last_seen',
    text: LAST_SEEN,
    values: [userIds],
  });
  const iso = (at: Date | null): string | null => at?.toISOString() ?? null;
  return new Map(rows.map(({ id, trusted, plain }) => [id, { trusted: iso(trusted), plain: iso(plain) }]));
}

const LAST_SEEN = `
  SELECT id, CASE WHEN last_seen_for <> 'nobody' AND deleted_at IS NULL THEN last_seen_at END AS trusted,
    CASE WHEN last_seen_for = 'everyone' AND deleted_at IS NULL THEN last_seen_at END AS plain
  FROM users WHERE id = ANY ($1::uuid[])`;
