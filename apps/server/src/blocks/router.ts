import { block, id } from '@parley/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { procedure } from '../trpc.ts';
import { blockPerson } from './block.ts';
import { unblockPerson } from './unblock.ts';
import { loadBlocks } from './view.ts';

const person = z.strictObject({ userId: id });

export const blocksRouter = {
  /**
   * Blocks somebody, who does not notice. Returns the block; again, the one there is.
   *
   * Errors: `NOT_YOURSELF`, `NOT_FOUND` (user), `TOO_MANY`. Events: `block.added`, to the caller alone.
   */
  add: procedure
    .meta({ errors: ['NOT_YOURSELF', 'NOT_FOUND', 'TOO_MANY'], events: ['block.added'] })
    .input(person)
    .output(block)
    .mutation(({ ctx, input }) => blockPerson(ctx, input)),

  /**
   * Ends a block. What was withheld by it is not given out.
   *
   * Errors: `NOT_FOUND` (block). Events: `block.removed`, to the caller alone; `conversation.created`, when the other one
   * began their conversation meanwhile, or a thread in it, then with `thread.updated`, or `member.added`, when they
   * mentioned the caller in one.
   */
  remove: procedure
    .meta({
      errors: ['NOT_FOUND'],
      events: ['block.removed', 'conversation.created', 'member.added', 'thread.updated'],
    })
    .input(person)
    .output(person)
    .mutation(({ ctx, input }) => unblockPerson(ctx, input)),

  /** Whom the caller has blocked, the newest first. */
  list: procedure
    .output(z.object({ blocks: z.array(block) }))
    .query(async ({ ctx }) => ({ blocks: await loadBlocks(ctx.app.database.pool, ctx.session.userId) })),
} satisfies TRPCRouterRecord;
