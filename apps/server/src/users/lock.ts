import type { Tx } from '../database/database.ts';

/** Keeps the account as it is until this transaction ends, and its sessions from beginning or ending all at once. */
export async function lockAccount(tx: Tx, userId: string): Promise<void> {
  await lockPeople(tx, [userId]);
}

/**
 * The same of several, in one order for everybody: what is between them, too, stays as it is until the end. Which of
 * them have an account that is not deleted. Whoever locks a conversation as well locks people first.
 */
export async function lockPeople(tx: Tx, ids: string[]): Promise<Set<string>> {
  const rows = await tx.$queryRaw<{ id: string; isDeleted: boolean }[]>`
    SELECT id, deleted_at IS NOT NULL AS "isDeleted" FROM users
    WHERE id = ANY (${ids}::uuid[]) ORDER BY id FOR NO KEY UPDATE`;
  return new Set(rows.filter(({ isDeleted }) => !isDeleted).map(({ id }) => id));
}
