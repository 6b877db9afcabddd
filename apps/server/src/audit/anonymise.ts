import type { Tx } from '../database/database.ts';

/**
 * Takes from the records where this person was, when their account goes: what was done and when stays, under an
 * id that is nobody's name.
 */
export async function anonymiseAudit(tx: Tx, userId: string): Promise<void> {
  await tx.auditRecord.updateMany({
    where: { OR: [{ actorId: userId }, { userId, actorId: null }] },
    data: { address: '' },
  });
}
