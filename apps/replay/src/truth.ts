import type { Conversation, Member, Message } from '@parley/client';
import type { MessageExtras } from '@parley/contract';
import pg from 'pg';

/** What the database holds of the group, all of one moment. */
export interface Truth {
  conversation: Conversation;
  /** Who is in it, by id. */
  members: Map<string, Member>;
  /** In the order of `seq`. */
  messages: Message[];
  /** For everybody who ever was in it: the `seq` of each message that the log has within their time, in its order. */
  entitled: Map<string, number[]>;
  /** The whole log: how many positions, and the highest one. */
  log: { count: number; head: number };
}

/** What a member has not read, and the seqs of it that call them. */
export function unreadBy({ conversation, messages }: Truth, { user, readSeq }: Member) {
  const calling = messages.filter(({ mentions }) => mentions?.userIds.includes(user.id));
  const mentions = calling.map(({ seq }) => seq).filter((seq) => seq > readSeq);
  return { unread: conversation.lastSeq - readSeq, mentions };
}

/** Reads it all, past the server. */
export async function readTruth(databaseUrl: string, conversationId: string): Promise<Truth> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const read = async <Row>(statement: string, values: unknown[] = [conversationId]): Promise<Row[]> =>
      (await client.query(statement, values)).rows;
    const [conversation] = await read<Dated<Conversation>>(CONVERSATION);
    const members = await read<MemberRow>(MEMBERS);
    const messages = await read<Dated<Message> & { extras: MessageExtras | null }>(MESSAGES);
    const entitled = await read<{ userId: string; seqs: number[] }>(ENTITLED);
    const [log] = await read<Truth['log']>(LOG, []);
    return {
      conversation: dated(conversation!),
      members: new Map(members.map((row) => [row.user.id, toMember(row)])),
      messages: messages.map(({ extras, ...message }) => ({ ...dated(message), ...extras })),
      entitled: new Map(entitled.map(({ userId, seqs }) => [userId, seqs])),
      log: log!,
    };
  } finally {
    await client.end();
  }
}

type Dated<Row> = Omit<Row, 'createdAt'> & { createdAt: Date };

const dated = <Row extends { createdAt: Date }>(
  row: Row,
): Omit<Row, 'createdAt'> & { createdAt: string } => ({
  ...row,
  createdAt: row.createdAt.toISOString(),
});

type MemberRow = Omit<Member, 'joinedAt'> & { joinedAt: Date };

const toMember = ({ joinedAt, ...rest }: MemberRow): Member => ({
  ...rest,
  joinedAt: joinedAt.toISOString(),
});

const CONVERSATION = `
  SELECT id, kind, title, description, NULL AS icon, created_at AS "createdAt", member_count AS "memberCount", last_seq AS "lastSeq",
         slow_mode_seconds AS "slowModeSeconds", history, retention_days AS "retentionDays", NULL AS parent
  FROM conversations WHERE id = $1`;

const MEMBERS = `
  SELECT json_build_object('id', u.id, 'username', u.username, 'fullName', u.full_name, 'avatar', NULL, 'status', NULL,
                           'isDeleted', u.deleted_at IS NOT NULL) AS "user",
         m.role, m.joined_at AS "joinedAt",
         m.joined_seq AS "joinedSeq", m.read_seq AS "readSeq", greatest(m.delivered_seq, m.read_seq) AS "deliveredSeq"
  FROM members m JOIN users u ON u.id = m.user_id WHERE m.conversation_id = $1`;

const MESSAGES = `
  SELECT id, conversation_id AS "conversationId", seq, sender_id AS "senderId", text,
         created_at AS "createdAt", extras
  FROM messages WHERE conversation_id = $1 ORDER BY seq`;

const ENTITLED = `
  SELECT i.user_id AS "userId",
         coalesce(array_agg((e.refs->>'seq')::int ORDER BY e.position) FILTER (WHERE e.position IS NOT NULL), '{}') AS seqs
  FROM topic_intervals i
  LEFT JOIN events e ON e.topic = i.topic AND e.type = 'message.created'
    AND e.position BETWEEN i.opened_at AND coalesce(i.closed_at, e.position)
  WHERE i.topic = $1 GROUP BY i.user_id`;

const LOG = 'SELECT count(*)::int AS count, coalesce(max(position), 0)::int AS head FROM events';
