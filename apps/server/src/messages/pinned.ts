import type { Message } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { ParleyError } from '../error.ts';
import { Rendered } from '../rendered.ts';
import { isShownTo, messageJsonFor } from './read.ts';

/** The messages of a conversation that are pinned, and that the caller sees; the newest pin first. */
export async function pinnedMessages(
  ctx: SignedIn,
  { conversationId }: { conversationId: string },
): Promise<Rendered<{ messages: Message[] }>> {
  const values = [conversationId, ctx.session.userId];
  const { rows } = await ctx.app.database.pool.query<{ json: string }>({
    name: 'pinned_messages',
    text: PINNED,
    values,
  });
  if (!rows[0]) throw new ParleyError('NOT_FOUND', { what: 'conversation' });
  return new Rendered(rows[0].json);
}

const PINNED = `
  SELECT '{"messages":[' || coalesce((
    SELECT string_agg(${messageJsonFor('$2')}, ',' ORDER BY m.pinned_at DESC, m.seq DESC) FROM messages m
    WHERE m.conversation_id = $1 AND m.pinned_at IS NOT NULL AND m.seq > me.joined_seq AND ${isShownTo('$2')}
  ), '') || ']}' AS json
  FROM members me WHERE me.conversation_id = $1 AND me.user_id = $2 AND NOT me.hidden`;
