import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { App } from '../context.ts';
import { ParleyError } from '../error.ts';
import { findReadableExport } from '../export/find-readable.ts';
import { archiveOf } from '../export/view.ts';
import type { ByteRange } from '../storage/storage.ts';
import { TYPES } from './file-types.ts';
import { findReadable, type ReadableFile } from './find-readable.ts';
import { bodyOf, thumbnailOf } from './keys.ts';
import { contentDisposition } from './name.ts';
import { isSignature, type Signed } from './signature.ts';

/** Seconds for which a browser may keep it: whoever loses the right to see it may have it so much longer. */
const KEPT_FOR = 60;

/** What a link leads to: a file, or an export. */
type Use = Exclude<Signed['use'], 'upload'>;

/**
 * Answers a signed link with the file, or with the part of it that is asked for. A status and nothing else for what is
 * refused: 403 whatever is wrong with a link or with the right of whom it was for.
 */
export async function download(
  app: App,
  request: IncomingMessage,
  response: ServerResponse,
  { use, id, query }: { use: Use; id: string; query: URLSearchParams },
): Promise<void> {
  const file = await findSigned(app, use, id, query);
  if (!file) return refuse(response, 403);
  await app.limits.take('downloads', file.userId);
  const isThumbnail = query.has('thumbnail') && file.isImage;
  const key = use === 'export' ? archiveOf(id) : isThumbnail ? thumbnailOf(id) : bodyOf(id);
  if (app.storage.direct) return redirect(app, response, file, { key, isThumbnail });

  describe(response, file, isThumbnail);
  const range = isThumbnail ? null : rangeOf(request, file);
  if (range === 'none') {
    response.setHeader('Content-Range', `bytes */${file.size}`);
    return refuse(response, 416);
  }
  const body = await app.storage.get(key, range ?? undefined);
  if (!body) return refuse(response, 404);
  if (range) response.setHeader('Content-Range', `bytes ${range.from}-${range.to}/${file.size}`);
  if (!isThumbnail) response.setHeader('Content-Length', range ? range.to - range.from + 1 : file.size);
  response.writeHead(range ? 206 : 200);
  await answerWith(request, response, body);
}

async function findSigned(
  app: App,
  use: Use,
  id: string,
  query: URLSearchParams,
): Promise<ReadableFile | null> {
  const [session, expires] = [query.get('session') ?? '', Number(query.get('expires'))];
  const isGood = isSignature(app.env, { use, id, session, expires }, query.get('signature') ?? '');
  if (!isGood || expires <= app.clock.now().getTime()) return null;
  const find = use === 'export' ? findReadableExport : findReadable;
  return find(app, session, id).catch((error: unknown) => {
    if (error instanceof ParleyError && error.code === 'NOT_FOUND') return null;
    throw error;
  });
}

/** What it is, and that it is nothing else: a browser that shows it runs nothing in it. */
function describe(response: ServerResponse, { id, name, type }: ReadableFile, isThumbnail: boolean): void {
  response.setHeader('Content-Type', isThumbnail ? 'image/webp' : type);
  response.setHeader('Content-Disposition', contentDisposition(name, TYPES[type]!.isShown));
  response.setHeader('Content-Security-Policy', "default-src 'none'; sandbox");
  response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
  response.setHeader('Cache-Control', `private, max-age=${KEPT_FOR}`);
  if (isThumbnail) return;
  response.setHeader('Accept-Ranges', 'bytes');
  response.setHeader('ETag', tagOf(id));
}

/** A file never changes. */
const tagOf = (id: string): string => `"${id}"`;

/** The one range that is asked for; null for the whole. Several at once are answered with the whole. */
function rangeOf({ headers }: IncomingMessage, { id, size }: ReadableFile): ByteRange | 'none' | null {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(headers.range ?? '') ?? [];
  if (first === undefined || last === undefined || first + last === '') return null;
  if (headers['if-range'] !== undefined && headers['if-range'] !== tagOf(id)) return null;
  const from = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return from <= to ? { from, to } : 'none';
}

async function answerWith(request: IncomingMessage, response: ServerResponse, body: Readable): Promise<void> {
  if (request.method === 'HEAD') {
    body.destroy();
    response.end();
    return;
  }
  // Whoever goes away half-way needs no answer, and a storage that breaks off has given half of one.
  await pipeline(body, response).catch(() => response.destroy());
}

async function redirect(
  { storage }: App,
  response: ServerResponse,
  { name, type }: ReadableFile,
  { key, isThumbnail }: { key: string; isThumbnail: boolean },
): Promise<void> {
  const location = await storage.direct!.getUrl(key, {
    seconds: KEPT_FOR,
    type: isThumbnail ? 'image/webp' : type,
    disposition: contentDisposition(name, TYPES[type]!.isShown),
  });
  response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
  response.writeHead(302, { Location: location }).end();
}

function refuse(response: ServerResponse, status: number): void {
  response.removeHeader('Content-Disposition');
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(String(status));
}
