import { type Conversation, type ConversationView, LIMITS } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { bringIn, newcomer, toConversation } from '../conversations/bring-in.ts';
import { getConversation } from '../conversations/get.ts';
import { ParleyError } from '../error.ts';
import { newId } from '../ids.ts';
import { refuseUnwanted } from '../people/relations.ts';
import { keepLiving } from '../users/living.ts';

export interface CreateGroupInput {
  title: string;
  description?: string | undefined;
  slowModeSeconds?: number | undefined;
  history?: Conversation['history'] | undefined;
  userIds: string[];
}

/** A new group: the caller owns it, the others are members. */
export async function createGroup(ctx: SignedIn, input: CreateGroupInput): Promise<ConversationView> {
  const { database, clock } = ctx.app;
  const me = ctx.session.userId;
  const others = [...new Set(input.userIds)].filter((userId) => userId !== me);
  if (others.length + 1 > LIMITS.groupMembers)
    throw new ParleyError('GROUP_FULL', { limit: LIMITS.groupMembers });

  const conversationId = await database.transaction(async (tx) => {
    if ((await keepLiving(tx, [me, ...others])).size <= others.length)
      throw new ParleyError('NOT_FOUND', { what: 'user' });
    await refuseUnwanted(tx, 'groupAddsBy', me, others);
    const now = clock.now();
    const { title, description = null, slowModeSeconds = 0, history = 'joined' } = input;
    const conversation = await tx.conversation.create({
      data: {
        id: newId(),
        kind: 'group',
        title,
        description,
        slowModeSeconds,
        history,
        createdAt: now,
        lastActivityAt: now,
        memberCount: others.length + 1,
      },
    });
    await bringIn(tx, 'conversation.created', {
      actorId: me,
      conversation: toConversation(conversation),
      members: [
        newcomer(me, 'owner', conversation, now),
        ...others.map((userId) => newcomer(userId, 'member', conversation, now)),
      ],
    });
    return conversation.id;
  });
  return (await getConversation(ctx, { conversationId })).conversation;
}
