import type { StreamNotice } from '@parley/contract';
import type { Database } from '../database/database.ts';
import { loadViews } from './view.ts';

/** Conversations of which somebody has missed too much, as they stand now. */
export async function describeGaps(
  { pool }: Database,
  userId: string,
  ids: string[],
): Promise<StreamNotice[]> {
  const views = await loadViews(pool, userId, { ids, limit: ids.length });
  const byId = new Map(views.map((view) => [view.id, view]));
  return ids.map((id) => ({
    type: 'stream.gapped',
    conversationId: id,
    conversation: byId.get(id) ?? null,
  }));
}
