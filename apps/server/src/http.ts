import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import helmet from 'helmet';
import { openMailLink } from './auth/mail-links.ts';
import type { App } from './context.ts';
import { serveDocs } from './docs/endpoints.ts';
import type { Env } from './env.ts';
import { FILE_CORS, isFilePath, serveFiles } from './files/endpoints.ts';
import { comeBack, contextOf, MAX_BODY } from './http-context.ts';
import { INBOX_PATH, showInbox } from './mail/inbox-page.ts';
import { createPlainCalls } from './plain-calls.ts';
import { API_PATH, hasTooManyHeaders, PLAIN_PATH, urlOf } from './request.ts';
import type { AppRouter } from './router.ts';
import { openWebApp } from './web-app.ts';

/** Plain HTTP: the same API as over the socket, its description, and two answers for whoever watches the process. */
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
    createContext: ({ req, res, info }) =>
      contextOf(app, req, res, info.accept === null).catch((error: unknown) => {
        // An EventSource gives up for good when it is refused, and comes back when its answer breaks off.
        if (isEventSource(req)) res.destroy();
        throw error;
      }),
    // tRPC sets a `Vary` of its own over ours.
    responseMeta: ({ errors }) => ({ headers: new Headers({ Vary: 'Origin', ...comeBack(errors) }) }),
    onError: (failed) => app.reportError(failed),
  });

  const plain = createPlainCalls(app, router);
  const secure = securityHeaders(app.env);
  const webApp = openWebApp(app.env);

  return async (request, response) => {
    secure(request, response, () => {});
    response.setHeader('Cache-Control', 'no-store');
    if (hasTooManyHeaders(request)) return answer(response, 431, 'too many headers');
    const url = urlOf(request);
    if (!url) return answer(response, 400, 'no path of ours');
    if (url.pathname === '/healthz') {
      // A client whose sockets are blocked asks whether HTTP is.
      response.setHeader('Access-Control-Allow-Origin', '*');
      return answer(response, 200, 'ok');
    }
    if (url.pathname === '/readyz')
      return (await isReady()) ? answer(response, 200, 'ok') : answer(response, 503, 'not ready');
    if (url.pathname === INBOX_PATH && (await showInbox(app, url, response))) return;
    if (await openMailLink(app, request, url, response)) return;
    if (await serveDocs(app, request, response, url)) return;
    if (await webApp?.(request, response, url)) return;
    const isFile = isFilePath(url);
    const isPlain = url.pathname.startsWith(`${PLAIN_PATH}/`);
    if (!isFile && !isPlain && !url.pathname.startsWith(`${API_PATH}/`))
      return answer(response, 404, 'not found');
    if (!allowOrigin(request, response, app.env.ALLOWED_ORIGINS))
      return answer(response, 403, 'origin not allowed');
    if (isFile) for (const [name, value] of Object.entries(FILE_CORS)) response.setHeader(name, value);
    if (request.method === 'OPTIONS') return answer(response, 204);
    if (isFile) return serveFiles(app, request, response, url);
    if (isPlain && request.method !== 'POST') return answer(response, 405, 'POST only');
    if (request.method !== 'GET' && request.method !== 'POST')
      return answer(response, 405, 'GET and POST only');
    // tRPC would take a form for a mutation whose input is optional: with cookies that is a forged request.
    if (request.method === 'POST' && !isJson(request)) return answer(response, 415, 'application/json only');
    if (request.headers['content-encoding']) return answer(response, 415, 'no encodings');
    if (isPlain) return plain(request, response, url);
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

/** An answer in plain words. Whoever is refused has nothing more to say on this connection. */
function answer(response: ServerResponse, status: number, text?: string): void {
  if (status >= 400) response.setHeader('Connection', 'close');
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(text);
}
