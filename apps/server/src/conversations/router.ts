import { conversationView, id, member } from '@parley/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { procedure } from '../trpc.ts';
import { getConversation, listMembers } from './get.ts';
import { listConversations } from './list.ts';
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

  /** One conversation, and the cursor of the moment it was read. Errors: `NOT_FOUND`. */
  get: procedure
    .meta({ errors: ['NOT_FOUND'] })
    .input(one)
    .output(z.object({ conversation: conversationView, cursor: z.string() }))
    .query(({ ctx, input }) => getConversation(ctx, input)),

  /** Everybody in a conversation, and the cursor of the moment it was read. Errors: `NOT_FOUND`. */
  members: procedure
    .meta({ errors: ['NOT_FOUND'] })
    .input(one)
    .output(z.object({ members: z.array(member), cursor: z.string() }))
    .query(({ ctx, input }) => listMembers(ctx, input)),
} satisfies TRPCRouterRecord;
