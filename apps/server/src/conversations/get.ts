import type { ConversationView } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { atOneMoment } from '../database/snapshot.ts';
import { ParleyError } from '../error.ts';
import type { Cursor } from '../events/cursor.ts';
import { readHead } from '../events/read-log.ts';
import { loadViews } from './view.ts';

/** One conversation of the caller, whether their list has it, and the cursor of the moment it was read. */
export function getConversation(
  ctx: SignedIn,
  input: { conversationId: string },
): Promise<{ conversation: ConversationView; isListed: boolean; cursor: Cursor }> {
  return atOneMoment(ctx.app.database, async (client) => {
    const { userId } = ctx.session;
    const ids = [input.conversationId];
    const [listed] = await loadViews(client, userId, { ids });
    const conversation = listed ?? (await loadViews(client, userId, { ids, evenCleared: true }))[0];
    if (!conversation) throw new ParleyError('NOT_FOUND', { what: 'conversation' });
    return { conversation, isListed: !!listed, cursor: ctx.app.log.cursor(await readHead(client)) };
  });
}
