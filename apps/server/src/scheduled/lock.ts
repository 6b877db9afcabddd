import type { Tx } from '../database/database.ts';
import type { ScheduledMessage } from '../database/generated/client.ts';
import { ParleyError } from '../error.ts';

/**
 * One of somebody's own scheduled messages, which stays as it is until this transaction ends.
 *
 * Errors: `NOT_FOUND` (scheduled), also for one that is being sent at this moment.
 */
export async function lockScheduled(tx: Tx, userId: string, id: string): Promise<ScheduledMessage> {
  await tx.$queryRaw`SELECT 1 FROM scheduled_messages WHERE id = ${id}::uuid FOR UPDATE`;
  const row = await tx.scheduledMessage.findFirst({ where: { id, userId, sending: false } });
  if (!row) throw new ParleyError('NOT_FOUND', { what: 'scheduled' });
  return row;
}
