import { conversationView, ownUser } from '@parley/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { procedure } from '../trpc.ts';
import { bootstrap } from './bootstrap.ts';

export const syncRouter = {
  /** The caller's account and conversations, and the cursor from which `events.stream` goes on. */
  bootstrap: procedure
    .output(
      z.object({
        cursor: z.string(),
        me: ownUser,
        conversations: z.array(conversationView),
        hasMore: z.boolean(),
      }),
    )
    .query(({ ctx }) => bootstrap(ctx)),
} satisfies TRPCRouterRecord;
