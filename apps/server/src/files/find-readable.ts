import type { App, Session } from '../context.ts';
import { ParleyError } from '../error.ts';
import { isShownTo } from '../messages/read.ts';
import { isReportedTo } from '../reports/files.ts';
import { seesStory } from '../stories/visible.ts';
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
 * A file that whoever has this session may download now: one of a message or a story that they see, somebody's avatar
 * or a group's icon, one of their own that nothing has used yet, and for moderators one that was reported.
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
    SELECT f.id, reader.user_id AS "userId", f.name, f.size, f.type, f.kind = 'image' AS "isImage"
    FROM files f JOIN sessions reader ON reader.id = $2 AND reader.ended_at IS NULL AND reader.expires_at > $3
    WHERE f.id = $1 AND f.status = 'ready' AND (
      (f.owner_id = reader.user_id AND NOT f.used)
      OR EXISTS (
        SELECT FROM attachments a
        JOIN members me ON me.conversation_id = a.conversation_id AND me.user_id = reader.user_id AND NOT me.hidden
        JOIN messages m ON m.conversation_id = a.conversation_id AND m.seq = a.seq
        WHERE a.file_id = f.id AND a.seq > me.joined_seq AND ${isShownTo('reader.user_id')})
      OR ${IS_PICTURE}
      OR EXISTS (SELECT FROM stories s WHERE s.file_id = f.id AND ${seesStory('reader.user_id', '$3')})
      OR ${isReportedTo('reader.user_id')})`,
};
