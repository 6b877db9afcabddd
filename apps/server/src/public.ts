import type { TRPCBuiltRouter } from '@trpc/server';
import type { apiRecord } from './router.ts';
import type { ApiErrorShape } from './trpc.ts';

/**
 * The API's type, for clients: the procedures and nothing of the server. It must never mention the built
 * router: one mention would bring the context, and with it the database, into every client.
 */
export type AppRouter = TRPCBuiltRouter<
  { ctx: object; meta: object; errorShape: ApiErrorShape; transformer: true },
  typeof apiRecord
>;
