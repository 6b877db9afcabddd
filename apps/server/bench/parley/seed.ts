import {
  groupOf,
  HISTORY_ROOM,
  HISTORY_USERS,
  historyIdSql,
  historyTextSql,
  historyTimeSql,
  roomKey,
  uuidOf,
  uuidSql,
  WORLD,
} from '../world.ts';

/** The session of a user: the one that its access tokens name. */
export const sessionId = (user: number): string => uuidOf(`s${user}`);
export const userId = (user: number): string => uuidOf(`u${user}`);

const userSql = uuidSql(`'u' || n`);
const HISTORY = uuidOf(roomKey(HISTORY_ROOM));

const groupSql = (members: number): string => {
  const id = uuidOf(roomKey(groupOf(members)));
  return `
    INSERT INTO conversations (id, kind, title, created_at, member_count, last_activity_at)
    VALUES ('${id}', 'group', '${members} people', now(), ${members}, now());
    INSERT INTO members (conversation_id, user_id, role, joined_at, joined_seq, read_seq, shown_read_seq)
    SELECT '${id}', ${userSql}, CASE n WHEN 0 THEN 'owner' ELSE 'member' END::member_role, now(), 0, 0, 0
    FROM generate_series(0, ${members - 1}) n;`;
};

/**
 * SQL: fills a migrated database. The log makes its positions and says who hears of what by itself, from one event
 * for each conversation, of a type that clients are not told. The history has none, as if it were long pruned.
 */
export const SEED = `
  BEGIN;
  INSERT INTO users (id, username, username_key, email, email_key, email_verified_at, password_hash, created_at)
  SELECT ${userSql}, 'user' || n, 'user' || n, 'user' || n || '@example.com', 'user' || n || '@example.com', now(), '', now()
  FROM generate_series(0, ${WORLD.users - 1}) n;

  INSERT INTO sessions (id, user_id, device, created_at, last_used_at, expires_at, absolute_expires_at)
  SELECT ${uuidSql(`'s' || n`)}, ${userSql}, 'bench', now(), now(), now() + interval '30 days', now() + interval '90 days'
  FROM generate_series(0, ${WORLD.users - 1}) n;

  INSERT INTO conversations (id, kind, direct_key, created_at, member_count, last_activity_at)
  SELECT ${uuidSql(`'c' || n`)}, 'direct', least(a, b) || ':' || greatest(a, b), now(), 2, now()
  FROM generate_series(0, ${WORLD.pairs - 1}) n,
    LATERAL (SELECT ${uuidSql(`'u' || 2 * n`)} AS a, ${uuidSql(`'u' || 2 * n + 1`)} AS b) pair;
  INSERT INTO members (conversation_id, user_id, joined_at, joined_seq, read_seq, shown_read_seq)
  SELECT ${uuidSql(`'c' || n / 2`)}, ${userSql}, now(), 0, 0, 0 FROM generate_series(0, ${WORLD.users - 1}) n;
  ${WORLD.groups.map(groupSql).join('')}

  INSERT INTO messages (id, conversation_id, seq, sender_id, fingerprint, text, created_at)
  SELECT ${historyIdSql('n')}, '${HISTORY}', n, ${uuidSql(`'u' || ${HISTORY_USERS[0]} + n % 2`)},
    'the fingerprint.', ${historyTextSql('n')}, ${historyTimeSql('n')}
  FROM generate_series(1, ${WORLD.history}) n;
  UPDATE conversations SET last_seq = ${WORLD.history} WHERE id = '${HISTORY}';
  UPDATE members SET read_seq = ${WORLD.history} WHERE conversation_id = '${HISTORY}';

  INSERT INTO event_drafts (topic, type, refs, opens)
  SELECT conversation_id, 'bench.seed', '{}', array_agg(user_id) FROM members GROUP BY conversation_id;
  COMMIT;`;
