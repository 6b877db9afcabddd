import type { Block } from '@parley/contract';
import type pg from 'pg';
import { isoOf } from '../database/iso.ts';
import { PUBLIC_USER_JSON } from '../users/public-user.ts';

/**
 * Whom somebody has blocked, the newest first; or one of them. Whoever is deleted is left out. `client` is the pool, or
 * one connection inside a snapshot.
 */
export async function loadBlocks(
  client: pg.Pool | pg.ClientBase,
  userId: string,
  blockedId: string | null = null,
): Promise<Block[]> {
  const { rows } = await client.query<Block>({ name: 'blocks', text: BLOCKS, values: [userId, blockedId] });
  return rows;
}

const BLOCKS = `
  SELECT ${PUBLIC_USER_JSON} AS "user", ${isoOf('b.created_at')} AS "createdAt"
  FROM blocks b JOIN users u ON u.id = b.blocked_id
  WHERE b.blocker_id = $1 AND u.deleted_at IS NULL AND ($2::uuid IS NULL OR b.blocked_id = $2)
  ORDER BY b.created_at DESC, u.id`;
