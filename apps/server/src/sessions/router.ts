import { id } from '@parley/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { procedure } from '../trpc.ts';
import { listSessions, ownSession } from './list.ts';
import { revoke, revokeAll, revokeOthers } from './revoke.ts';

export const sessionsRouter = {
  /** The caller's open sessions, at most 100, the one last used first: device, address, times. */
  list: procedure.output(z.array(ownSession)).query(({ ctx }) => listSessions(ctx)),

  /**
   * Ends one of the caller's sessions: its tokens are refused at once, and its sockets closed. Again is no error.
   * Returns null.
   *
   * Errors: `NOT_FOUND` (also for somebody else's). Events: `session.ended`.
   */
  revoke: procedure
    .meta({ errors: ['NOT_FOUND'], events: ['session.ended'] })
    .input(z.strictObject({ sessionId: id }))
    .output(z.null())
    .mutation(({ ctx, input }) => revoke(ctx, input)),

  /**
   * Ends all of the caller's sessions but this one. Returns null.
   *
   * Events: `session.ended`, one for each.
   */
  revokeOthers: procedure
    .meta({ events: ['session.ended'] })
    .output(z.null())
    .mutation(({ ctx }) => revokeOthers(ctx)),

  /**
   * Ends all of the caller's sessions, this one too. Returns null.
   *
   * Events: `session.ended`, one for each.
   */
  revokeAll: procedure
    .meta({ events: ['session.ended'] })
    .output(z.null())
    .mutation(({ ctx }) => revokeAll(ctx)),
} satisfies TRPCRouterRecord;
