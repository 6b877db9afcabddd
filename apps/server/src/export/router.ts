import { exportInfo, id, timestamp } from '@parley/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { givenPassword } from '../auth/password-rules.ts';
import { procedure } from '../trpc.ts';
import { linkExport } from './link.ts';
import { requestExport } from './request.ts';
import { listExports } from './view.ts';

export const accountRouter = {
  /**
   * Asks for an archive of what there is of the caller, which is made a moment later: one at a time, and one a day. Returns
   * it, as `pending`. The password is needed where accounts are kept here. A mail tells when it is ready.
   *
   * Errors: `WRONG_PASSWORD`, `BUSY`, `TOO_MANY` (exports: one is being made), `RATE_LIMITED` until a day after the last.
   * Events: `export.updated`, to the caller alone: now, and when it is ready or could not be made.
   */
  requestExport: procedure
    .meta({
      errors: ['WRONG_PASSWORD', 'BUSY', 'TOO_MANY'],
      events: ['export.updated'],
      limits: ['passwords'],
    })
    .input(z.strictObject({ password: givenPassword.optional() }))
    .output(exportInfo)
    .mutation(({ ctx, input }) => requestExport(ctx, input)),

  /** The archives that the caller has asked for, the newest first. They are removed a week after they were ready. */
  exports: procedure.output(z.array(exportInfo)).query(({ ctx }) => listExports(ctx)),

  /**
   * Returns how to download an archive of the caller's that is ready, with `GET` and for five minutes. The link is for the
   * caller's session, and no good any more when that has ended.
   *
   * Errors: `NOT_FOUND` (export).
   */
  exportLink: procedure
    .meta({ errors: ['NOT_FOUND'] })
    .input(z.strictObject({ id }))
    .output(z.object({ url: z.string(), expiresAt: timestamp }))
    .query(({ ctx, input }) => linkExport(ctx, input)),
} satisfies TRPCRouterRecord;
