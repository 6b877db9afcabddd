import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ERROR_STATUS, id as idSchema } from '@parley/contract';
import { refuseRestricted } from '../auth/refuse-restricted.ts';
import { authenticate } from '../auth/session.ts';
import { clientOf } from '../client-address.ts';
import type { App, SignedIn } from '../context.ts';
import { isDatabaseAway } from '../database/away.ts';
import { ParleyError } from '../error.ts';
import { bearerIn } from '../request.ts';
import { download } from './download.ts';
import { takeBytes } from './take-bytes.ts';
import { takeForm } from './take-form.ts';

/** What browsers of allowed origins may send here, and see of the answer. */
export const FILE_CORS = {
  'Access-Control-Allow-Methods': 'GET, HEAD, POST, PUT',
  'Access-Control-Allow-Headers': 'authorization, content-type, upload-offset, range',
  'Access-Control-Expose-Headers': 'upload-offset, content-disposition, content-range',
};

/** What is at each of the places that `isFilePath` knows. */
const WHAT = {
  uploads: 'upload',
  files: 'file',
  exports: 'export',
} as const;
type Place = keyof typeof WHAT;

export const isFilePath = ({ pathname }: URL): boolean => /^\/(uploads|files|exports)(\/|$)/.test(pathname);

/**
 * The bytes of files: `POST /uploads` takes a form, `PUT` and `HEAD /uploads/:id` the bytes of an upload, `GET` and
 * `HEAD /files/:id` answer with a file, `/exports/:id` with an export. A refusal is JSON, as `error.data` is elsewhere.
 */
export async function serveFiles(
  app: App,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  try {
    await serve(app, request, response, url);
  } catch (error) {
    // Whoever is gone hears nothing.
    if (request.errored || response.destroyed || response.headersSent) return void response.destroy();
    refuse(app, response, error);
  }
}

async function serve(
  app: App,
  request: IncomingMessage,
  response: ServerResponse,
  { pathname, searchParams: query }: URL,
): Promise<void> {
  const { method = '' } = request;
  const [, place, given, ...more] = pathname.split('/');
  if (request.headers['content-encoding']) throw new ParleyError('UNSUPPORTED_REQUEST');
  if (place === 'uploads' && given === undefined) {
    if (method !== 'POST') throw new ParleyError('UNSUPPORTED_REQUEST');
    return answer(response, 201, await takeForm(await signIn(app, request), request, query));
  }
  const id = idSchema.safeParse(given);
  if (!id.success || more.length > 0) throw new ParleyError('NOT_FOUND', { what: WHAT[place as Place] });
  const asked = { id: id.data, query };
  if (place === 'uploads' && (method === 'PUT' || method === 'HEAD'))
    return takeBytes(app, request, response, asked);
  if (place !== 'uploads' && (method === 'GET' || method === 'HEAD'))
    return download(app, request, response, { use: place === 'files' ? 'download' : 'export', ...asked });
  throw new ParleyError('UNSUPPORTED_REQUEST');
}

/** By a bearer token alone: a form is what a page of another site can make a browser send, with its cookies. */
async function signIn(app: App, request: IncomingMessage): Promise<SignedIn> {
  const client = clientOf(request, app.env.TRUSTED_PROXIES);
  const session = await authenticate({ app, client }, bearerIn(request.headers.authorization));
  if (!session) {
    await app.limits.take('strangers', client.network);
    throw new ParleyError('UNAUTHENTICATED');
  }
  await app.limits.take('operations', session.userId);
  await app.limits.take('uploads', session.userId);
  await refuseRestricted(app, session);
  return { app, session, client, socket: null, response: null, cookies: null };
}

function refuse(app: App, response: ServerResponse, thrown: unknown): void {
  const error = refusalOf(app, thrown);
  const httpStatus = ERROR_STATUS[error.code];
  if ('retryAfter' in error.data) response.setHeader('Retry-After', error.data.retryAfter);
  if ('received' in error.data) response.setHeader('Upload-Offset', error.data.received);
  // Whoever still sends is not listened to.
  response.setHeader('Connection', 'close');
  answer(response, httpStatus, { code: error.code, httpStatus, ...error.data });
}

function refusalOf(app: App, thrown: unknown): ParleyError {
  if (thrown instanceof ParleyError) return thrown;
  if (isDatabaseAway(thrown)) return new ParleyError('UNAVAILABLE');
  const errorId = randomUUID();
  app.logger.error({ err: thrown, errorId }, 'unforeseen error with a file');
  return new ParleyError('INTERNAL', { errorId });
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
