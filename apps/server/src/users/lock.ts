import type { Tx } from '../database/database.ts';

/** Keeps the account as it is until this transaction ends, and its sessions from beginning or ending all at once. */
export async function lockAccount(tx: Tx, userId: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM users WHERE id = ${userId}::uuid FOR NO KEY UPDATE`;
}
