import type { TRPCError } from '@trpc/server';
import type { Logger } from 'pino';
import type { Context } from './context.ts';
import { isDatabaseAway } from './database/away.ts';
import { ParleyError } from './error.ts';
import type { AppRouter } from './router.ts';
import { errorIdOf, isDeclared } from './trpc.ts';

/** A call that ended in an error, as tRPC tells of it. */
export interface FailedCall {
  error: TRPCError;
  /** As the client wrote it. */
  path: string | undefined;
  /** Not there when it failed before the procedure was reached. */
  ctx: Context | undefined;
}

/** By their paths; tRPC's own type of them is nested. */
type Procedures = Record<string, { _def: Parameters<typeof isDeclared>[0] }>;

/**
 * What the log hears of a failed call: a refusal that its procedure does not declare, a database that is away, and
 * whatever nobody foresaw. A refusal that is declared is the client's own business.
 */
export function createErrorReporter(
  logger: Logger,
  router: Pick<AppRouter, '_def'>,
): (failed: FailedCall) => void {
  const procedures = new Map(Object.entries(router._def.procedures as unknown as Procedures));
  return ({ error, path, ctx }) => {
    const procedure = procedures.get(path ?? '')?._def;
    const call = { procedure: procedure && path };
    const { cause } = error;
    if (cause instanceof ParleyError) {
      if (ctx && procedure && !isDeclared(procedure, cause.code))
        logger.error({ ...call, refusal: cause.code }, 'undeclared error');
    } else if (isDatabaseAway(cause)) logger.warn({ ...call, err: cause }, 'the database did not answer');
    else if (error.code === 'INTERNAL_SERVER_ERROR')
      logger.error({ ...call, err: cause, errorId: errorIdOf(error) }, 'unforeseen error');
  };
}
