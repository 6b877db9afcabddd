import { id, LIMITS, type Message, seq } from '@parley/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { rendered } from '../rendered.ts';
import { text } from '../text.ts';
import { procedure } from '../trpc.ts';
import { listMessages, type MessagePage } from './list.ts';
import { markRead } from './mark-read.ts';
import { sendMessage } from './send.ts';

/** A place that a client names: beyond any message, and small enough for Postgres to count on from it. */
const place = seq.max(2_000_000_000);

export const messagesRouter = {
  /**
   * Sends a message. Returns it once it is stored. The same `clientMessageId` again returns the message that
   * was stored then, so that no answer can be followed by another try.
   *
   * Errors: `NOT_FOUND`, `IDEMPOTENCY_CONFLICT` (the key was used for other content), `PERSON_BLOCKED` (by the caller, in
   * their direct conversation), `BUSY`.
   * Events: `message.created`.
   */
  send: procedure
    .meta({
      errors: ['NOT_FOUND', 'IDEMPOTENCY_CONFLICT', 'PERSON_BLOCKED', 'BUSY'],
      events: ['message.created'],
      limits: ['sends'],
    })
    .input(z.strictObject({ conversationId: id, text: text(1, LIMITS.messageText), clientMessageId: id }))
    .output(rendered<Message>())
    .mutation(({ ctx, input }) => sendMessage(ctx, input)),

  /**
   * A page of a conversation's messages: the newest, or those `before`, `after` or `around` a seq.
   *
   * Errors: `NOT_FOUND`.
   */
  list: procedure
    .meta({ errors: ['NOT_FOUND'] })
    .input(
      z
        .strictObject({
          conversationId: id,
          limit: z.int().min(1).max(LIMITS.pageSize).default(50),
          before: place.optional(),
          after: place.optional(),
          around: place.optional(),
        })
        .refine(
          ({ before, after, around }) => [before, after, around].filter((at) => at !== undefined).length <= 1,
          'at most one of before, after and around',
        ),
    )
    .output(rendered<MessagePage>())
    .query(({ ctx, input }) => listMessages(ctx, input)),

  /**
   * Marks a conversation as read up to a seq. Returns where the mark is now: never further back than before,
   * never past the last message. Marks are gathered for up to a second.
   *
   * Errors: `NOT_FOUND`. Events: `receipt.read`, when the mark has moved.
   */
  markRead: procedure
    .meta({ errors: ['NOT_FOUND'], events: ['receipt.read'] })
    .input(z.strictObject({ conversationId: id, seq: place }))
    .output(z.object({ readSeq: seq }))
    .mutation(({ ctx, input }) => markRead(ctx, input)),
} satisfies TRPCRouterRecord;
