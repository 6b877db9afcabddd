import type { FileInfo, MessageExtras } from '@parley/contract';
import type { Tx } from '../database/database.ts';
import { ParleyError } from '../error.ts';
import { UNUSED_FOR } from '../files/complete-upload.ts';
import { inOrder } from '../files/file-info.ts';

/** SQL: whether a file is to be sent with a scheduled message; `f` is its row. */
export const IS_SCHEDULED = `
  EXISTS (SELECT FROM scheduled_messages s, json_array_elements(s.extras -> 'attachments') a
          WHERE s.user_id = f.owner_id AND a ->> 'id' = f.id::text)`;

/**
 * The files that somebody wants to send later, which are kept until then: they are looked at with their rows locked, so
 * that none is being removed. They are not used before they are sent: sent otherwise before, they are so.
 *
 * Errors: `NOT_FOUND` (file), for what could not be sent now either.
 */
export async function filesToKeep(tx: Tx, ownerId: string, ids: string[]): Promise<FileInfo[] | undefined> {
  if (ids.length === 0) return undefined;
  await tx.$queryRaw`SELECT 1 FROM files WHERE id = ANY (${ids}::uuid[]) ORDER BY id FOR NO KEY UPDATE`;
  const files = await tx.file.findMany({
    where: { id: { in: ids }, ownerId, purpose: 'message', status: 'ready', used: false },
  });
  if (files.length < ids.length) throw new ParleyError('NOT_FOUND', { what: 'file' });
  return inOrder(files, ids);
}

/** Lets go of the files of a message that is scheduled no more, or with others: for a day they can be used again. */
export async function releaseFiles(tx: Tx, extras: unknown, now: Date): Promise<void> {
  const ids = attachedTo(extras);
  if (ids.length === 0) return;
  const sweepAt = new Date(now.getTime() + UNUSED_FOR);
  await tx.file.updateMany({ where: { id: { in: ids }, used: false }, data: { sweepAt } });
}

export const attachedTo = (extras: unknown): string[] =>
  ((extras as MessageExtras | null)?.attachments ?? []).map(({ id }) => id);
