import type { AppRouter } from '@parley/server';
import type { TRPCClient } from '@trpc/client';

/** Every procedure of the server, typed: `api.messages.list.query({ … })`. */
export type Api = TRPCClient<AppRouter>;

export type { AppRouter };
