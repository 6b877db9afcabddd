import type pg from 'pg';
import type { Tx } from '../database/database.ts';
import { ParleyError } from '../error.ts';

/** How another person stands to somebody. */
export interface Relation {
  sharesConversation: boolean;
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
  SELECT id, EXISTS (
    SELECT 1 FROM members mine JOIN members other USING (conversation_id)
    WHERE mine.user_id = $1 AND other.user_id = id
  ) AS "sharesConversation"
  FROM unnest($2::uuid[]) AS id`;

/**
 * Which of these people have set it so that somebody may not begin a conversation with them, or put them into a group.
 * Nobody is a contact or a friend yet: whoever does not let everybody lets nobody.
 */
export async function refusersOf(
  tx: Tx,
  setting: 'dmPolicy' | 'groupAddsBy',
  ids: string[],
): Promise<Set<string>> {
  const rows = await tx.user.findMany({
    where: { id: { in: ids }, [setting]: { not: 'everyone' } },
    select: { id: true },
  });
  return new Set(rows.map(({ id }) => id));
}

/** Refuses with `REFUSED_BY_SETTINGS` when one of these people does not want it. */
export async function refuseUnwanted(
  tx: Tx,
  setting: 'dmPolicy' | 'groupAddsBy',
  ids: string[],
): Promise<void> {
  const [userId] = await refusersOf(tx, setting, ids);
  if (userId !== undefined) throw new ParleyError('REFUSED_BY_SETTINGS', { userId });
}
