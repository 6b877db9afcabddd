import type { ConversationUnread, Unread } from '@parley/contract';
import type { SignedIn } from '../context.ts';

/**
 * The seqs behind somebody's read mark, and up to another, at which there is nothing for them: what was withheld from
 * them, what they have deleted for themselves, and what is deleted for everyone. SQL; `me` is their row of `members`.
 */
export const nothingAt = (upTo: string): string => `
  SELECT seq FROM messages WHERE conversation_id = me.conversation_id AND (withheld OR tombstone)
    AND (tombstone OR sender_id <> me.user_id) AND seq > me.read_seq AND seq <= ${upTo}
  UNION
  SELECT seq FROM hidden_messages
  WHERE user_id = me.user_id AND conversation_id = me.conversation_id AND seq > me.read_seq AND seq <= ${upTo}`;

/** The seqs in the same range of messages that call them, by name or with everybody. */
export const mentionsOf = (upTo: string): string => `
  SELECT n.seq FROM messages n
  WHERE n.conversation_id = me.conversation_id AND n.extras ? 'mentions' AND n.seq > me.read_seq AND n.seq <= ${upTo}
    AND (n.extras #> '{mentions,userIds}' ? me.user_id::text OR n.extras @> '{"mentions": {"everyone": true}}')
    AND n.sender_id <> me.user_id AND NOT n.withheld AND n.deleted_at IS NULL
    AND NOT EXISTS (SELECT FROM hidden_messages h
                    WHERE h.user_id = me.user_id AND h.conversation_id = n.conversation_id AND h.seq = n.seq)`;

/** What the caller has not read, in all of their conversations. */
export async function countUnread(ctx: SignedIn): Promise<Unread> {
  const { rows } = await ctx.app.database.pool.query<ConversationUnread & { isThread: boolean }>({
    name: 'unread',
    text: UNREAD,
    values: [ctx.session.userId],
  });
  const of = (isThread: boolean) =>
    rows.filter((row) => row.isThread === isThread).map(({ isThread: _, ...counts }) => counts);
  const conversations = of(false);
  const sum = (what: 'unread' | 'mentions') => conversations.reduce((total, each) => total + each[what], 0);
  return { total: sum('unread'), mentions: sum('mentions'), conversations, threads: of(true) };
}

/** Behind the newest message that somebody sees there is nothing for them, so that to the end is as far as to that. */
const UNREAD = `
  SELECT c.id AS "conversationId", c.kind::text = 'thread' AS "isThread", counted.unread,
         (SELECT count(*)::int FROM (${mentionsOf('c.last_seq')}) mentioned) AS mentions
  FROM members me JOIN conversations c ON c.id = me.conversation_id
  CROSS JOIN LATERAL (
    SELECT c.last_seq - me.read_seq - (SELECT count(*)::int FROM (${nothingAt('c.last_seq')}) nothing) AS unread
    OFFSET 0 -- counted once
  ) counted
  WHERE me.user_id = $1 AND NOT me.hidden AND (me.marked_unread OR c.last_seq > me.read_seq)
    AND (me.marked_unread OR counted.unread > 0)
  ORDER BY c.id`;
