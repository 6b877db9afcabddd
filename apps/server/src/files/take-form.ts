import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Busboy, type BusboyHeaders } from '@fastify/busboy';
import { FILE_SIZES, type FileInfo, type FilePurpose, filePurpose } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { invalidInput, ParleyError } from '../error.ts';
import { completeUpload, dropUpload } from './complete-upload.ts';
import { createUpload } from './create-upload.ts';
import { givenName } from './name.ts';
import { receive } from './receive.ts';
import { unlessSilent } from './take-bytes.ts';

/** What a form may have besides its one file: nothing of it is looked at. */
const LIMITS = { files: 1, fields: 10, parts: 11, fieldSize: 1_024, fieldNameSize: 100, headerPairs: 50 };
/** Bytes that a form has more than its file, at most. */
const AROUND = 16 * 1_024;

/**
 * A form (`multipart/form-data`) with one file: begins an upload, takes its bytes and completes it, for those who have
 * no client. The file is in no moment whole in memory.
 *
 * Errors: `UNSUPPORTED_REQUEST`, `INVALID_INPUT`, and those of `uploads.create` and `uploads.complete`.
 */
export async function takeForm(
  ctx: SignedIn,
  request: IncomingMessage,
  query: URLSearchParams,
): Promise<FileInfo> {
  if (!/^multipart\/form-data\s*;/i.test(request.headers['content-type'] ?? ''))
    throw new ParleyError('UNSUPPORTED_REQUEST');
  const purpose = filePurpose.safeParse(query.get('purpose') ?? 'message');
  if (!purpose.success) throw invalidInput('purpose', 'no purpose of ours');
  const limit = FILE_SIZES[purpose.data];
  const announced = Number(request.headers['content-length'] ?? limit);
  if (announced > limit + AROUND) throw new ParleyError('FILE_TOO_LARGE', { limit });
  const { name, bytes, whole } = await readForm(request);
  return takeFile(ctx, { purpose: purpose.data, name, size: Math.min(announced, limit) }, bytes, whole);
}

/** The one file of a form, as it comes, and what resolves when the form has come to its end. */
function readForm(
  request: IncomingMessage,
): Promise<{ name: string; bytes: Readable; whole: Promise<void> }> {
  return new Promise((resolve, reject) => {
    const form = parserOf(request);
    const whole = pipeline(unlessSilent(request), form).catch((error: unknown) => {
      throw error instanceof ParleyError || request.errored ? error : invalidInput('', 'no form');
    });
    form.on('file', (_field: string, bytes: Readable, name: string | undefined) => {
      // It may break off before anybody reads it.
      bytes.on('error', () => {});
      whole.catch((error) => bytes.destroy(error));
      resolve({ name: name ?? '', bytes, whole });
    });
    for (const limit of ['filesLimit', 'fieldsLimit', 'partsLimit'] as const)
      form.on(limit, () => form.destroy(invalidInput('', 'one file, and few fields')));
    whole.then(() => reject(invalidInput('file', 'there is none')), reject);
  });
}

function parserOf(request: IncomingMessage) {
  try {
    return new Busboy({ headers: request.headers as BusboyHeaders, limits: LIMITS });
  } catch {
    throw invalidInput('', 'no form');
  }
}

async function takeFile(
  ctx: SignedIn,
  input: { purpose: FilePurpose; name: string; size: number },
  bytes: Readable,
  whole: Promise<void>,
): Promise<FileInfo> {
  const { app } = ctx;
  const name = givenName.safeParse(input.name);
  if (!name.success) throw invalidInput('file', name.error.issues[0]!.message);
  const { uploadId } = await createUpload(ctx, { ...input, name: name.data });
  try {
    const upload = await app.database.prisma.file.findUniqueOrThrow({ where: { id: uploadId } });
    const size = await receive(app, { ...upload, parts: [] }, bytes);
    await whole;
    await app.database.prisma.file.update({ where: { id: uploadId }, data: { size } });
    return await completeUpload(ctx, { uploadId });
  } catch (error) {
    await dropUpload(app, uploadId);
    throw error;
  }
}
