import type { Tx } from '../database/database.ts';
import { append } from '../events/append.ts';

/** Tells of a changed profile: the person, and everybody who sees them. */
export async function announceUser(tx: Tx, userId: string): Promise<void> {
  await append(tx, { topic: userId, type: 'account.updated', refs: {} });
  await tellAudience(tx, userId);
}

/**
 * Tells everybody who sees a person that they look different. Who that is says `audience_of` in the database:
 * whatever makes people see each other adds its topics there.
 *
 * A reader who shares three conversations with them is told three times, the same each time. One event for each
 * reader instead would be fewer only where a few people share many conversations. To know that, everybody in all of
 * them had to be counted under the log's lock; and whoever joins meanwhile is in the conversation's topic by itself.
 */
export async function tellAudience(tx: Tx, userId: string): Promise<void> {
  await append(tx, { topic: userId, type: 'user.updated', refs: { userId }, toAudience: true });
}
