import type { ConversationView } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { ParleyError } from '../error.ts';
import { LAST_ACTIVE_AT, loadViews } from './view.ts';

/** The caller's conversations, threads left out, the most recently active first; `before` goes on after the last one of a page. */
export async function listConversations(
  ctx: SignedIn,
  input: { limit: number; before?: string | undefined },
): Promise<{ conversations: ConversationView[]; hasMore: boolean }> {
  const { views, hasMore } = await pageOf(ctx, 'conversations', input);
  return { conversations: views, hasMore };
}

/** A page of the caller's conversations, or of the threads that they follow. */
export async function pageOf(
  ctx: SignedIn,
  what: 'conversations' | 'threads',
  input: { limit: number; before?: string | undefined },
): Promise<{ views: ConversationView[]; hasMore: boolean }> {
  const { pool } = ctx.app.database;
  const { userId } = ctx.session;
  const query: Parameters<typeof loadViews>[2] = { what, limit: input.limit + 1 };
  if (input.before !== undefined) {
    const { rows } = await pool.query<{ id: string; lastActiveAt: Date }>({
      name: 'conversation_place',
      text: PLACE,
      values: [input.before, userId, what === 'threads'],
    });
    if (!rows[0]) throw new ParleyError('NOT_FOUND', { what: 'conversation' });
    query.before = rows[0];
  }
  const views = await loadViews(pool, userId, query);
  return { views: views.slice(0, input.limit), hasMore: views.length > input.limit };
}

const PLACE = `
  SELECT c.id, ${LAST_ACTIVE_AT} AS "lastActiveAt" FROM members me JOIN conversations c ON c.id = me.conversation_id
  WHERE c.id = $1 AND me.user_id = $2 AND NOT me.hidden AND (c.parent_id IS NOT NULL) = $3`;
