import { conversationView, id, LIMITS, member, membershipSettings, timestamp } from '@parley/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { setRetention } from '../retention/set.ts';
import { procedure } from '../trpc.ts';
import { clear } from './clear.ts';
import { configure } from './configure.ts';
import { getConversation } from './get.ts';
import { listConversations } from './list.ts';
import { listMembers, memberPlace } from './members.ts';
import { openDirect } from './open-direct.ts';

const one = z.strictObject({ conversationId: id });

export const conversationsRouter = {
  /**
   * Opens the direct conversation with somebody: returns the one there is, or makes it. A pair has one,
   * whoever opens it and however often.
   *
   * Errors: `NOT_YOURSELF`, `NOT_FOUND` (user), and where there is none yet `REFUSED_BY_SETTINGS` (their `dmPolicy`
   * leaves the caller out) and `PERSON_BLOCKED` (by the caller). Events: `conversation.created`, to both, when it is new.
   */
  openDirect: procedure
    .meta({
      errors: ['NOT_YOURSELF', 'NOT_FOUND', 'REFUSED_BY_SETTINGS', 'PERSON_BLOCKED'],
      events: ['conversation.created'],
    })
    .input(z.strictObject({ userId: id }))
    .output(conversationView)
    .mutation(({ ctx, input }) => openDirect(ctx, input)),

  /**
   * The caller's conversations, the most recently active first. The next page comes `before` the last of this.
   *
   * Errors: `NOT_FOUND` (`before` is not a conversation of the caller).
   */
  list: procedure
    .meta({ errors: ['NOT_FOUND'] })
    .input(z.strictObject({ limit: z.int().min(1).max(100).default(50), before: id.optional() }))
    .output(z.object({ conversations: z.array(conversationView), hasMore: z.boolean() }))
    .query(({ ctx, input }) => listConversations(ctx, input)),

  /**
   * One conversation, and the cursor of the moment it was read. `isListed` is false for one that the caller has cleared
   * and in which there is nothing new: no list has it.
   *
   * Errors: `NOT_FOUND`.
   */
  get: procedure
    .meta({ errors: ['NOT_FOUND'] })
    .input(one)
    .output(z.object({ conversation: conversationView, isListed: z.boolean(), cursor: z.string() }))
    .query(({ ctx, input }) => getConversation(ctx, input)),

  /**
   * The members of a conversation, the owner first, and the cursor of the moment they were read. The next page comes
   * `after` what this one calls `next`, which is null in the last.
   *
   * Errors: `NOT_FOUND`.
   */
  members: procedure
    .meta({ errors: ['NOT_FOUND'] })
    .input(
      one.extend({
        limit: z.int().min(1).max(LIMITS.membersPage).default(LIMITS.membersPage),
        after: z.string().regex(memberPlace).optional(),
      }),
    )
    .output(z.object({ members: z.array(member), next: z.string().nullable(), cursor: z.string() }))
    .query(({ ctx, input }) => listMembers(ctx, input)),

  /**
   * Keeps a conversation otherwise, for the caller alone: archived, pinned, muted until a moment (null: not muted), of
   * which messages to be notified, and shown as unread. What is not given stays. Returns the settings as they are then.
   *
   * Errors: `NOT_FOUND`. Events: `membership.updated`, to the caller alone, when something is otherwise.
   */
  configure: procedure
    .meta({ errors: ['NOT_FOUND'], events: ['membership.updated'] })
    .input(
      one.extend({
        isArchived: z.boolean().optional(),
        isPinned: z.boolean().optional(),
        mutedUntil: timestamp.nullable().optional(),
        notify: membershipSettings.shape.notify.optional(),
        isMarkedUnread: z.boolean().optional(),
      }),
    )
    .output(membershipSettings)
    .mutation(({ ctx, input }) => configure(ctx, input)),

  /**
   * Deletes for the caller alone all that was said in a conversation so far. It is not listed any more until there is
   * something new that the caller sees. Returns null.
   *
   * Errors: `NOT_FOUND`. Events: `conversation.cleared`, to the caller alone, when there was something to delete.
   */
  clear: procedure
    .meta({ errors: ['NOT_FOUND'], events: ['conversation.cleared'] })
    .input(one)
    .output(z.null())
    .mutation(({ ctx, input }) => clear(ctx, input)),

  /**
   * Sets for how many days a conversation and its threads keep their messages (null: as the server keeps them): in a group
   * its owner, in a direct conversation either of the two. What is older is gone for everybody within about an hour.
   * Returns the conversation.
   *
   * Errors: `NOT_FOUND`, `FORBIDDEN` (somebody else in a group), `IN_A_THREAD`. Events: `conversation.updated`, if it
   * changed; then `conversation.trimmed`, each time that something goes.
   */
  setRetention: procedure
    .meta({
      errors: ['NOT_FOUND', 'FORBIDDEN', 'IN_A_THREAD'],
      events: ['conversation.updated', 'conversation.trimmed'],
    })
    .input(one.extend({ retentionDays: z.int().min(1).max(LIMITS.retentionDays).nullable() }))
    .output(conversationView)
    .mutation(({ ctx, input }) => setRetention(ctx, input)),
} satisfies TRPCRouterRecord;
