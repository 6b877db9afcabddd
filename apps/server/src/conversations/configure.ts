import { isDeepStrictEqual } from 'node:util';
import type { MembershipSettings } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { append } from '../events/append.ts';
import { lockConversation } from './lock.ts';
import { toSettings } from './settings.ts';

export interface ConfigureInput {
  conversationId: string;
  isArchived?: boolean | undefined;
  isPinned?: boolean | undefined;
  mutedUntil?: string | null | undefined;
  notify?: MembershipSettings['notify'] | undefined;
  isMarkedUnread?: boolean | undefined;
}

/** Keeps a conversation otherwise, for the caller alone. What is not given stays. */
export async function configure(ctx: SignedIn, input: ConfigureInput): Promise<MembershipSettings> {
  const { database, clock } = ctx.app;
  const { userId } = ctx.session;
  const { conversationId } = input;
  return database.transaction(async (tx) => {
    const { me } = await lockConversation(tx, conversationId, userId);
    const now = clock.now();
    const {
      isArchived = me.archivedAt !== null,
      isPinned = me.pinnedAt !== null,
      notify = me.notify,
      isMarkedUnread: markedUnread = me.markedUnread,
    } = input;
    const changed = {
      archivedAt: isArchived ? (me.archivedAt ?? now) : null,
      pinnedAt: isPinned ? (me.pinnedAt ?? now) : null,
      mutedUntil: input.mutedUntil === undefined ? me.mutedUntil : inFuture(input.mutedUntil, now),
      notify,
      markedUnread,
    };
    const [before, settings] = [toSettings(me), toSettings(changed)];
    if (isDeepStrictEqual(before, settings)) return settings;
    const where = { conversationId_userId: { conversationId, userId } };
    await tx.member.update({ where, data: changed });
    const refs = { conversationId, joinedAt: me.joinedAt.toISOString() };
    await append(tx, { topic: userId, type: 'membership.updated', refs });
    return settings;
  });
}

/** Muted until what is past is not muted. */
function inFuture(until: string | null, now: Date): Date | null {
  const date = until === null ? null : new Date(until);
  return date && date > now ? date : null;
}
