import type { SignedIn } from '../context.ts';
import { lockConversation } from '../conversations/lock.ts';
import { ParleyError } from '../error.ts';
import { takeOut } from '../groups/take-out.ts';

/** Follows a thread no more: it is nobody's conversation then but of those who do. */
export async function unfollowThread(ctx: SignedIn, input: { conversationId: string }): Promise<null> {
  const { userId } = ctx.session;
  await ctx.app.database.transaction(async (tx) => {
    const { conversation } = await lockConversation(tx, input.conversationId, userId);
    if (conversation.kind !== 'thread') throw new ParleyError('NOT_FOUND', { what: 'conversation' });
    await takeOut(tx, conversation, userId, (memberCount) => ({
      type: 'member.left',
      refs: { userId, memberCount },
    }));
  });
  return null;
}
