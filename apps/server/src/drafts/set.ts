import type { Draft } from '@parley/contract';
import type { App, SignedIn } from '../context.ts';
import { lockConversation } from '../conversations/lock.ts';
import { append } from '../events/append.ts';
import { toDraft } from './view.ts';

export interface DraftInput {
  conversationId: string;
  text: string;
  /** Whether there is such a message is seen when it is sent: what somebody writes is not lost for that. */
  replyTo?: number | undefined;
}

/** Keeps what the caller has written in a conversation and not sent; nothing, when there is nothing. */
export async function setDraft(ctx: SignedIn, input: DraftInput): Promise<Draft | null> {
  const { database, clock } = ctx.app;
  const { userId } = ctx.session;
  const { conversationId, text, replyTo = null } = input;
  return database.transaction(async (tx) => {
    const { me } = await lockConversation(tx, conversationId, userId);
    const where = { userId, conversationId };
    const before = await tx.draft.findUnique({ where: { userId_conversationId: where } });
    const isEmpty = text === '' && replyTo === null;
    if (isEmpty ? !before : before?.text === text && before.replyTo === replyTo)
      return before && toDraft(before);

    const row = { text, replyTo, updatedAt: clock.now() };
    if (isEmpty) await tx.draft.deleteMany({ where });
    else
      await tx.draft.upsert({
        where: { userId_conversationId: where },
        create: { ...where, ...row },
        update: row,
      });
    const refs = { conversationId, joinedAt: me.joinedAt.toISOString() };
    await append(tx, { topic: userId, type: 'draft.updated', refs });
    return isEmpty ? null : toDraft(row);
  });
}

/** Takes away what somebody whose account is gone has not sent. */
export async function forgetDrafts({ database }: App, userId: string): Promise<void> {
  await database.prisma.draft.deleteMany({ where: { userId } });
}
