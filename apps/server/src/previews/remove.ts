import type { SignedIn } from '../context.ts';
import { lockConversation } from '../conversations/lock.ts';
import { ParleyError } from '../error.ts';
import { findStanding, type Place } from '../messages/find-visible.ts';
import { previewOf, putPreview } from './make.ts';

/** Takes away what the caller's message shows of its link. */
export async function removePreview(ctx: SignedIn, place: Place): Promise<null> {
  const { userId } = ctx.session;
  await ctx.app.database.transaction(async (tx) => {
    await lockConversation(tx, place.conversationId, userId);
    const message = await findStanding(tx, userId, place);
    if (message.senderId !== userId) throw new ParleyError('FORBIDDEN', { need: 'sender' });
    if (previewOf(message)) await putPreview(tx, place, null);
  });
  return null;
}
