import type { Tx } from '../database/database.ts';

/**
 * Locks the threads of a conversation that is locked itself. Answers with their ids. A thread is younger than its
 * parent, so this is the order of ids, in which sends lock as well.
 */
export async function lockThreads(tx: Tx, parentId: string): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM conversations WHERE parent_id = ${parentId}::uuid ORDER BY id FOR NO KEY UPDATE`;
  return rows.map(({ id }) => id);
}

/** The same of those that somebody follows. */
export async function lockFollowed(tx: Tx, parentId: string, userId: string): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM conversations c
    WHERE parent_id = ${parentId}::uuid
      AND EXISTS (SELECT FROM members WHERE conversation_id = c.id AND user_id = ${userId}::uuid)
    ORDER BY id FOR NO KEY UPDATE`;
  return rows.map(({ id }) => id);
}
