import type { Message } from '@parley/contract';
import type { Database } from '../database/database.ts';
import { isoOf } from '../database/iso.ts';
import { Rendered } from '../rendered.ts';
import type { Place } from './find-visible.ts';

/**
 * A message's row as the contract has it, as JSON text made by Postgres; `m` is the row. Joined by hand: it costs
 * two thirds of what json_build_object does, and this is the hot path of everybody who scrolls.
 */
const messageJson = (extra: string): string => `
  '{"id":"' || m.id || '","conversationId":"' || m.conversation_id || '","seq":' || m.seq ||
  ',"senderId":"' || m.sender_id || '","text":' || to_json(m.text)::text || ${extra}
  ',"createdAt":"' || ${isoOf('m.created_at')} ||
  CASE WHEN m.edited_at IS NULL THEN '' ELSE '","editedAt":"' || ${isoOf('m.edited_at')} END ||
  CASE WHEN m.pinned_at IS NULL THEN '' ELSE '","pinnedAt":"' || ${isoOf('m.pinned_at')} END ||
  CASE WHEN m.deleted_at IS NULL THEN '' ELSE '","deletedAt":"' || ${isoOf('m.deleted_at')} END ||
  CASE WHEN m.extras IS NULL THEN '"}' ELSE '",' || substr(m.extras::text, 2) END`;

/** As everybody is told of it at once: without the reactions to it and the thread about it. */
export const MESSAGE_JSON = messageJson('');

/** As one person reads it, with the reactions and the thread; `me` is their user id as SQL, null for nobody in particular. */
export const messageJsonFor = (me: string): string =>
  messageJson(`
  CASE WHEN m.reacted THEN coalesce(',"reactions":' || reactions_to(m.conversation_id, m.seq, ${me}), '') ELSE '' END ||
  CASE WHEN m.thread_id IS NOT NULL AND m.deleted_at IS NULL
       THEN coalesce(',"thread":' || thread_as_seen(m.thread_id, ${me}), '') ELSE '' END ||`);

/**
 * Whether somebody sees a message of a conversation that they are in, but for those from before they joined; `m` is its
 * row, and `me` their user id as SQL. Where all are of one conversation, its id as SQL lets Postgres look once for what
 * they have hidden, and not for each message.
 */
export const isShownTo = (me: string, conversationId = 'm.conversation_id'): string => `
  (NOT m.withheld OR m.sender_id = ${me}) AND m.seq <> ALL (ARRAY (
    SELECT h.seq FROM hidden_messages h WHERE h.user_id = ${me} AND h.conversation_id = ${conversationId}))`;

/** The message with this seq, which exists, as somebody reads it. */
export async function readMessage(
  { pool }: Database,
  userId: string,
  { conversationId, seq }: Place,
): Promise<Rendered<Message>> {
  const text = `SELECT ${messageJsonFor('$3')} AS json FROM messages m WHERE m.conversation_id = $1 AND m.seq = $2`;
  const { rows } = await pool.query<{ json: string }>({
    name: 'message_by_seq',
    text,
    values: [conversationId, seq, userId],
  });
  return new Rendered(rows[0]!.json);
}
