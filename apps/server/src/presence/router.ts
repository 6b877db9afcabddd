import { availability, id, LIMITS, presence } from '@parley/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { procedure } from '../trpc.ts';
import { getPresence } from './get.ts';
import { setAvailability } from './set.ts';

export const presenceRouter = {
  /**
   * Sets how the caller wants to be taken while they are connected, on all devices. It is kept. Returns null.
   *
   * Events: `account.updated`, if it was another; to others `presence.changed`, by itself.
   */
  set: procedure
    .meta({ events: ['account.updated'] })
    .input(z.strictObject({ status: availability }))
    .output(z.null())
    .mutation(({ ctx, input }) => setAvailability(ctx, input)),

  /**
   * How people are at this moment. Only those are told of with whom the caller shares a conversation, who are their
   * friends, or mutual contacts of theirs; all others are left out, as are ids that nobody has. Of two people one of
   * whom has blocked the other, each sees the other as offline.
   */
  get: procedure
    .input(z.strictObject({ userIds: z.array(id).max(LIMITS.presencePerCall) }))
    .output(z.object({ people: z.array(presence) }))
    .query(({ ctx, input }) => getPresence(ctx, input)),
} satisfies TRPCRouterRecord;
