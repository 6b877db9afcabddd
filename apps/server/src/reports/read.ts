import type { Report } from '@parley/contract';
import { isoOf } from '../database/iso.ts';
import { PUBLIC_USER_JSON } from '../users/public-user.ts';

/** SQL: a person by id, as anybody may see them. */
const person = (id: string): string => `(SELECT ${PUBLIC_USER_JSON} FROM users u WHERE u.id = ${id})`;

/** A report as a moderator sees it, in a row of `REPORTS`. */
export interface ReportRow {
  report: Report;
}

/**
 * SQL: reports as somebody, `$1`, is told of them by their role, `$2`: a moderator of what is about plain users, an admin of
 * all, and nobody of what is about themselves. `r` is the report's row; more conditions may follow.
 */
export const REPORTS = `
  SELECT json_build_object(
    'id', r.id, 'createdAt', ${isoOf('r.created_at')}, 'reporter', ${person('r.reporter_id')}, 'user', ${PUBLIC_USER_JSON},
    'message', CASE WHEN r.message_id IS NOT NULL THEN json_build_object(
      'id', r.message_id, 'conversationId', r.conversation_id,
      'seq', (SELECT m.seq FROM messages m WHERE m.id = r.message_id), 'text', r.text) END,
    'story', CASE WHEN r.story_id IS NOT NULL THEN json_build_object(
      'id', r.story_id, 'fileId', r.file_id, 'caption', r.text) END,
    'reason', r.reason, 'comment', r.comment,
    'closed', CASE WHEN r.closed_at IS NOT NULL THEN json_build_object(
      'at', ${isoOf('r.closed_at')}, 'by', ${person('r.closed_by')}, 'outcome', r.outcome) END
  ) AS report
  FROM reports r JOIN users u ON u.id = r.user_id
  WHERE r.user_id <> $1::uuid AND ($2 = 'ADMIN' OR u.role = 'USER')`;
