import type { IncomingMessage, ServerResponse } from 'node:http';
import type { App } from '../context.ts';
import type { File } from '../database/generated/client.ts';
import { ParleyError } from '../error.ts';
import { receive } from './receive.ts';
import { isSignature } from './signature.ts';

/** Milliseconds without a byte, after which the sender is given up. What came is kept. */
const SILENT_FOR = 15_000;

/**
 * `HEAD` of an upload's link: how much is there, in `Upload-Offset`. `PUT`: takes bytes from `Upload-Offset` on, or from
 * the first, and answers with how much is there then.
 *
 * Errors: `NOT_FOUND` (upload) for a link that is no good, `RATE_LIMITED`, and those of `receive`.
 */
export async function takeBytes(
  app: App,
  request: IncomingMessage,
  response: ServerResponse,
  { id, query }: { id: string; query: URLSearchParams },
): Promise<void> {
  const upload = await findUpload(app, id, query);
  if (request.method === 'HEAD') return tell(response, upload.received);

  // As a call: the upload itself was counted when it began, and comes in as many parts as it takes.
  await app.limits.take('operations', upload.ownerId);
  const offset = Number(request.headers['upload-offset'] ?? 0);
  const { received, size } = upload;
  if (offset !== received) throw new ParleyError('UPLOAD_INCOMPLETE', { received, size });
  if (received + Number(request.headers['content-length'] ?? 0) > size)
    throw new ParleyError('FILE_TOO_LARGE', { limit: size });
  // Whoever sends too much is told so, and only then cut off.
  const bytes = unlessSilent(request).iterator({ destroyOnReturn: false });
  tell(response, await receive(app, upload, bytes));
}

async function findUpload(app: App, id: string, query: URLSearchParams): Promise<File> {
  const expires = Number(query.get('expires'));
  const isGood = isSignature(app.env, { use: 'upload', id, expires }, query.get('signature') ?? '');
  const isOver = expires <= app.clock.now().getTime();
  const upload = isGood && !isOver ? await app.database.prisma.file.findUnique({ where: { id } }) : null;
  if (upload?.status !== 'pending') throw new ParleyError('NOT_FOUND', { what: 'upload' });
  return upload;
}

/** A request whose sender is given up when nothing comes for a while. */
export function unlessSilent(request: IncomingMessage): IncomingMessage {
  request.setTimeout(SILENT_FOR, () => request.destroy(new Error('nothing came')));
  return request;
}

function tell(response: ServerResponse, received: number): void {
  response.writeHead(204, { 'Upload-Offset': received }).end();
}
