import type { App } from '../context.ts';
import { ParleyError } from '../error.ts';
import type { ReadableFile } from '../files/find-readable.ts';

/**
 * An archive that whoever has this session may download now: their own, while it is kept.
 *
 * Errors: `NOT_FOUND` (export).
 */
export async function findReadableExport(
  { database, clock }: App,
  sessionId: string,
  exportId: string,
): Promise<ReadableFile> {
  const { rows } = await database.pool.query<{ id: string; userId: string; size: string; day: string }>({
    ...READABLE,
    values: [exportId, sessionId, clock.now()],
  });
  if (!rows[0]) throw new ParleyError('NOT_FOUND', { what: 'export' });
  const { id, userId, size, day } = rows[0];
  return {
    id,
    userId,
    size: Number(size),
    name: `export-${day}.zip`,
    type: 'application/zip',
    isImage: false,
  };
}

const READABLE = {
  name: 'readable_export',
  text: `
    SELECT e.id, e.user_id AS "userId", e.size, to_char(e.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day
    FROM exports e JOIN sessions s ON s.user_id = e.user_id
    WHERE e.id = $1 AND s.id = $2 AND s.ended_at IS NULL AND s.expires_at > $3
      AND e.status = 'ready' AND e.expires_at > $3`,
};
