import type { StreamItem } from '@parley/contract';
import type { TRPCRouterRecord, TrackedEnvelope } from '@trpc/server';
import { z } from 'zod';
import { procedure } from '../trpc.ts';
import { openLane, openSse } from './open.ts';

/** The same shape at first and on a reconnect, when tRPC adds `lastEventId` to whatever the input was. */
const resumable = z.object({ lastEventId: z.string().max(100).nullish() }).optional();

export const eventsRouter = {
  /**
   * Every event that concerns the caller, once and in order, tracked with the cursor to resume from. Without
   * `lastEventId` it starts now. It says `stream.caught-up` when what was missed has been sent, and
   * `stream.reset`, as its last item, when the cursor cannot be honoured. Once it has caught up, what is true only now
   * (`presence.changed`, `typing`) comes between the events; a slow reader is spared it.
   *
   * Errors: `TOO_MANY_SUBSCRIPTIONS`; over SSE `BUSY` when the caller has too many connections.
   */
  stream: procedure
    .meta({ errors: ['TOO_MANY_SUBSCRIPTIONS', 'BUSY'] })
    .input(resumable)
    .subscription(({ ctx, input, signal }): AsyncIterable<TrackedEnvelope<StreamItem>> => {
      const open = ctx.socket ? openLane : openSse;
      return open(ctx, input?.lastEventId ?? null, signal!);
    }),
} satisfies TRPCRouterRecord;
