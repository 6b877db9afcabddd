import {
  block,
  contact,
  conversationView,
  friend,
  friendRequest,
  ownUser,
  scheduled,
  story,
  unread,
} from '@parley/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { countUnread } from '../conversations/unread.ts';
import { procedure } from '../trpc.ts';
import { bootstrap } from './bootstrap.ts';

export const syncRouter = {
  /**
   * The caller's account, conversations, followed threads, friends, requests, contacts, blocks, stories and scheduled messages, all of one moment, and the cursor from
   * which `events.stream` goes on.
   */
  bootstrap: procedure
    .output(
      z.object({
        cursor: z.string(),
        me: ownUser,
        conversations: z.array(conversationView),
        hasMore: z.boolean(),
        threads: z.array(conversationView),
        friends: z.array(friend),
        friendRequests: z.array(friendRequest),
        contacts: z.array(contact),
        blocks: z.array(block),
        stories: z.array(story),
        scheduled: z.array(scheduled),
      }),
    )
    .query(({ ctx }) => bootstrap(ctx)),

  /**
   * What the caller has not read, counted over all of their conversations, also those that a first load does not bring.
   * Archived and muted ones are among them: whether they count is the application's choice.
   */
  unread: procedure.output(unread).query(({ ctx }) => countUnread(ctx)),
} satisfies TRPCRouterRecord;
