import type { SignedIn } from '../context.ts';
import type { Tx } from '../database/database.ts';
import type { Conversation, Member } from '../database/generated/client.ts';
import { append } from '../events/append.ts';
import { lockConversation } from './lock.ts';

/**
 * Deletes for the caller alone all that was said in a conversation so far. It is in no list of theirs until there is
 * something new that they see. Others are not told: neither that it is read now, nor that the caller sees less of it.
 */
export async function clear(ctx: SignedIn, input: { conversationId: string }): Promise<null> {
  await ctx.app.database.transaction(async (tx) => {
    const { conversation, me } = await lockConversation(tx, input.conversationId, ctx.session.userId);
    if (me.cleared && me.joinedSeq === conversation.lastSeq) return;
    await clearFor(tx, conversation, me);
  });
  return null;
}

/** The same for one of the members of a conversation that is locked. */
export async function clearFor(tx: Tx, { id, lastSeq: seq }: Conversation, me: Member): Promise<void> {
  const { userId, joinedAt, joinedSeq, shownJoinedSeq } = me;
  await tx.member.update({
    where: { conversationId_userId: { conversationId: id, userId } },
    data: {
      cleared: true,
      joinedSeq: seq,
      shownJoinedSeq: shownJoinedSeq ?? joinedSeq,
      readSeq: seq,
      markedUnread: false,
    },
  });
  const refs = { conversationId: id, joinedAt: joinedAt.toISOString(), seq };
  await append(tx, { topic: userId, type: 'conversation.cleared', refs });
}
