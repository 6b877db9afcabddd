import type { App } from '../context.ts';
import type { Tx } from '../database/database.ts';
import { ParleyError } from '../error.ts';

/** SQL: whether a file is somebody's avatar or a group's icon; `f` is its row. */
export const IS_PICTURE = `(
  EXISTS (SELECT FROM users u WHERE u.id = f.owner_id AND u.avatar_id = f.id)
  OR EXISTS (SELECT FROM conversations c WHERE c.icon_id = f.id))`;

/**
 * Takes a file for an avatar or an icon: one of this person's own, complete, for that, and never used. The one before
 * is let go.
 *
 * Errors: `NOT_FOUND` (file).
 */
export async function usePicture(
  tx: Tx,
  { jobs }: Pick<App, 'jobs'>,
  { ownerId, purpose, before, after }: PictureChange,
): Promise<void> {
  if (before === after) return;
  if (before !== null) {
    // What is used no more is due at once.
    await tx.file.updateMany({ where: { id: before }, data: { sweepAt: new Date(0) } });
    await jobs.enqueue(tx, 'files.sweep', {});
  }
  if (after === null) return;
  const { count } = await tx.file.updateMany({
    where: { id: after, ownerId, purpose, status: 'ready', used: false },
    data: { used: true },
  });
  if (count === 0) throw new ParleyError('NOT_FOUND', { what: 'file' });
}

interface PictureChange {
  ownerId: string;
  purpose: 'avatar' | 'group_icon';
  before: string | null;
  after: string | null;
}
