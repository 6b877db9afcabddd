import type { App, Session } from '../context.ts';
import { ParleyError } from '../error.ts';
import { isShownTo } from '../messages/read.ts';
import { IS_PICTURE } from './picture.ts';

/** What is needed to answer with a file. */
export interface ReadableFile {
  id: string;
  userId: string;
  name: string;
  size: number;
  type: string;
  isImage: boolean;
}

/**
 * A file that whoever has this session may download now: one of a message that they see, somebody's avatar or a group's
 * icon, and one of their own that nothing has used yet.
 *
 * Errors: `NOT_FOUND` (file).
 */
export async function findReadable(
  { database, clock }: App,
  sessionId: Session['sessionId'],
  fileId: string,
): Promise<ReadableFile> {
  const { rows } = await database.pool.query<ReadableFile>({
    ...READABLE,
    values: [fileId, sessionId, clock.now()],
  });
  if (!rows[0]) throw new ParleyError('NOT_FOUND', { what: 'file' });
  return rows[0];
}

const READABLE = {
  name: 'readable_file',
  text: `
    SELECT f.id, s.user_id AS "userId", f.name, f.size, f.type, f.kind = 'image' AS "isImage"
    FROM files f JOIN sessions s ON s.id = $2 AND s.ended_at IS NULL AND s.expires_at > $3
    WHERE f.id = $1 AND f.status = 'ready' AND (
      (f.owner_id = s.user_id AND NOT f.used)
      OR EXISTS (
        SELECT FROM attachments a
        JOIN members me ON me.conversation_id = a.conversation_id AND me.user_id = s.user_id AND NOT me.hidden
        JOIN messages m ON m.conversation_id = a.conversation_id AND m.seq = a.seq
        WHERE a.file_id = f.id AND a.seq > me.joined_seq AND ${isShownTo('s.user_id')})
      OR ${IS_PICTURE})`,
};
