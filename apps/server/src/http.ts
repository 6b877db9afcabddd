import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { TRPCError } from '@trpc/server';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import helmet from 'helmet';
import { accessTokenInCookie, sessionCookies } from './auth/cookies.ts';
import { openMailLink } from './auth/mail-links.ts';
import { authenticate } from './auth/session.ts';
import { clientOf } from './client-address.ts';
import type { App, Context } from './context.ts';
import type { Env } from './env.ts';
import { ParleyError } from './error.ts';
import { FILE_CORS, isFilePath, serveFiles } from './files/endpoints.ts';
import { INBOX_PATH, showInbox } from './mail/inbox-page.ts';
import { API_PATH, bearerIn, hasTooManyHeaders, urlOf } from './request.ts';
import type { AppRouter } from './router.ts';
import { toTrpcError } from './trpc.ts';

/** Bytes of one request's body. */
const MAX_BODY = 1024 * 1024;

/** Plain HTTP: the same API as over the socket, and two answers for whoever watches the process. */
export function createRequestListener(
  app: App,
  router: AppRouter,
  isReady: () => Promise<boolean>,
): RequestListener {
  const api = createHTTPHandler<AppRouter>({
    router,
    basePath: `${API_PATH}/`,
    maxBodySize: MAX_BODY,
    maxBatchSize: app.env.MAX_BATCH_SIZE,
    createContext: async ({ req, res, info }): Promise<Context> => {
      const client = clientOf(req, app.env.TRUSTED_PROXIES);
      const session = await authenticate({ app, client }, accessTokenOf(req, app.env)).catch(
        (error: unknown) => {
          // An EventSource gives up for good when it is refused, and comes back when its answer breaks off.
          if (isEventSource(req)) res.destroy();
          throw error instanceof ParleyError ? toTrpcError(error) : error;
        },
      );
      // The head of a streamed answer has left before there is anything to set.
      const cookies = info.accept === null ? sessionCookies(req, res, app.env) : null;
      return { app, session, client, socket: null, response: res, cookies };
    },
    // tRPC sets a `Vary` of its own over ours.
    responseMeta: ({ errors }) => ({ headers: new Headers({ Vary: 'Origin', ...comeBack(errors) }) }),
    onError: (failed) => app.reportError(failed),
  });

  const secure = securityHeaders(app.env);

  return async (request, response) => {
    secure(request, response, () => {});
    response.setHeader('Cache-Control', 'no-store');
    if (hasTooManyHeaders(request)) return answer(response, 431, 'too many headers');
    const url = urlOf(request);
    if (!url) return answer(response, 400, 'no path of ours');
    if (url.pathname === '/healthz') return answer(response, 200, 'ok');
    if (url.pathname === '/readyz')
      return (await isReady()) ? answer(response, 200, 'ok') : answer(response, 503, 'not ready');
    if (url.pathname === INBOX_PATH && (await showInbox(app, url, response))) return;
    if (await openMailLink(app, request, url, response)) return;
    const isFile = isFilePath(url);
    if (!isFile && !url.pathname.startsWith(`${API_PATH}/`)) return answer(response, 404, 'not found');
    if (!allowOrigin(request, response, app.env.ALLOWED_ORIGINS))
      return answer(response, 403, 'origin not allowed');
    if (isFile) for (const [name, value] of Object.entries(FILE_CORS)) response.setHeader(name, value);
    if (request.method === 'OPTIONS') return answer(response, 204);
    if (isFile) return serveFiles(app, request, response, url);
    if (request.method !== 'GET' && request.method !== 'POST')
      return answer(response, 405, 'GET and POST only');
    // tRPC would take a form for a mutation whose input is optional: with cookies that is a forged request.
    if (request.method === 'POST' && !isJson(request)) return answer(response, 415, 'application/json only');
    if (request.headers['content-encoding']) return answer(response, 415, 'no encodings');
    api(request, response);
  };
}

/** What every answer says to browsers: nothing of it is a page. An answer that is one brings a policy of its own. */
const securityHeaders = ({ NODE_ENV }: Env) =>
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    frameguard: { action: 'deny' },
    // Elsewhere this server may well be without TLS, and browsers would not forget.
    strictTransportSecurity: NODE_ENV === 'production',
  });

/** When to come back, for the longest of what was refused for now. */
function comeBack(errors: TRPCError[]): { 'Retry-After'?: string } {
  const waits = errors.flatMap(({ cause }) =>
    cause instanceof ParleyError && 'retryAfter' in cause.data ? cause.data.retryAfter : [],
  );
  return waits.length > 0 ? { 'Retry-After': String(Math.max(...waits)) } : {};
}

/** CORS, for the origins of the configuration. A request without an origin comes from no browser. */
function allowOrigin(request: IncomingMessage, response: ServerResponse, allowed: string[]): boolean {
  const { origin } = request.headers;
  response.setHeader('Vary', 'Origin');
  if (origin === undefined) return true;
  if (!allowed.includes(origin)) return false;
  response.setHeader('Access-Control-Allow-Origin', origin);
  response.setHeader('Access-Control-Allow-Methods', 'GET, POST');
  response.setHeader(
    'Access-Control-Allow-Headers',
    'authorization, content-type, last-event-id, trpc-accept',
  );
  response.setHeader('Access-Control-Allow-Credentials', 'true');
  response.setHeader('Access-Control-Max-Age', '600');
  return true;
}

const isJson = (request: IncomingMessage): boolean =>
  /^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '');

const isEventSource = (request: IncomingMessage): boolean =>
  request.headers.accept?.includes('text/event-stream') ?? false;

/** A header that is there decides, also when it is no good. */
function accessTokenOf(request: IncomingMessage, env: Env): string | undefined {
  const { authorization } = request.headers;
  if (authorization === undefined) return accessTokenInCookie(request, env);
  return bearerIn(authorization);
}

/** An answer in plain words. Whoever is refused has nothing more to say on this connection. */
function answer(response: ServerResponse, status: number, text?: string): void {
  if (status >= 400) response.setHeader('Connection', 'close');
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(text);
}
