import { id, LIMITS, publicUser, reaction, timestamp } from '@parley/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { place } from '../messages/content.ts';
import { procedure } from '../trpc.ts';
import { addReaction } from './add.ts';
import { emoji } from './emoji.ts';
import { listReactions, reactionPlace } from './list.ts';
import { removeReaction } from './remove.ts';

const one = z.strictObject({ conversationId: id, seq: place.min(1) });
const reactions = z.object({ reactions: z.array(reaction) });

export const reactionsRouter = {
  /**
   * Reacts to a message with an emoji, or with `:name:`, of which the application knows what it looks like. Returns all
   * reactions to it, as the caller sees them then.
   *
   * Errors: `NOT_FOUND` (also a message that is deleted), `TOO_MANY` (different ones to one message), `PERSON_BLOCKED`
   * (by the caller, in their direct conversation). Events: `reaction.added`, when it is new.
   */
  add: procedure
    .meta({ errors: ['NOT_FOUND', 'TOO_MANY', 'PERSON_BLOCKED'], events: ['reaction.added'] })
    .input(one.extend({ emoji }))
    .output(reactions)
    .mutation(async ({ ctx, input }) => ({ reactions: await addReaction(ctx, input) })),

  /**
   * Takes a reaction of the caller back. Returns all reactions to the message, as the caller sees them then.
   *
   * Errors: `NOT_FOUND` (also a message that is deleted). Events: `reaction.removed`, when there was one.
   */
  remove: procedure
    .meta({ errors: ['NOT_FOUND'], events: ['reaction.removed'] })
    .input(one.extend({ emoji }))
    .output(reactions)
    .mutation(async ({ ctx, input }) => ({ reactions: await removeReaction(ctx, input) })),

  /**
   * Who has reacted to a message, the oldest first; with one emoji, if it is given. The next page comes `after` what
   * this one calls `next`, which is null in the last.
   *
   * Errors: `NOT_FOUND` (also a message that is deleted).
   */
  list: procedure
    .meta({ errors: ['NOT_FOUND'] })
    .input(
      one.extend({
        emoji: emoji.optional(),
        limit: z.int().min(1).max(LIMITS.reactionsPage).default(LIMITS.reactionsPage),
        after: z.string().regex(reactionPlace).optional(),
      }),
    )
    .output(
      z.object({
        reactions: z.array(z.object({ user: publicUser, emoji: z.string(), at: timestamp })),
        next: z.string().nullable(),
      }),
    )
    .query(({ ctx, input }) => listReactions(ctx, input)),
} satisfies TRPCRouterRecord;
