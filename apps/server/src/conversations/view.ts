import {
  type ConversationView,
  LIMITS,
  type Member,
  type Membership,
  type Message,
  type PublicUser,
  type SeqRange,
} from '@parley/contract';
import type pg from 'pg';
import { toDraft } from '../drafts/view.ts';
import { isShownTo, messageJsonFor } from '../messages/read.ts';
import { PUBLIC_USER_JSON } from '../users/public-user.ts';
import { shownDeliveredSeq, shownJoinedSeq, trueDeliveredSeq } from './member-marks.ts';
import { toSettings } from './settings.ts';
import { mentionsOf, nothingAt } from './unread.ts';

/** Which of somebody's conversations: given ones, or a page of the list. */
export interface ViewQuery {
  ids?: string[];
  /** All but threads, or these alone; both, if it is not given. */
  what?: 'conversations' | 'threads';
  limit?: number;
  /** Also those that they have cleared, and in which there is nothing new. */
  evenCleared?: boolean;
  /** Only those that were active before this one was. */
  before?: { id: string; lastActiveAt: Date };
}

/**
 * Conversations as one of their members sees them, the most recently active first. Who is not a member gets
 * none. `client` is the pool, or one connection inside a snapshot.
 */
export async function loadViews(
  client: pg.Pool | pg.ClientBase,
  userId: string,
  { ids, what, limit = 500, before, evenCleared = false }: ViewQuery,
): Promise<ConversationView[]> {
  const place = [before?.lastActiveAt ?? null, before?.id ?? null];
  const values = [userId, ids ?? null, ...place, limit, evenCleared, what ? what === 'threads' : null];
  const { rows } = await client.query<ViewRow>({ name: 'conversation_views', text: VIEWS, values });
  return rows.map(toView);
}

interface ViewRow {
  id: string;
  kind: ConversationView['kind'];
  parent: ConversationView['parent'];
  title: string | null;
  description: string | null;
  icon_id: string | null;
  created_at: Date;
  member_count: number;
  last_seq: number;
  slow_mode_seconds: number;
  history: 'joined' | 'all';
  retention_days: number | null;
  role: Member['role'];
  joined_at: Date;
  joined_seq: number;
  read_seq: number;
  delivered_seq: number;
  archived_at: Date | null;
  pinned_at: Date | null;
  muted_until: Date | null;
  notify: Membership['notify'];
  marked_unread: boolean;
  peer_id: string | null;
  peer_user: PublicUser;
  peer_role: Member['role'];
  peer_joined_at: Date;
  peer_joined_seq: number;
  peer_read_seq: number;
  peer_delivered_seq: number;
  last_message: Message | null;
  skipped: SeqRange[];
  mentions: number[];
  draft_text: string | null;
  draft_reply_to: number | null;
  draft_updated_at: Date;
}

/** When a conversation was last active for one of its members: to a blocked person what they send counts, too. */
export const LAST_ACTIVE_AT = 'greatest(c.last_activity_at, me.last_withheld_at)';

/** The ranges, behind the mark and up to the newest, of what was withheld from this member, or is deleted. */
const SKIPPED = `
  SELECT coalesce(json_agg(json_build_array(low, high) ORDER BY low), '[]') FROM (
    SELECT min(w.seq) AS low, max(w.seq) AS high FROM (
      SELECT seq, seq - row_number() OVER (ORDER BY seq) AS island FROM (${nothingAt('m.seq')}) nothing
    ) w GROUP BY w.island
  ) ranges`;

const VIEWS = `
  SELECT c.id, c.kind,
         CASE WHEN c.parent_id IS NOT NULL
              THEN json_build_object('conversationId', c.parent_id, 'seq', c.parent_seq) END AS parent,
         c.title, c.description, c.icon_id, c.created_at, c.member_count, coalesce(m.seq, me.joined_seq) AS last_seq,
         c.slow_mode_seconds, c.history, c.retention_days,
         me.role, me.joined_at, me.joined_seq, me.read_seq, ${trueDeliveredSeq('me')} AS delivered_seq,
         me.archived_at, me.pinned_at, me.muted_until, me.notify, me.marked_unread,
         peer.user_id AS peer_id, ${PUBLIC_USER_JSON} AS peer_user, peer.role AS peer_role,
         peer.joined_at AS peer_joined_at, ${shownJoinedSeq('peer')} AS peer_joined_seq,
         peer.shown_read_seq AS peer_read_seq, ${shownDeliveredSeq('peer')} AS peer_delivered_seq,
         CASE WHEN m.id IS NOT NULL THEN (${messageJsonFor('me.user_id')})::json END AS last_message,
         (${SKIPPED}) AS skipped,
         ARRAY (SELECT seq FROM (${mentionsOf('m.seq')} ORDER BY seq DESC LIMIT ${LIMITS.mentionsShown}) newest ORDER BY seq) AS mentions,
         d.text AS draft_text, d.reply_to AS draft_reply_to, d.updated_at AS draft_updated_at
  FROM members me
  JOIN conversations c ON c.id = me.conversation_id
  LEFT JOIN members peer ON c.kind = 'direct' AND peer.conversation_id = c.id AND peer.user_id <> me.user_id
  LEFT JOIN users u ON u.id = peer.user_id
  LEFT JOIN drafts d ON d.user_id = me.user_id AND d.conversation_id = c.id
  LEFT JOIN LATERAL (
    SELECT * FROM messages m
    WHERE m.conversation_id = c.id AND m.seq > me.joined_seq AND ${isShownTo('me.user_id')}
    ORDER BY m.seq DESC LIMIT 1
  ) m ON true
  WHERE me.user_id = $1 AND NOT me.hidden AND ($6 OR NOT me.cleared OR m.id IS NOT NULL)
    AND ($2::uuid[] IS NULL OR me.conversation_id = ANY ($2))
    AND ($7::boolean IS NULL OR (c.parent_id IS NOT NULL) = $7)
    AND ($3::timestamptz IS NULL OR (${LAST_ACTIVE_AT}, c.id) < ($3, $4::uuid))
  ORDER BY ${LAST_ACTIVE_AT} DESC, c.id DESC
  LIMIT $5`;

const toView = (row: ViewRow): ConversationView => ({
  id: row.id,
  kind: row.kind,
  parent: row.parent,
  title: row.title,
  description: row.description,
  icon: row.icon_id,
  createdAt: row.created_at.toISOString(),
  memberCount: row.member_count,
  lastSeq: row.last_seq,
  slowModeSeconds: row.slow_mode_seconds,
  history: row.history,
  retentionDays: row.retention_days,
  me: {
    role: row.role,
    joinedAt: row.joined_at.toISOString(),
    joinedSeq: row.joined_seq,
    readSeq: row.read_seq,
    deliveredSeq: row.delivered_seq,
    ...toSettings({
      archivedAt: row.archived_at,
      pinnedAt: row.pinned_at,
      mutedUntil: row.muted_until,
      notify: row.notify,
      markedUnread: row.marked_unread,
    }),
  },
  peer:
    row.peer_id === null
      ? null
      : {
          user: row.peer_user,
          role: row.peer_role,
          joinedAt: row.peer_joined_at.toISOString(),
          joinedSeq: row.peer_joined_seq,
          readSeq: row.peer_read_seq,
          deliveredSeq: row.peer_delivered_seq,
        },
  lastMessage: row.last_message,
  skipped: row.skipped,
  mentions: row.mentions,
  draft:
    row.draft_text === null
      ? null
      : toDraft({ text: row.draft_text, replyTo: row.draft_reply_to, updatedAt: row.draft_updated_at }),
});
