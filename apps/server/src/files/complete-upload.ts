import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { FileInfo } from '@parley/contract';
import type { App, SignedIn } from '../context.ts';
import type { File, Prisma } from '../database/generated/client.ts';
import { ParleyError } from '../error.ts';
import { inTemporaryFolder } from '../temporary-folder.ts';
import { toFileInfo } from './file-info.ts';
import { TYPES } from './file-types.ts';
import { keepImage } from './image.ts';
import { inspect } from './inspect.ts';
import { bodyOf, incoming, thumbnailOf, whole } from './keys.ts';
import { withEnding } from './name.ts';

/** How long a file may wait to be used, from when it is ready, or from when it is not to be used otherwise any more. Milliseconds. */
export const UNUSED_FOR = 24 * 3_600_000;

/** Looks at what came, and makes a file of it; once it is one, returns it as it is. One that is refused is gone. */
export async function completeUpload(ctx: SignedIn, { uploadId }: { uploadId: string }): Promise<FileInfo> {
  const { app, session } = ctx;
  const file = await app.database.prisma.file.findUnique({ where: { id: uploadId } });
  if (!file || file.ownerId !== session.userId || file.status === 'deleted')
    throw new ParleyError('NOT_FOUND', { what: 'upload' });
  return toFileInfo(file.status === 'ready' ? file : await once(app, file));
}

/** What is being done on this node: whoever asks again meanwhile waits for the same. */
const underWay = new Map<string, Promise<File>>();

function once(app: App, file: File): Promise<File> {
  const known = underWay.get(file.id);
  if (known) return known;
  const work = finish(app, file).finally(() => underWay.delete(file.id));
  underWay.set(file.id, work);
  return work;
}

async function finish(app: App, upload: File): Promise<File> {
  try {
    const found = await inTemporaryFolder(`upload-${upload.id}`, async (folder) => {
      const path = join(folder, 'whole');
      await assemble(app, upload, path);
      return keep(app, upload, path);
    }).catch((error: unknown) => refuseFault(app, error));
    return await makeReady(app, upload.id, found);
  } catch (error) {
    if (error instanceof ParleyError && error.code === 'FILE_TYPE_REFUSED') await dropUpload(app, upload.id);
    throw error;
  }
}

/** A full disk, for one, is not the fault of whoever asks, and may be otherwise in a moment. */
function refuseFault({ logger }: App, error: unknown): never {
  if (!(error instanceof Error && 'syscall' in error)) throw error;
  logger.error({ err: error }, 'the folder for temporary files failed');
  throw new ParleyError('UNAVAILABLE');
}

/** Writes the parts into one file of this machine: from here on nobody changes it. */
async function assemble(app: App, upload: File, path: string): Promise<void> {
  const { size } = upload;
  let received = 0;
  await pipeline(async function* () {
    for await (const chunk of bytesOf(app, upload)) {
      received += chunk.length;
      if (received > size) throw new ParleyError('FILE_TOO_LARGE', { limit: size });
      yield chunk;
    }
  }, createWriteStream(path));
  if (received < size) throw new ParleyError('UPLOAD_INCOMPLETE', { received, size });
}

async function* bytesOf({ storage }: App, { id, parts }: File): AsyncGenerator<Buffer> {
  for (const part of parts) {
    const source = await storage.get(`${incoming(id)}/${part}`);
    if (source) yield* source;
  }
}

/** Puts the file, as it is to be kept, where it stays; what it is. */
async function keep(
  { storage }: App,
  { id, purpose, name, size }: File,
  path: string,
): Promise<Prisma.FileUpdateInput> {
  const type = await inspect(path, purpose);
  const { kind } = TYPES[type]!;
  const facts = { type, kind, name: withEnding(name, type) };
  if (kind !== 'image') {
    await storage.put(bodyOf(id), { path });
    return { ...facts, size };
  }
  const { bytes, thumbnail, ...image } = await keepImage(path, type);
  await storage.put(bodyOf(id), bytes);
  await storage.put(thumbnailOf(id), thumbnail);
  return { ...facts, ...image, size: bytes.length };
}

/** The bytes are there before the row says so. If the upload was over meanwhile, they go again. */
async function makeReady(app: App, id: string, found: Prisma.FileUpdateInput): Promise<File> {
  const { prisma } = app.database;
  const sweepAt = new Date(app.clock.now().getTime() + UNUSED_FOR);
  await prisma.file.updateMany({
    where: { id, status: 'pending' },
    data: { ...found, status: 'ready', parts: [], sweepAt } as Prisma.FileUpdateManyMutationInput,
  });
  const file = await prisma.file.findUnique({ where: { id } });
  if (file?.status !== 'ready') {
    await app.storage.removeAll(whole(id));
    throw new ParleyError('NOT_FOUND', { what: 'upload' });
  }
  await app.storage.removeAll(incoming(id));
  return file;
}

/** Ends an upload that comes to nothing. */
export async function dropUpload({ database, clock, jobs }: App, id: string): Promise<void> {
  await database.transaction(async (tx) => {
    await tx.file.updateMany({
      where: { id, status: 'pending' },
      data: { status: 'deleted', sweepAt: clock.now() },
    });
    await jobs.enqueue(tx, 'files.sweep', {});
  });
}
