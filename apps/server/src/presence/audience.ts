import { LIMITS } from '@parley/contract';
import type pg from 'pg';
import { type Relation, relationsOf } from '../people/relations.ts';

/** People of one query: each may have thousands of others. */
const BATCH = 50;

/**
 * Of whom each of these people is told by itself: those in a direct conversation with them, and in their groups that
 * are not too large. Friends and contacts belong here, too, and first of all.
 */
export async function watchedBy(pool: pg.Pool, userIds: string[]): Promise<Map<string, string[]>> {
  const watched = new Map<string, string[]>();
  for (let start = 0; start < userIds.length; start += BATCH) {
    const batch = userIds.slice(start, start + BATCH);
    // Without a name: it is planned anew for the tables as they are.
    const { rows } = await pool.query<{ id: string; others: string }>(WATCHED, [
      batch,
      LIMITS.presenceGroup,
      LIMITS.presenceWatched,
    ]);
    // As one text: to read an array of thousands takes ten times as long.
    for (const { id, others } of rows) watched.set(id, others === '' ? [] : others.split(' '));
  }
  return watched;
}

const WATCHED = `
  SELECT me.id, array_to_string(ARRAY (
    SELECT other.user_id
    FROM members mine
    JOIN conversations c ON c.id = mine.conversation_id
    JOIN members other ON other.conversation_id = c.id AND other.user_id <> mine.user_id
    WHERE mine.user_id = me.id AND (c.kind = 'direct' OR c.member_count <= $2)
    GROUP BY other.user_id
    ORDER BY min(c.kind), max(c.last_activity_at) DESC
    LIMIT $3
  ), ' ') AS others
  FROM unnest($1::uuid[]) AS me (id)`;

/** Of which of these people somebody may know how they are, when they ask. */
export async function visibleTo(pool: pg.Pool, userId: string, otherIds: string[]): Promise<string[]> {
  const relations = await relationsOf(pool, userId, otherIds);
  return otherIds.filter((other) => other === userId || isRelated(relations.get(other)));
}

const isRelated = (relation: Relation | undefined): boolean => relation?.sharesConversation ?? false;

/**
 * When these people were last here, as ISO 8601, as far as they let others know. Nobody has contacts yet: who tells
 * only them tells nobody.
 */
export async function lastSeenOf(pool: pg.Pool, userIds: string[]): Promise<Map<string, string | null>> {
  if (userIds.length === 0) return new Map();
  const { rows } = await pool.query<{ id: string; at: Date | null }>({
    name: 'presence_last_seen',
    text: LAST_SEEN,
    values: [userIds],
  });
  return new Map(rows.map(({ id, at }) => [id, at?.toISOString() ?? null]));
}

const LAST_SEEN = `
  SELECT id, CASE WHEN last_seen_for = 'everyone' AND deleted_at IS NULL THEN last_seen_at END AS at
  FROM users WHERE id = ANY ($1::uuid[])`;
