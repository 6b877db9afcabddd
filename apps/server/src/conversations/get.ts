import type { ConversationView } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { atOneMoment } from '../database/snapshot.ts';
import { ParleyError } from '../error.ts';
import type { Cursor } from '../events/cursor.ts';
import { readHead } from '../events/read-log.ts';
import { loadViews } from './view.ts';

/** One conversation of the caller, and the cursor of the moment it was read. */
export function getConversation(
  ctx: SignedIn,
  input: { conversationId: string },
): Promise<{ conversation: ConversationView; cursor: Cursor }> {
  return atOneMoment(ctx.app.database, async (client) => {
    const query = { ids: [input.conversationId], evenCleared: true };
    const [conversation] = await loadViews(client, ctx.session.userId, query);
    if (!conversation) throw new ParleyError('NOT_FOUND', { what: 'conversation' });
    return { conversation, cursor: ctx.app.log.cursor(await readHead(client)) };
  });
}
