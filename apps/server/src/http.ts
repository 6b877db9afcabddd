import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import { authenticate } from './auth/session.ts';
import type { App, Context } from './context.ts';
import { API_PATH, addressOf, hasTooManyHeaders, urlOf } from './request.ts';
import type { AppRouter } from './router.ts';

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
    createContext: async ({ req, res }): Promise<Context> => {
      const session = await authenticate(app, bearerOf(req)).catch((error: unknown) => {
        // An EventSource gives up for good when it is refused, and comes back when its answer breaks off.
        if (isEventSource(req)) res.destroy();
        throw error;
      });
      const client = { address: addressOf(req), userAgent: req.headers['user-agent'] ?? null };
      return { app, session, client, socket: null, response: res };
    },
    // tRPC sets a `Vary` of its own over ours.
    responseMeta: () => ({ headers: new Headers({ Vary: 'Origin' }) }),
    onError: ({ error, path }) => app.reportError(error, path),
  });

  return async (request, response) => {
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Cache-Control', 'no-store');
    if (hasTooManyHeaders(request)) return answer(response, 431, 'too many headers');
    const url = urlOf(request);
    if (!url) return answer(response, 400, 'no path of ours');
    if (url.pathname === '/healthz') return answer(response, 200, 'ok');
    if (url.pathname === '/readyz')
      return (await isReady()) ? answer(response, 200, 'ok') : answer(response, 503, 'not ready');
    if (!url.pathname.startsWith(`${API_PATH}/`)) return answer(response, 404, 'not found');
    if (!allowOrigin(request, response, app.env.ALLOWED_ORIGINS))
      return answer(response, 403, 'origin not allowed');
    if (request.method === 'OPTIONS') return answer(response, 204);
    if (request.method !== 'GET' && request.method !== 'POST')
      return answer(response, 405, 'GET and POST only');
    // tRPC would take a form for a mutation whose input is optional: with cookies that is a forged request.
    if (request.method === 'POST' && !isJson(request)) return answer(response, 415, 'application/json only');
    if (request.headers['content-encoding']) return answer(response, 415, 'no encodings');
    api(request, response);
  };
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
  response.setHeader('Access-Control-Max-Age', '600');
  return true;
}

const isJson = (request: IncomingMessage): boolean =>
  /^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '');

const isEventSource = (request: IncomingMessage): boolean =>
  request.headers.accept?.includes('text/event-stream') ?? false;

const bearerOf = (request: IncomingMessage): string | undefined =>
  /^Bearer ([^\s]+)$/i.exec(request.headers.authorization ?? '')?.[1];

/** An answer in plain words. Whoever is refused has nothing more to say on this connection. */
function answer(response: ServerResponse, status: number, text?: string): void {
  if (status >= 400) response.setHeader('Connection', 'close');
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(text);
}
