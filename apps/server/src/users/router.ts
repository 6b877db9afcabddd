import { ownUser } from '@parley/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { procedure } from '../trpc.ts';
import { me } from './me.ts';

export const usersRouter = {
  /** The caller's own account, with its e-mail address. */
  me: procedure.output(ownUser).query(({ ctx }) => me(ctx)),
} satisfies TRPCRouterRecord;
