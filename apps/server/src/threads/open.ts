import type { ConversationView } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { bringIn, newcomer, toConversation } from '../conversations/bring-in.ts';
import { getConversation } from '../conversations/get.ts';
import { lockConversation } from '../conversations/lock.ts';
import type { Tx } from '../database/database.ts';
import type { Conversation, Member, Message } from '../database/generated/client.ts';
import { ParleyError } from '../error.ts';
import { append } from '../events/append.ts';
import { newId } from '../ids.ts';
import { findVisible, type Place, topicOf } from '../messages/find-visible.ts';
import { follow } from './follow.ts';
import { silenceThreads } from './silence.ts';

/** Opens the thread about a message that the caller sees: the one there is, or a new one. From then on they follow it. */
export async function openThread(ctx: SignedIn, place: Place): Promise<ConversationView> {
  const { database, clock } = ctx.app;
  const { userId } = ctx.session;
  const conversationId = await database.transaction(async (tx) => {
    const { conversation, me } = await lockConversation(tx, place.conversationId, userId);
    if (conversation.kind === 'thread') throw new ParleyError('IN_A_THREAD');
    const root = await findVisible(tx, userId, place);
    const { threadId } = root;
    if (threadId && (await follows(tx, threadId, userId))) return threadId;
    if (root.deletedAt) throw new ParleyError('NOT_FOUND', { what: 'message' });
    if (me.blocksPeer) throw new ParleyError('PERSON_BLOCKED');
    if (!threadId) return begin(tx, conversation, me, root, clock.now());
    await follow(tx, threadId, { actorId: userId, userIds: [userId], now: clock.now() });
    return threadId;
  });
  return (await getConversation(ctx, { conversationId })).conversation;
}

async function follows(tx: Tx, conversationId: string, userId: string): Promise<boolean> {
  const where = { conversationId_userId: { conversationId, userId } };
  const member = await tx.member.findUnique({ where });
  return member !== null && !member.hidden;
}

/**
 * A new thread. Whoever the other one of a direct conversation has blocked is not told of it: it is hidden from the
 * other one, until the block ends, or for good if the message was withheld from them, too.
 */
async function begin(tx: Tx, parent: Conversation, me: Member, root: Message, now: Date): Promise<string> {
  const { conversationId, seq, withheld } = root;
  const others = (await firstFollowers(tx, parent, root)).filter((userId) => userId !== me.userId);
  const thread = await tx.conversation.create({
    data: {
      id: newId(),
      kind: 'thread',
      parentId: conversationId,
      parentSeq: seq,
      history: 'all',
      createdAt: now,
      lastActivityAt: now,
      memberCount: 1 + others.length,
    },
  });
  await tx.message.update({
    where: { conversationId_seq: { conversationId, seq } },
    data: { threadId: thread.id },
  });
  await bringIn(
    tx,
    'conversation.created',
    {
      actorId: me.userId,
      conversation: toConversation(thread),
      members: [me.userId, ...others].map((userId) => newcomer(userId, 'member', thread, now)),
    },
    me.withheld || withheld ? others : [],
  );
  await silenceThreads(tx, [thread.id]);
  await append(tx, {
    topic: me.withheld ? me.userId : topicOf(root),
    type: 'thread.updated',
    refs: { conversationId, seq, thread: { id: thread.id, replies: 0, lastReplyAt: null } },
  });
  return thread.id;
}

/** Both of a direct conversation, and of a group whoever has written the message, if they are still in it. */
async function firstFollowers(tx: Tx, { id, kind }: Conversation, { senderId }: Message): Promise<string[]> {
  const members = await tx.member.findMany({
    where: { conversationId: id, ...(kind === 'group' && { userId: senderId }) },
    select: { userId: true },
  });
  return members.map(({ userId }) => userId);
}
