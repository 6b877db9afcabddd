import type { FileInfo } from '@parley/contract';
import type { Acting } from '../context.ts';
import { ParleyError } from '../error.ts';
import { inOrder } from './file-info.ts';

/**
 * The files that the caller puts into a message, as the message has them. Null when that message was sent before, under
 * this id, and has been deleted with them. What is decided here may be otherwise when it is stored: see `refuseFiles`.
 *
 * Errors: `NOT_FOUND` (file), for what is not the caller's own, not complete, for another purpose, or in another message.
 */
export async function filesToAttach(
  { app, session }: Acting,
  messageId: string,
  ids: string[],
): Promise<FileInfo[] | null> {
  const { prisma } = app.database;
  const files = await prisma.file.findMany({
    where: { id: { in: ids }, ownerId: session.userId, purpose: 'message', status: 'ready' },
  });
  const areThere = files.length === ids.length;
  if (!areThere || files.some(({ used }) => used)) {
    const sent = await prisma.message.findUnique({ where: { id: messageId } });
    if (sent?.deletedAt && !areThere) return null;
    if (!sent || !areThere) throw new ParleyError('NOT_FOUND', { what: 'file' });
  }
  return inOrder(files, ids);
}

/** Somebody was faster with one of the files, or it has been removed: the same refusal. */
export function refuseFiles(error: unknown): never {
  if ((error as { constraint?: unknown }).constraint === 'attachments_file_id')
    throw new ParleyError('NOT_FOUND', { what: 'file' });
  throw error;
}
