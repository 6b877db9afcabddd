import { block, contact, conversationView, friend, friendRequest, ownUser } from '@parley/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { procedure } from '../trpc.ts';
import { bootstrap } from './bootstrap.ts';

export const syncRouter = {
  /**
   * The caller's account, conversations, friends, requests, contacts and blocks, all of one moment, and the cursor from
   * which `events.stream` goes on.
   */
  bootstrap: procedure
    .output(
      z.object({
        cursor: z.string(),
        me: ownUser,
        conversations: z.array(conversationView),
        hasMore: z.boolean(),
        friends: z.array(friend),
        friendRequests: z.array(friendRequest),
        contacts: z.array(contact),
        blocks: z.array(block),
      }),
    )
    .query(({ ctx }) => bootstrap(ctx)),
} satisfies TRPCRouterRecord;
