import { id, LIMITS, REPORT_REASONS, seq } from '@parley/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { text } from '../text.ts';
import { procedure } from '../trpc.ts';
import { createReport } from './create.ts';

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
} satisfies TRPCRouterRecord;
