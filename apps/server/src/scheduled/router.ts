import { id, LIMITS, type Message, message, scheduled, timestamp } from '@parley/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { content, saysSomething } from '../messages/content.ts';
import { rendered } from '../rendered.ts';
import { procedure } from '../trpc.ts';
import { cancelScheduled } from './cancel.ts';
import { schedule } from './create.ts';
import { sendNow } from './send-now.ts';
import { reschedule } from './update.ts';
import { loadScheduled } from './view.ts';

const one = z.strictObject({ id });

const NOTHING_SAID = 'either a text or a ciphertext, or files';

export const scheduledRouter = {
  /**
   * Schedules a message, which is sent at `sendAt`, ten seconds to a year ahead by the server's clock, with what
   * `messages.send` takes. Whether it can be sent is decided then. Returns it; the same `clientMessageId` again returns
   * what was scheduled then.
   *
   * Errors: `NOT_FOUND` (conversation; a file), `IDEMPOTENCY_CONFLICT` (the key was used for other content, or the message
   * has been sent), `TOO_MANY` (scheduled). Events: `scheduled.updated`, to the caller alone.
   */
  create: procedure
    .meta({
      errors: ['NOT_FOUND', 'IDEMPOTENCY_CONFLICT', 'TOO_MANY'],
      events: ['scheduled.updated'],
      limits: ['sends'],
    })
    .input(
      z
        .strictObject({ conversationId: id, clientMessageId: id, sendAt: timestamp, ...content })
        .refine(saysSomething, NOTHING_SAID),
    )
    .output(scheduled)
    .mutation(({ ctx, input }) => schedule(ctx, input)),

  /** What the caller has scheduled, the next one first; those among them that could not be sent. */
  list: procedure
    .output(z.object({ scheduled: z.array(scheduled).max(LIMITS.scheduled) }))
    .query(async ({ ctx }) => ({
      scheduled: await loadScheduled(ctx.app.database.pool, ctx.session.userId),
    })),

  /**
   * Has a scheduled message of the caller's say this, at this time: all of it is given anew. One that could not be sent
   * waits again. Returns it.
   *
   * Errors: `NOT_FOUND` (scheduled, also while it is being sent; a file). Events: `scheduled.updated`, to the caller
   * alone.
   */
  update: procedure
    .meta({ errors: ['NOT_FOUND'], events: ['scheduled.updated'] })
    .input(one.extend({ sendAt: timestamp, ...content }).refine(saysSomething, NOTHING_SAID))
    .output(scheduled)
    .mutation(({ ctx, input }) => reschedule(ctx, input)),

  /**
   * Takes a scheduled message of the caller's away. Returns null: from then on it is not sent.
   *
   * Errors: `NOT_FOUND` (scheduled, also while it is being sent). Events: `scheduled.removed`, to the caller alone.
   */
  cancel: procedure
    .meta({ errors: ['NOT_FOUND'], events: ['scheduled.removed'] })
    .input(one)
    .output(z.null())
    .mutation(({ ctx, input }) => cancelScheduled(ctx, input)),

  /**
   * Sends a scheduled message of the caller's at once. Returns the message. When it is refused, it stays scheduled as it
   * was.
   *
   * Errors: `NOT_FOUND` (scheduled, also while it is being sent), and those of `messages.send`. Events: those of
   * `messages.send`, and `scheduled.removed`, to the caller alone.
   */
  sendNow: procedure
    .meta({
      errors: ['NOT_FOUND', 'FORBIDDEN', 'IDEMPOTENCY_CONFLICT', 'PERSON_BLOCKED', 'BUSY'],
      events: ['message.created', 'member.added', 'thread.updated', 'scheduled.removed'],
      limits: ['sends'],
    })
    .input(one)
    .output(rendered<Message>(message))
    .mutation(({ ctx, input }) => sendNow(ctx, input)),
} satisfies TRPCRouterRecord;
