import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** Answers a `GET` or a `HEAD` with one document. */
export type KeptDocument = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** A document that is the same for everybody: made and zipped when somebody asks for it first, and kept from then on. */
export function keptDocument(
  make: () => string | Buffer | Promise<Buffer>,
  headers: Record<string, string>,
): KeptDocument {
  let document: { body: Buffer; zipped: Buffer } | undefined;

  async function read(): Promise<{ body: Buffer; zipped: Buffer }> {
    const body = Buffer.from(await make());
    return { body, zipped: await zip(body, { level: 9 }) };
  }

  return async (request, response) => {
    document ??= await read();
    const isZipped = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
    const body = isZipped ? document.zipped : document.body;
    response.writeHead(200, {
      ...headers,
      ...(isZipped && { 'Content-Encoding': 'gzip' }),
      'Content-Length': body.length,
      Vary: 'Accept-Encoding',
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
}

const zip = promisify(gzip);

/** Whether it is asked for, and not sent or changed. */
export const isRead = ({ method }: IncomingMessage): boolean => method === 'GET' || method === 'HEAD';
