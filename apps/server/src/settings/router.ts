import { settings } from '@parley/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { procedure } from '../trpc.ts';
import { getSettings } from './get.ts';
import { updateSettings } from './update.ts';

export const settingsRouter = {
  /** What the caller lets others do and see. */
  get: procedure.output(settings).query(({ ctx }) => getSettings(ctx)),

  /**
   * Changes those of the caller's settings that are given. Returns all of them. Who is in a group or a direct
   * conversation already stays there.
   *
   * Events: `settings.updated`, to the caller's own devices, when something is different.
   */
  update: procedure
    .meta({ events: ['settings.updated'] })
    .input(z.strictObject(settings.partial().shape))
    .output(settings)
    .mutation(({ ctx, input }) => updateSettings(ctx, input)),
} satisfies TRPCRouterRecord;
