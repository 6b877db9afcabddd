import { draft, id, LIMITS } from '@parley/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { place } from '../messages/content.ts';
import { unfinishedText } from '../text.ts';
import { procedure } from '../trpc.ts';
import { setDraft } from './set.ts';

export const draftsRouter = {
  /**
   * Keeps what the caller has written in a conversation and not sent, on all of their devices; the last write wins. An
   * empty text that answers nothing takes it away, as the application does once it is sent. Returns it, or null.
   *
   * Errors: `NOT_FOUND` (conversation). Events: `draft.updated`, to the caller alone, when it is another one.
   */
  set: procedure
    .meta({ errors: ['NOT_FOUND'], events: ['draft.updated'] })
    .input(
      z.strictObject({
        conversationId: id,
        text: unfinishedText(LIMITS.messageText),
        replyTo: place.min(1).optional(),
      }),
    )
    .output(draft.nullable())
    .mutation(({ ctx, input }) => setDraft(ctx, input)),
} satisfies TRPCRouterRecord;
