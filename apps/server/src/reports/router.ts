import { id, LIMITS, REPORT_OUTCOMES, REPORT_REASONS, report, seq, timestamp } from '@parley/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { text } from '../text.ts';
import { procedure } from '../trpc.ts';
import { closeReport } from './close.ts';
import { createReport } from './create.ts';
import { listReports } from './list.ts';

const why = {
  reason: z.enum(REPORT_REASONS),
  comment: text(1, LIMITS.reportComment).trim().normalize('NFC').optional(),
};

export const reportsRouter = {
  /**
   * Reports a person, or a message or a story that the caller may see, to the moderators, with what it says now; of a
   * story the file is kept for them, also when it is over. Returns the report's id: that of the first time, which stays
   * as it was, when the caller has reported the same before. Whoever is reported does not hear of it.
   *
   * Errors: `NOT_FOUND` (user, conversation, message, story), `NOT_YOURSELF` (also for a message or a story of one's
   * own). No events.
   */
  create: procedure
    .meta({ errors: ['NOT_FOUND', 'NOT_YOURSELF'], limits: ['reports'] })
    .input(
      z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('user'), userId: id, ...why }),
        z.strictObject({
          kind: z.literal('message'),
          conversationId: id,
          seq: seq.max(2_000_000_000),
          ...why,
        }),
        z.strictObject({ kind: z.literal('story'), storyId: id, ...why }),
      ]),
    )
    .output(z.object({ id }))
    .mutation(({ ctx, input }) => createReport(ctx, input)),

  /**
   * The moderators' queue: reports that are open, or those that are closed, newest first; one may ask for those about one person.
   * The next page comes `before` this page's last. A moderator is told of what is about plain users, an admin of all, and
   * nobody of what is about themselves.
   *
   * Errors: `FORBIDDEN` (no moderator).
   */
  list: procedure
    .meta({ errors: ['FORBIDDEN'] })
    .input(
      z.strictObject({
        status: z.enum(['open', 'closed']).default('open'),
        userId: id.optional(),
        before: z.strictObject({ createdAt: timestamp, id }).optional(),
        limit: z.int().min(1).max(LIMITS.pageSize).default(50),
      }),
    )
    .output(z.object({ reports: z.array(report), hasMore: z.boolean() }))
    .query(({ ctx, input }) => listReports(ctx, input)),

  /**
   * Closes a report; once more sets another outcome. Returns the report as it is then. What follows from it, a ban or a
   * message deleted, is done for itself. Neither who reported nor who was reported hears of it.
   *
   * Errors: `FORBIDDEN` (no moderator), `NOT_FOUND` (report; also one that the caller is not told of). No events.
   */
  close: procedure
    .meta({ errors: ['FORBIDDEN', 'NOT_FOUND'] })
    .input(z.strictObject({ id, outcome: z.enum(REPORT_OUTCOMES) }))
    .output(report)
    .mutation(({ ctx, input }) => closeReport(ctx, input)),
} satisfies TRPCRouterRecord;
