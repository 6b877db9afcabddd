import type pg from 'pg';
import { isoOf } from '../database/iso.ts';

/** Rows of one read: what is held at a time. */
const PAGE = 500;

/** What there is of one kind, of the person `$1`: read page by page, along a key of so many columns. */
interface Records {
  name: string;
  keys: number;
  text: string;
}

/** Reads records one after the other. What is written meanwhile may be among them or not; nothing is twice. */
export async function* readRecords(
  pool: pg.Pool,
  { name, keys, text }: Records,
  userId: string,
): AsyncGenerator<object> {
  let after: unknown[] = Array.from({ length: keys }, () => null);
  for (;;) {
    const query = { name: `export_${name}`, text: `${text} LIMIT ${PAGE}`, values: [userId, ...after] };
    const { rows } = await pool.query<{ record: object; key: unknown[] }>(query);
    for (const { record } of rows) yield record;
    if (rows.length < PAGE) return;
    after = rows.at(-1)!.key;
  }
}

/** A key of one id. */
const behind = (column: string) => `($2::uuid IS NULL OR ${column} > $2) ORDER BY ${column}`;

/**
 * All kinds that are rows of a table, by the name of their file. Of others there are names and what this person has done
 * with them; nothing that others have written, and nothing that this person is not to know: who has blocked them, what is
 * withheld, who has reported them.
 */
export const RECORDS: Records[] = [
  {
    name: 'sessions',
    keys: 1,
    text: `SELECT json_build_array(s.id) AS key, json_build_object(
        'device', s.device, 'address', s.address, 'createdAt', ${isoOf('s.created_at')},
        'lastUsedAt', ${isoOf('s.last_used_at')}, 'endedAt', ${isoOf('s.ended_at')}) AS record
      FROM sessions s WHERE s.user_id = $1 AND ${behind('s.id')}`,
  },
  {
    name: 'account-history',
    keys: 1,
    text: `SELECT json_build_array(a.id) AS key, json_build_object(
        'action', a.action, 'at', ${isoOf('a.at')}, 'address', a.address) AS record
      FROM audit_records a WHERE a.user_id = $1 AND a.actor_id = $1 AND ${behind('a.id')}`,
  },
  {
    name: 'conversations',
    keys: 1,
    text: `SELECT json_build_array(me.conversation_id) AS key, json_build_object(
        'id', c.id, 'kind', c.kind, 'title', c.title,
        'with', (SELECT u.username FROM members o JOIN users u ON u.id = o.user_id
                 WHERE c.kind = 'direct' AND o.conversation_id = c.id AND o.user_id <> me.user_id LIMIT 1),
        'parent', CASE WHEN c.parent_id IS NOT NULL
                  THEN json_build_object('conversationId', c.parent_id, 'seq', c.parent_seq) END,
        'role', me.role, 'joinedAt', ${isoOf('me.joined_at')}, 'readSeq', me.read_seq,
        'archivedAt', ${isoOf('me.archived_at')}, 'pinnedAt', ${isoOf('me.pinned_at')},
        'mutedUntil', ${isoOf('me.muted_until')}, 'notify', me.notify, 'isMarkedUnread', me.marked_unread) AS record
      FROM members me JOIN conversations c ON c.id = me.conversation_id
      WHERE me.user_id = $1 AND NOT me.hidden AND ${behind('me.conversation_id')}`,
  },
  {
    name: 'invites',
    keys: 1,
    text: `SELECT json_build_array(i.id) AS key, json_build_object(
        'conversationId', i.conversation_id, 'createdAt', ${isoOf('i.created_at')},
        'expiresAt', ${isoOf('i.expires_at')}, 'uses', i.uses, 'maxUses', i.max_uses) AS record
      FROM invites i WHERE i.creator_id = $1 AND ${behind('i.id')}`,
  },
  {
    name: 'drafts',
    keys: 1,
    text: `SELECT json_build_array(d.conversation_id) AS key, json_build_object(
        'conversationId', d.conversation_id, 'text', d.text, 'replyTo', d.reply_to,
        'updatedAt', ${isoOf('d.updated_at')}) AS record
      FROM drafts d WHERE d.user_id = $1 AND ${behind('d.conversation_id')}`,
  },
  {
    name: 'scheduled-messages',
    keys: 1,
    text: `SELECT json_build_array(s.id) AS key, json_build_object(
        'conversationId', s.conversation_id, 'text', s.text, 'extras', s.extras, 'sendAt', ${isoOf('s.send_at')},
        'failure', s.failure, 'createdAt', ${isoOf('s.created_at')}) AS record
      FROM scheduled_messages s WHERE s.user_id = $1 AND ${behind('s.id')}`,
  },
  {
    name: 'reactions',
    keys: 3,
    text: `SELECT json_build_array(r.conversation_id, r.seq, r.emoji) AS key, json_build_object(
        'conversationId', r.conversation_id, 'seq', r.seq, 'emoji', r.emoji, 'at', ${isoOf('r.created_at')}) AS record
      FROM reactions r
      WHERE r.user_id = $1 AND ($2::uuid IS NULL OR (r.conversation_id, r.seq, r.emoji) > ($2, $3::int, $4::text))
      ORDER BY r.conversation_id, r.seq, r.emoji`,
  },
  {
    name: 'stories',
    keys: 1,
    text: `SELECT json_build_array(s.id) AS key, json_build_object(
        'id', s.id, 'fileId', s.file_id, 'caption', s.caption, 'createdAt', ${isoOf('s.created_at')},
        'expiresAt', ${isoOf('s.expires_at')}) AS record
      FROM stories s WHERE s.author_id = $1 AND ${behind('s.id')}`,
  },
  {
    name: 'stories-seen',
    keys: 1,
    text: `SELECT json_build_array(v.story_id) AS key, json_build_object(
        'storyId', v.story_id, 'at', ${isoOf('v.seen_at')}) AS record
      FROM story_views v WHERE v.viewer_id = $1 AND ${behind('v.story_id')}`,
  },
  {
    name: 'reports',
    keys: 1,
    text: `SELECT json_build_array(r.id) AS key, json_build_object(
        'userId', r.user_id, 'messageId', r.message_id, 'reason', r.reason, 'comment', r.comment,
        'createdAt', ${isoOf('r.created_at')}) AS record
      FROM reports r WHERE r.reporter_id = $1 AND ${behind('r.id')}`,
  },
  {
    name: 'files',
    keys: 1,
    text: `SELECT json_build_array(f.id) AS key, json_build_object(
        'id', f.id, 'purpose', f.purpose, 'name', f.name, 'size', f.size, 'type', f.type,
        'createdAt', ${isoOf('f.created_at')}) AS record
      FROM files f WHERE f.owner_id = $1 AND f.status = 'ready' AND ${behind('f.id')}`,
  },
];

export const FILES = RECORDS.find(({ name }) => name === 'files')!;
