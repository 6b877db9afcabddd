import type { Conversation, ConversationView } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { toConversation } from '../conversations/bring-in.ts';
import { getConversation } from '../conversations/get.ts';
import { ParleyError } from '../error.ts';
import { append } from '../events/append.ts';
import { usePicture } from '../files/picture.ts';
import { lockGroup } from './lock.ts';
import { mayUpdate } from './policy.ts';

export interface GroupChange {
  title?: string | undefined;
  description?: string | null | undefined;
  /** A file of the caller's own, uploaded for this. */
  icon?: string | null | undefined;
  slowModeSeconds?: number | undefined;
  history?: Conversation['history'] | undefined;
}

/** Changes what a group is called and how it goes in it. What is so already is no change, and makes no event. */
export async function updateGroup(
  ctx: SignedIn,
  { conversationId, ...change }: { conversationId: string } & GroupChange,
): Promise<ConversationView> {
  await ctx.app.database.transaction(async (tx) => {
    const { conversation, me } = await lockGroup(tx, ctx, conversationId);
    if (!mayUpdate(me.role)) throw new ParleyError('FORBIDDEN', { need: 'admin' });
    const {
      title = conversation.title,
      description = conversation.description,
      icon: iconId = conversation.iconId,
      slowModeSeconds = conversation.slowModeSeconds,
      history = conversation.history,
    } = change;
    const data = { title, description, iconId, slowModeSeconds, history };
    if (!differs(conversation, data)) return;
    await usePicture(tx, ctx.app, {
      ownerId: me.userId,
      purpose: 'group_icon',
      before: conversation.iconId,
      after: iconId,
    });
    const changed = await tx.conversation.update({ where: { id: conversationId }, data });
    await append(tx, {
      topic: conversationId,
      type: 'conversation.updated',
      refs: { actorId: me.userId, conversation: toConversation(changed) },
    });
  });
  return (await getConversation(ctx, { conversationId })).conversation;
}

const differs = <Row extends object>(row: Row, data: { [Field in keyof Row]?: unknown }): boolean =>
  (Object.keys(data) as (keyof Row)[]).some((field) => row[field] !== data[field]);
