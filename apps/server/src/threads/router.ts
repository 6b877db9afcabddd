import { conversationView, id } from '@parley/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { place } from '../messages/content.ts';
import { procedure } from '../trpc.ts';
import { listThreads } from './list.ts';
import { openThread } from './open.ts';
import { unfollowThread } from './unfollow.ts';

export const threadsRouter = {
  /**
   * Opens the thread about a message: returns the one there is, or makes it, and from then on the caller follows it. It
   * is a conversation: messages are sent into it by its id, read, marked and listed as in any other. With a new one of a
   * direct conversation the other person follows it too, of a group whoever wrote the message. See docs/threads.md.
   *
   * Errors: `NOT_FOUND` (conversation, message; also one that is deleted, unless the caller follows its thread already),
   * `IN_A_THREAD` (it is a message of a thread), `PERSON_BLOCKED` (by the caller, in their direct conversation).
   * Events: `conversation.created` or `member.added`, to who follows it, and `thread.updated`, to all who see the message.
   */
  open: procedure
    .meta({
      errors: ['NOT_FOUND', 'IN_A_THREAD', 'PERSON_BLOCKED'],
      events: ['conversation.created', 'member.added', 'thread.updated'],
    })
    .input(z.strictObject({ conversationId: id, seq: place.min(1) }))
    .output(conversationView)
    .mutation(({ ctx, input }) => openThread(ctx, input)),

  /**
   * Follows a thread no more. Returns null.
   *
   * Errors: `NOT_FOUND` (also of a conversation that is no thread). Events: `member.left`.
   */
  unfollow: procedure
    .meta({ errors: ['NOT_FOUND'], events: ['member.left'] })
    .input(z.strictObject({ conversationId: id }))
    .output(z.null())
    .mutation(({ ctx, input }) => unfollowThread(ctx, input)),

  /**
   * The threads that the caller follows, the most recently active first. The next page comes `before` the last of this.
   *
   * Errors: `NOT_FOUND` (`before` is not a thread that the caller follows).
   */
  list: procedure
    .meta({ errors: ['NOT_FOUND'] })
    .input(z.strictObject({ limit: z.int().min(1).max(100).default(50), before: id.optional() }))
    .output(z.object({ threads: z.array(conversationView), hasMore: z.boolean() }))
    .query(({ ctx, input }) => listThreads(ctx, input)),
} satisfies TRPCRouterRecord;
