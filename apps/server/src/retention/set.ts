import type { ConversationView } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { toConversation } from '../conversations/bring-in.ts';
import { getConversation } from '../conversations/get.ts';
import { lockConversation } from '../conversations/lock.ts';
import { ParleyError } from '../error.ts';
import { append } from '../events/append.ts';

/**
 * Sets for how many days a conversation and its threads keep their messages: the owner of a group does, and either of two.
 * What is so already is no change, and makes no event.
 */
export async function setRetention(
  ctx: SignedIn,
  { conversationId, retentionDays }: { conversationId: string; retentionDays: number | null },
): Promise<ConversationView> {
  const { userId } = ctx.session;
  await ctx.app.database.transaction(async (tx) => {
    const { conversation, me } = await lockConversation(tx, conversationId, userId);
    if (conversation.parentId !== null) throw new ParleyError('IN_A_THREAD');
    if (conversation.kind === 'group' && me.role !== 'owner')
      throw new ParleyError('FORBIDDEN', { need: 'owner' });
    if (conversation.retentionDays === retentionDays) return;
    const changed = await tx.conversation.update({
      where: { id: conversationId },
      data: { retentionDays },
    });
    await append(tx, {
      topic: conversationId,
      type: 'conversation.updated',
      refs: { actorId: userId, conversation: toConversation(changed) },
    });
  });
  return (await getConversation(ctx, { conversationId })).conversation;
}
