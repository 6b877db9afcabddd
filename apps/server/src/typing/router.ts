import { id } from '@parley/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { procedure } from '../trpc.ts';
import { signalTyping } from './signal.ts';

const one = z.strictObject({ conversationId: id });

export const typingRouter = {
  /**
   * Says that the caller writes in a conversation: for six seconds, or until they stop or send. Returns null. It is
   * passed on at most every two seconds; to nobody where too many are live, nor between two of whom one has blocked the
   * other.
   *
   * Errors: `NOT_FOUND`. Events: `typing`, to the others who are live; it is not in the log.
   */
  start: procedure
    .meta({ errors: ['NOT_FOUND'], events: ['typing'] })
    .input(one)
    .output(z.null())
    .mutation(({ ctx, input }) => signalTyping(ctx, { ...input, signal: 'start' })),

  /**
   * Says that the caller has stopped writing. Returns null.
   *
   * Errors: `NOT_FOUND`. Events: `typing`, if they were said to write.
   */
  stop: procedure
    .meta({ errors: ['NOT_FOUND'], events: ['typing'] })
    .input(one)
    .output(z.null())
    .mutation(({ ctx, input }) => signalTyping(ctx, { ...input, signal: 'stop' })),
} satisfies TRPCRouterRecord;
