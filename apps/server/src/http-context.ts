import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TRPCError } from '@trpc/server';
import { accessTokenInCookie, sessionCookies } from './auth/cookies.ts';
import { authenticate } from './auth/session.ts';
import { clientOf } from './client-address.ts';
import type { App, Context } from './context.ts';
import type { Env } from './env.ts';
import { ParleyError } from './error.ts';
import { bearerIn } from './request.ts';
import { toTrpcError } from './trpc.ts';

/** Bytes of one request's body. */
export const MAX_BODY = 1024 * 1024;

/**
 * Who asks, of a request whose origin was allowed. `canSetCookies` is false for an answer whose head has left before there is
 * anything to set.
 */
export async function contextOf(
  app: App,
  request: IncomingMessage,
  response: ServerResponse,
  canSetCookies: boolean,
): Promise<Context> {
  const client = clientOf(request, app.env.TRUSTED_PROXIES);
  const session = await authenticate({ app, client }, accessTokenOf(request, app.env)).catch(
    (error: unknown) => {
      throw error instanceof ParleyError ? toTrpcError(error) : error;
    },
  );
  const cookies = canSetCookies ? sessionCookies(request, response, app.env) : null;
  return { app, session, client, socket: null, response, cookies };
}

/** A header that is there decides, also when it is no good. */
function accessTokenOf(request: IncomingMessage, env: Env): string | undefined {
  const { authorization } = request.headers;
  if (authorization === undefined) return accessTokenInCookie(request, env);
  return bearerIn(authorization);
}

/** When to come back, for the longest of what was refused for now. */
export function comeBack(errors: TRPCError[]): { 'Retry-After'?: string } {
  const waits = errors.flatMap(({ cause }) =>
    cause instanceof ParleyError && 'retryAfter' in cause.data ? cause.data.retryAfter : [],
  );
  return waits.length > 0 ? { 'Retry-After': String(Math.max(...waits)) } : {};
}
