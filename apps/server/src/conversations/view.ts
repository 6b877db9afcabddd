import type { ConversationView, Member, Membership, Message, PublicUser, SeqRange } from '@parley/contract';
import type pg from 'pg';
import { isShownTo, MESSAGE_JSON } from '../messages/read.ts';
import { PUBLIC_USER_JSON } from '../users/public-user.ts';
import { toSettings } from './settings.ts';

/** Which of somebody's conversations: given ones, or a page of the list. */
export interface ViewQuery {
  ids?: string[];
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
  { ids, limit = 500, before, evenCleared = false }: ViewQuery,
): Promise<ConversationView[]> {
  const values = [userId, ids ?? null, before?.lastActiveAt ?? null, before?.id ?? null, limit, evenCleared];
  const { rows } = await client.query<ViewRow>({ name: 'conversation_views', text: VIEWS, values });
  return rows.map(toView);
}

interface ViewRow {
  id: string;
  kind: 'direct' | 'group';
  title: string | null;
  description: string | null;
  created_at: Date;
  member_count: number;
  last_seq: number;
  slow_mode_seconds: number;
  history: 'joined' | 'all';
  role: Member['role'];
  joined_at: Date;
  joined_seq: number;
  read_seq: number;
  archived_at: Date | null;
  pinned_at: Date | null;
  muted_until: Date | null;
  notify: Membership['notify'];
  peer_id: string | null;
  peer_user: PublicUser;
  peer_role: Member['role'];
  peer_joined_at: Date;
  peer_joined_seq: number;
  peer_read_seq: number;
  last_message: Message | null;
  skipped: SeqRange[];
}

/** When a conversation was last active for one of its members: to a blocked person what they send counts, too. */
export const LAST_ACTIVE_AT = 'greatest(c.last_activity_at, me.last_withheld_at)';

/** A member's `joinedSeq` as others see it, who are not told that it has moved; `member` is the row. */
export const shownJoinedSeq = (member: string): string =>
  `coalesce(${member}.shown_joined_seq, ${member}.joined_seq)`;

/** The ranges, behind the mark and up to the newest, of what was withheld from this member, or is deleted. */
const SKIPPED = `
  SELECT coalesce(json_agg(json_build_array(low, high) ORDER BY low), '[]') FROM (
    SELECT min(w.seq) AS low, max(w.seq) AS high FROM (
      SELECT seq, seq - row_number() OVER (ORDER BY seq) AS island FROM (
        SELECT seq FROM messages WHERE conversation_id = c.id AND (withheld OR tombstone)
          AND (tombstone OR sender_id <> me.user_id) AND seq > me.read_seq AND seq <= m.seq
        UNION
        SELECT seq FROM hidden_messages
        WHERE user_id = me.user_id AND conversation_id = c.id AND seq > me.read_seq AND seq <= m.seq
      ) nothing
    ) w GROUP BY w.island
  ) ranges`;

const VIEWS = `
  SELECT c.id, c.kind, c.title, c.description, c.created_at, c.member_count, coalesce(m.seq, me.joined_seq) AS last_seq,
         c.slow_mode_seconds, c.history,
         me.role, me.joined_at, me.joined_seq, me.read_seq,
         me.archived_at, me.pinned_at, me.muted_until, me.notify,
         peer.user_id AS peer_id, ${PUBLIC_USER_JSON} AS peer_user, peer.role AS peer_role,
         peer.joined_at AS peer_joined_at, ${shownJoinedSeq('peer')} AS peer_joined_seq,
         peer.shown_read_seq AS peer_read_seq,
         CASE WHEN m.id IS NOT NULL THEN (${MESSAGE_JSON})::json END AS last_message,
         (${SKIPPED}) AS skipped
  FROM members me
  JOIN conversations c ON c.id = me.conversation_id
  LEFT JOIN members peer ON c.kind = 'direct' AND peer.conversation_id = c.id AND peer.user_id <> me.user_id
  LEFT JOIN users u ON u.id = peer.user_id
  LEFT JOIN LATERAL (
    SELECT * FROM messages m
    WHERE m.conversation_id = c.id AND m.seq > me.joined_seq AND ${isShownTo('me.user_id')}
    ORDER BY m.seq DESC LIMIT 1
  ) m ON true
  WHERE me.user_id = $1 AND NOT me.hidden AND ($6 OR NOT me.cleared OR m.id IS NOT NULL)
    AND ($2::uuid[] IS NULL OR me.conversation_id = ANY ($2))
    AND ($3::timestamptz IS NULL OR (${LAST_ACTIVE_AT}, c.id) < ($3, $4::uuid))
  ORDER BY ${LAST_ACTIVE_AT} DESC, c.id DESC
  LIMIT $5`;

const toView = (row: ViewRow): ConversationView => ({
  id: row.id,
  kind: row.kind,
  title: row.title,
  description: row.description,
  createdAt: row.created_at.toISOString(),
  memberCount: row.member_count,
  lastSeq: row.last_seq,
  slowModeSeconds: row.slow_mode_seconds,
  history: row.history,
  me: {
    role: row.role,
    joinedAt: row.joined_at.toISOString(),
    joinedSeq: row.joined_seq,
    readSeq: row.read_seq,
    ...toSettings({
      archivedAt: row.archived_at,
      pinnedAt: row.pinned_at,
      mutedUntil: row.muted_until,
      notify: row.notify,
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
        },
  lastMessage: row.last_message,
  skipped: row.skipped,
});
