import { id, LIMITS, message, searchTrait, timestamp } from '@parley/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { rendered } from '../rendered.ts';
import { text } from '../text.ts';
import { procedure } from '../trpc.ts';
import { type FoundMessages, searchMessages } from './search-messages.ts';

export const searchRouter = {
  /**
   * Messages that the caller sees and that stand, in all of their conversations and the threads that they follow, or in one
   * of them, the newest first. Each word of the `query` is somewhere in the text, in whatever case and with or without
   * accents, also within a word, and every character means itself. `from` is who wrote it, `has` what it has; with one of
   * them there need be no query. It is older than `before`, and not older than `after`. A page may have less than
   * `limit`, or nothing, and a `next` all the same: so much was looked through. `messages.list` with `around` opens one.
   *
   * Errors: `INVALID_INPUT` (also of a query without a word of two characters, or one of CJK or an emoji), `NOT_FOUND`
   * (conversation), `BUSY` (too many are looking, or a page would take more than two seconds).
   */
  messages: procedure
    .meta({ errors: ['NOT_FOUND', 'BUSY'], limits: ['searches'] })
    .input(
      z.strictObject({
        query: text(1, LIMITS.searchMax).optional(),
        conversationId: id.optional(),
        from: id.optional(),
        has: searchTrait.optional(),
        before: timestamp.optional(),
        after: timestamp.optional(),
        limit: z.int().min(1).max(LIMITS.searchPage).default(20),
        cursor: z.string().max(100).optional(),
      }),
    )
    .output(rendered<FoundMessages>(z.object({ messages: z.array(message), next: z.string().nullable() })))
    .query(({ ctx, input }) => searchMessages(ctx, input)),
} satisfies TRPCRouterRecord;
