import type pg from 'pg';
import type { Tx } from '../database/database.ts';
import { ParleyError } from '../error.ts';

/** How another person stands to somebody. */
export interface Relation {
  /** In a conversation that somebody sees. */
  sharesConversation: boolean;
  isFriend: boolean;
  /** Somebody has them in the address book … */
  hasAsContact: boolean;
  /** … and they have somebody in theirs. */
  isContactOf: boolean;
  /** Somebody has blocked them … */
  blocks: boolean;
  /** … and they have blocked somebody. */
  isBlockedBy: boolean;
}

/** How each of these people stands to somebody. `client` is the pool, or one connection inside a snapshot. */
export async function relationsOf(
  client: pg.Pool | pg.ClientBase,
  userId: string,
  otherIds: string[],
): Promise<Map<string, Relation>> {
  const { rows } = await client.query<Relation & { id: string }>({
    name: 'relations_of',
    text: RELATIONS,
    values: [userId, otherIds],
  });
  return new Map(rows.map(({ id, ...relation }) => [id, relation]));
}

const RELATIONS = `
  SELECT id,
    EXISTS (
      SELECT FROM members mine JOIN members other USING (conversation_id)
      WHERE mine.user_id = $1 AND other.user_id = id AND NOT mine.hidden
    ) AS "sharesConversation",
    EXISTS (SELECT FROM friendships WHERE user_id = $1 AND friend_id = id) AS "isFriend",
    EXISTS (SELECT FROM contacts WHERE owner_id = $1 AND user_id = id) AS "hasAsContact",
    EXISTS (SELECT FROM contacts WHERE owner_id = id AND user_id = $1) AS "isContactOf",
    EXISTS (SELECT FROM blocks WHERE blocker_id = $1 AND blocked_id = id) AS "blocks",
    EXISTS (SELECT FROM blocks WHERE blocker_id = id AND blocked_id = $1) AS "isBlockedBy"
  FROM unnest($2::uuid[]) AS id`;

/**
 * Which of these people do not want it that somebody begins a conversation with them, or puts them into a group:
 * because of what they have set, and, of a group, because they have blocked the caller.
 */
export async function refusersOf(
  tx: Tx,
  setting: 'dmPolicy' | 'groupAddsBy',
  callerId: string,
  ids: string[],
): Promise<Set<string>> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM (
      SELECT id, CASE ${setting} WHEN 'dmPolicy' THEN dm_policy ELSE group_adds_by END AS lets,
        EXISTS (SELECT FROM friendships WHERE user_id = ${callerId}::uuid AND friend_id = users.id) AS is_friend,
        EXISTS (SELECT FROM contacts WHERE owner_id = users.id AND user_id = ${callerId}::uuid) AS is_contact,
        EXISTS (SELECT FROM blocks WHERE blocker_id = users.id AND blocked_id = ${callerId}::uuid) AS is_blocked
      FROM users WHERE id = ANY (${ids}::uuid[])
    ) AS asked
    WHERE NOT (lets = 'everyone' OR is_friend OR (lets = 'contacts' AND is_contact))
      OR (is_blocked AND ${setting} = 'groupAddsBy')`;
  return new Set(rows.map(({ id }) => id));
}

/** Refuses with `REFUSED_BY_SETTINGS` when one of these people does not want it. */
export async function refuseUnwanted(
  tx: Tx,
  setting: 'dmPolicy' | 'groupAddsBy',
  callerId: string,
  ids: string[],
): Promise<void> {
  const [userId] = await refusersOf(tx, setting, callerId, ids);
  if (userId !== undefined) throw new ParleyError('REFUSED_BY_SETTINGS', { userId });
}
