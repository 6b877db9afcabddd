import { FILE_SIZES, type FilePurpose, LIMITS } from '@parley/contract';
import type { App, SignedIn } from '../context.ts';
import type { Tx } from '../database/database.ts';
import { ParleyError } from '../error.ts';
import { newId } from '../ids.ts';
import { lockAccount } from '../users/lock.ts';
import { safeName } from './name.ts';
import { uploadLink, WAITS_FOR } from './upload-link.ts';

export interface UploadInput {
  purpose: FilePurpose;
  name: string;
  /** Bytes. */
  size: number;
}

/** Where the bytes go, with `PUT`, and until when. */
export interface Upload {
  uploadId: string;
  url: string;
  expiresAt: string;
}

/** Begins an upload: from here on its bytes count as the caller's. */
export async function createUpload(ctx: SignedIn, input: UploadInput): Promise<Upload> {
  const { app } = ctx;
  const { purpose, size } = input;
  const limit = FILE_SIZES[purpose];
  if (size > limit) throw new ParleyError('FILE_TOO_LARGE', { limit });
  if (!(await app.storage.hasRoom(size))) {
    app.logger.error('there is no room for files');
    throw new ParleyError('BUSY', { retryAfter: 60 });
  }
  const id = newId();
  const expiresAt = new Date(app.clock.now().getTime() + WAITS_FOR);
  await app.database.transaction(async (tx) => {
    await lockAccount(tx, ctx.session.userId);
    await refuseMore(tx, app, ctx.session.userId, size);
    await tx.file.create({
      data: {
        id,
        ownerId: ctx.session.userId,
        purpose,
        size,
        name: nameOf(input),
        parts: app.storage.direct ? ['whole'] : [],
        createdAt: app.clock.now(),
        sweepAt: expiresAt,
      },
    });
  });
  const url = await uploadLink(app, { id, size, expiresAt });
  return { uploadId: id, url, expiresAt: expiresAt.toISOString() };
}

/** What a picture or a story was called on somebody's device is nobody else's concern, and nothing shows it. */
const nameOf = ({ purpose, name }: UploadInput): string => (purpose === 'message' ? safeName(name) : purpose);

async function refuseMore(tx: Tx, { env, storage }: App, ownerId: string, size: number): Promise<void> {
  const pending = await tx.file.count({ where: { ownerId, status: 'pending' } });
  if (pending >= LIMITS.uploads)
    throw new ParleyError('TOO_MANY', { what: 'uploads', limit: LIMITS.uploads });
  const limit = env.STORAGE_QUOTA_MB * 1_000_000;
  // To what has a link past this server bytes may come once more, though it is deleted.
  const where = storage.direct ? { ownerId } : { ownerId, status: { not: 'deleted' as const } };
  const { _sum } = await tx.file.aggregate({ where, _sum: { size: true } });
  if ((_sum.size ?? 0) + size > limit) throw new ParleyError('QUOTA_EXCEEDED', { limit });
}
