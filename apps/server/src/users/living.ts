import type { Tx } from '../database/database.ts';

/**
 * Which of these people have an account that is not deleted, nor will be before this transaction has ended: so that
 * nobody is brought into a conversation who has just left all of theirs for good.
 */
export async function keepLiving(tx: Tx, ids: string[]): Promise<Set<string>> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM users WHERE id = ANY (${ids}::uuid[]) AND deleted_at IS NULL FOR KEY SHARE`;
  return new Set(rows.map(({ id }) => id));
}
