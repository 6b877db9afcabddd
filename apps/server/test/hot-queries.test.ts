import pg from 'pg';
import { v7 } from 'uuid';
import { beforeAll, expect, test, vi } from 'vitest';
import { cleanUp } from '../src/auth/clean-up.ts';
import { sweepExports } from '../src/export/sweep.ts';
import { sweepFiles } from '../src/files/sweep.ts';
import { trimMessages } from '../src/retention/trim.ts';
import { takeDue } from '../src/scheduled/due.ts';
import { indexBlocks } from '../src/search/index-blocks.ts';
import { sweepStories } from '../src/stories/sweep.ts';
import { runSql } from './database.ts';
import { befriend } from './friendships.ts';
import type { Api, Person } from './people.ts';
import { mp4, pdf } from './samples.ts';
import { serverForAll } from './server.ts';
import { onNode, upload } from './uploads.ts';

/** Postgres tells each plan that it runs, those within functions as well, to the connection that asked. */
const EXPLAIN = {
  session_preload_libraries: 'auto_explain',
  'auto_explain.log_min_duration': '0',
  'auto_explain.log_analyze': 'on',
  'auto_explain.log_timing': 'off',
  'auto_explain.log_nested_statements': 'on',
  'auto_explain.log_format': 'json',
  'auto_explain.log_level': 'notice',
};

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  Plans?: Plan[];
}
interface Told {
  'Query Text': string;
  Plan: Plan;
}

const server = serverForAll();
/** What Postgres has told since this was last emptied. */
const told: Told[] = [];
let me: Person;
let friend: Person;

/** Rows that a statement may go through from end to end, or sort: those of a page or of a group, never those of a table. */
const MANY = 1_500;

const partsOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(partsOf)];

/** What goes through many rows without an index, or sorts them. */
const faultsOf = ({ 'Query Text': query, Plan: plan }: Told): string[] =>
  partsOf(plan)
    .filter((part) => {
      const loops = part['Actual Loops'];
      if (part['Node Type'].includes('Seq Scan'))
        return (part['Actual Rows'] + (part['Rows Removed by Filter'] ?? 0)) * loops > MANY;
      const [input] = part.Plans ?? [];
      return /Sort/.test(part['Node Type']) && input && input['Actual Rows'] * loops > MANY;
    })
    .map((part) => `${part['Node Type']} ${part['Relation Name'] ?? ''}: ${query.replaceAll(/\s+/g, ' ')}`);

beforeAll(async () => {
  const { databaseUrl: url } = server;
  [me, friend] = await server.people.all('me', 'friend');
  await befriend(me, friend);
  await runSql(url, filling(me.id, friend.id));
  await indexBlocks(server.nodes[0].app);
  const { pathname } = new URL(url);
  for (const [name, value] of Object.entries(EXPLAIN))
    await runSql(url, `ALTER DATABASE ${pathname.slice(1)} SET ${name} = '${value}'`);
  const connect = pg.Client.prototype.connect;
  vi.spyOn(pg.Client.prototype, 'connect').mockImplementation(function (this: pg.Client, ...given: never[]) {
    this.on('notice', ({ message = '' }) => {
      const [, json] = /^duration: .* plan:\s*([\s\S]*)$/.exec(message) ?? [];
      if (json !== undefined) told.push(JSON.parse(json));
    });
    return (connect as (...given: never[]) => unknown).apply(this, given);
  } as never);
  // Its connections are new.
  await server.addNode();
  return () => vi.restoreAllMocks();
});

test('a scan of a whole table is seen, and a sort of it', async () => {
  const { app } = server.nodes[1]!;
  told.length = 0;
  await app.database.pool.query('SELECT max(text) FROM messages');
  await app.database.pool.query(
    'SELECT id FROM (SELECT id, text FROM messages WHERE seq > 0) m ORDER BY text LIMIT 9',
  );
  const faults = told.flatMap(faultsOf).map((fault) => fault.split(':')[0]);
  expect(faults).toEqual(['Seq Scan messages', 'Sort ', 'Seq Scan messages']);
});

/** What `filling` calls its rows. */
const idOf = (kind: 1 | 2 | 3 | 4) => (n: number) =>
  `${kind}0000000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const personOf = idOf(1);
const BIG = idOf(2)(0);
const fileOf = idOf(3);
const storyOf = idOf(4);

/** What everybody does all day, and what is read when they come back. */
const DEEDS: Record<string, (api: Api) => Promise<unknown>> = {
  'send into a large group': (api) => say(api, BIG),
  'send to somebody, whose conversation is opened by it': (api) =>
    api.messages.send.mutate({ toUserId: friend.id, text: 'tea?', clientMessageId: v7() }),
  'answer somebody, and mention them': (api) =>
    say(api, BIG, { replyTo: 3_000, mentions: { userIds: [friend.id] } }),
  'the newest page': (api) => api.messages.list.query({ conversationId: BIG }),
  'a page before': (api) => api.messages.list.query({ conversationId: BIG, before: 3_000 }),
  'the first page': (api) => api.messages.list.query({ conversationId: BIG, after: 0 }),
  'a page around': (api) => api.messages.list.query({ conversationId: BIG, around: 2_500 }),
  'look for what is common': (api) => api.search.messages.query({ query: 'tea' }),
  'look for what is rare': (api) => api.search.messages.query({ query: 'rare77', conversationId: BIG }),
  'look for what is nowhere': (api) => api.search.messages.query({ query: 'nowhere' }),
  'look for what somebody said': (api) => api.search.messages.query({ query: '猫', from: friend.id }),
  'what has not been delivered': (api) => api.messages.undelivered.query({}),
  'who has read it': (api) => api.messages.readers.query({ conversationId: BIG, seq: 4_000 }),
  'what is unread': (api) => api.sync.unread.query(),
  'everything that a client starts from': (api) => api.sync.bootstrap.query(),
  'the conversations': (api) => api.conversations.list.query({ limit: 50 }),
  'one of them': (api) => api.conversations.get.query({ conversationId: BIG }),
  'who is in it': (api) => api.conversations.members.query({ conversationId: BIG, limit: 100 }),
  'react, and see who did': async (api) => {
    await api.reactions.add.mutate({ conversationId: BIG, seq: 4_000, emoji: '👍' });
    await api.reactions.list.query({ conversationId: BIG, seq: 4_000 });
    await api.reactions.remove.mutate({ conversationId: BIG, seq: 4_000, emoji: '👍' });
  },
  'edit, and delete': async (api) => {
    const { seq } = await say(api, BIG);
    await api.messages.edit.mutate({ conversationId: BIG, seq, text: 'milk' });
    await api.messages.history.query({ conversationId: BIG, seq });
    await api.messages.delete.mutate({ conversationId: BIG, seq, scope: 'everyone' });
    const other = await say(api, BIG);
    await api.messages.delete.mutate({ conversationId: BIG, seq: other.seq, scope: 'me' });
  },
  'what is pinned': (api) => api.messages.pinned.query({ conversationId: BIG }),
  'open a thread': async (api) => {
    const { id } = await api.threads.open.mutate({ conversationId: BIG, seq: 4_000 });
    await say(api, id);
    await api.threads.list.query({});
  },
  'write, and be seen to': async (api) => {
    await api.typing.start.mutate({ conversationId: BIG });
    await api.drafts.set.mutate({ conversationId: BIG, text: 'I meant' });
    await api.presence.get.query({ userIds: [friend.id] });
  },
  'look at people': async (api) => {
    await api.users.me.query();
    await api.users.get.query({ userId: friend.id });
    await api.users.search.query({ query: 'frie' });
    await api.friends.list.query({});
    await api.friendRequests.list.query({});
    await api.contacts.list.query({});
    await api.blocks.list.query();
  },
  'what is shown for a day': async (api) => {
    await api.stories.feed.query({});
    await api.stories.mine.query();
    await api.stories.markSeen.mutate({ storyId: storyOf(4_001) });
    await api.stories.viewers.query({ storyId: storyOf(5_000) });
  },
  'what is sent later': async (api) => {
    const sendAt = new Date(Date.now() + 86_400_000).toISOString();
    const later = { conversationId: BIG, text: 'later', sendAt, clientMessageId: v7() };
    const { id } = await api.scheduled.create.mutate(later);
    await api.scheduled.list.query();
    await api.scheduled.cancel.mutate({ id });
    await takeDue(server.nodes[1]!.app);
  },
  'send a file, and fetch one': async (api) => {
    const { id } = await upload(me, pdf());
    await say(api, BIG, { attachments: [id] });
    const { url } = await api.files.link.query({ fileId: fileOf(2_000) });
    expect((await fetch(onNode(me, url, 1))).status).toBe(404);
  },
  'what changes between people': async (api) => {
    const userId = personOf(500);
    await api.friendRequests.send.mutate({ userId });
    await api.friendRequests.cancel.mutate({ userId });
    await api.contacts.create.mutate({ userId });
    await api.contacts.remove.mutate({ userId });
    await api.blocks.add.mutate({ userId });
    await api.blocks.remove.mutate({ userId });
    await api.users.setStatus.mutate({ text: 'rowing' });
    await api.settings.update.mutate({ readReceipts: false });
    await api.settings.update.mutate({ readReceipts: true });
  },
  'who comes into a group, and goes': async (api) => {
    const { id: conversationId } = await api.groups.create.mutate({ title: 'tea', userIds: [friend.id] });
    await api.groups.addMembers.mutate({ conversationId, userIds: [personOf(500), personOf(501)] });
    await api.groups.removeMember.mutate({ conversationId, userId: personOf(500) });
    await api.conversations.clear.mutate({ conversationId });
    await api.groups.transferOwnership.mutate({ conversationId, userId: friend.id });
    await api.groups.leave.mutate({ conversationId });
  },
  'a story comes, and goes': async (api) => {
    const { id: fileId } = await upload(me, mp4(), { purpose: 'story' });
    const { id: storyId } = await api.stories.create.mutate({ fileId });
    await api.stories.delete.mutate({ storyId });
  },
  'what is swept': async () => {
    const { app } = server.nodes[1]!;
    for (const sweep of [sweepFiles, sweepStories, sweepExports, cleanUp, trimMessages]) await sweep(app);
  },
  'renew the session': async () => {
    const { refreshToken } = me.tokens;
    Object.assign(me.tokens, await server.people.stranger(1).auth.refresh.mutate({ refreshToken }));
  },
};

test.each(Object.entries(DEEDS))('%s', async (_, deed) => {
  told.length = 0;
  // From the sixth time on Postgres may plan without the values.
  for (let round = 0; round < 6; round++) await deed(me.on(1));
  expect(told.length).toBeGreaterThan(0);
  expect([...new Set(told.flatMap(faultsOf))]).toEqual([]);
});

test('mark as read, and as delivered', async () => {
  const { messages } = me.on(1);
  told.length = 0;
  await Promise.all([
    messages.markRead.mutate({ conversationId: BIG, seq: 4_000 }),
    messages.markDelivered.mutate({ conversationId: BIG }),
  ]);
  expect(told.some((statement) => statement['Query Text'].includes('UPDATE members'))).toBe(true);
  expect(told.flatMap(faultsOf)).toEqual([]);
});

test('to go on from where one was', async () => {
  const { cursor } = await me.api.messages.list.query({ conversationId: BIG });
  const [epoch, position] = cursor.split('.');
  told.length = 0;
  for (const behind of [10, 100])
    (await me.subscribe({ node: 1, cursor: `${epoch}.${Number(position) - behind}` })).close();
  expect(told.some((statement) => statement['Query Text'].includes('topic_intervals'))).toBe(true);
  expect([...new Set(told.flatMap(faultsOf))]).toEqual([]);
});

const say = (api: Api, conversationId: string, more: object = {}) =>
  api.messages.send.mutate({ conversationId, text: 'more tea', clientMessageId: v7(), ...more });

/**
 * SQL: 1,000 people in 8,000 groups of three, and all of them in one; me in 20, and in that one, with a friend. There are
 * 5,000 messages in the large one and 3 in each of the others, with the log that goes with them; 4,000 files in messages,
 * 4,000 stories, 5,000 messages to be sent later, and so on; and statistics.
 */
const filling = (me: string, friend: string): string => `
  CREATE TEMP TABLE people AS
    SELECT n, ('10000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid AS id FROM generate_series(3, 1000) n
    UNION ALL VALUES (1, '${me}'::uuid), (2, '${friend}'::uuid);
  INSERT INTO users (id, username, username_key, email, email_key, password_hash, created_at)
  SELECT id, 'u' || n, 'u' || n, 'u' || n, 'u' || n, '', now() FROM people WHERE n > 2;
  INSERT INTO sessions (id, user_id, device, created_at, last_used_at, expires_at, absolute_expires_at)
  SELECT id, id, '', now(), now(), now() + interval '1 day', now() + interval '1 day' FROM people WHERE n > 2;
  INSERT INTO conversations (id, kind, title, description, created_at, member_count, last_seq, last_activity_at)
  SELECT ('20000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'group', 'g', repeat('tea ', 60), now() - interval '1 day',
    CASE n WHEN 0 THEN 1000 ELSE 3 END, CASE n WHEN 0 THEN 5000 ELSE 3 END, now() - n * interval '1 s'
  FROM generate_series(0, 8000) n;
  CREATE TEMP TABLE numbered AS SELECT row_number() OVER (ORDER BY id) - 1 AS n, id FROM conversations;
  CREATE TEMP TABLE places AS
    SELECT c.n, c.id AS conversation_id, p.id AS user_id, p.n AS person
    FROM (SELECT n, id, unnest(ARRAY[CASE WHEN n <= 20 THEN 1 ELSE 3 + n * 7 % 900 END, 3 + n * 11 % 950, 3 + n * 13 % 990])
            AS person FROM numbered WHERE n > 0
          UNION ALL SELECT n, numbered.id, generate_series(1, 1000) FROM numbered WHERE n = 0) c
    JOIN people p ON p.n = c.person;
  INSERT INTO members (conversation_id, user_id, role, joined_at, joined_seq, read_seq, shown_read_seq)
  SELECT DISTINCT ON (conversation_id, user_id) conversation_id, user_id,
    (CASE person WHEN 1 THEN 'owner' ELSE 'member' END)::member_role, now(), 0, CASE n WHEN 0 THEN 3500 ELSE 1 END, 0 FROM places;
  INSERT INTO messages (id, conversation_id, seq, sender_id, fingerprint, text, created_at)
  SELECT gen_random_uuid(), '${BIG}', s, p.id, '', repeat('tea and milk ', 15) || CASE WHEN s % 100 = 77 THEN 'rare' || s ELSE '' END,
    now() - (6000 - s) * interval '1 min'
  FROM generate_series(1, 5000) s JOIN people p ON p.n = 1 + s % 1000;
  INSERT INTO messages (id, conversation_id, seq, sender_id, fingerprint, text, created_at)
  SELECT gen_random_uuid(), p.conversation_id, s, user_id, '', repeat('cup of tea ', 20), now() - interval '1 day'
  FROM (SELECT DISTINCT ON (conversation_id) * FROM places WHERE n > 0) p CROSS JOIN generate_series(1, 3) s;
  INSERT INTO events (position, topic, type, refs, created_at)
  SELECT (SELECT max(position) FROM events) + row_number() OVER (), conversation_id, 'message.created',
    jsonb_build_object('seq', seq), created_at FROM messages;
  INSERT INTO topic_intervals (user_id, topic, opened_at) SELECT user_id, conversation_id, 0 FROM members ON CONFLICT DO NOTHING;
  INSERT INTO topic_intervals (user_id, topic, opened_at) SELECT id, id, 0 FROM people WHERE n > 2;
  INSERT INTO reactions (user_id, conversation_id, seq, emoji, place, created_at)
  SELECT p.id, '${BIG}', s, '🎉', 1, now() FROM generate_series(1, 4900, 10) s JOIN people p ON p.n BETWEEN 3 AND 12;
  UPDATE messages SET reacted = true WHERE conversation_id = '${BIG}' AND seq % 10 = 1;
  INSERT INTO hidden_messages (user_id, conversation_id, seq)
  SELECT p.id, '${BIG}', s FROM generate_series(1, 4900, 10) s JOIN people p ON p.n BETWEEN 3 AND 12;
  INSERT INTO files (id, owner_id, purpose, status, name, size, type, kind, used, created_at)
  SELECT ('30000000-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid, p.id,
    (CASE WHEN i > 4000 THEN 'story' ELSE 'message' END)::file_purpose, 'ready', 'a.pdf', 1, 'application/pdf', 'document', true, now()
  FROM generate_series(1, 8000) i JOIN people p ON p.n = 1 + i % 1000;
  INSERT INTO attachments (conversation_id, seq, file_id)
  SELECT '${BIG}', n, ('30000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid FROM generate_series(1, 4000) n;
  INSERT INTO stories (id, author_id, file_id, chosen, created_at, expires_at)
  SELECT ('40000000' || substr(id::text, 9))::uuid, owner_id, id, false, now(), now() + interval '1 day' FROM files WHERE purpose = 'story';
  INSERT INTO story_views (story_id, viewer_id, seen_at)
  SELECT s.id, p.id, now() FROM stories s JOIN people p ON p.n BETWEEN 3 AND 6 WHERE p.id <> s.author_id;
  INSERT INTO scheduled_messages (id, user_id, conversation_id, fingerprint, text, send_at, due_at, created_at, updated_at)
  SELECT gen_random_uuid(), p.id, '${BIG}', '', 'later', now() + interval '1 day', now() + interval '1 day', now(), now()
  FROM generate_series(1, 5000) i JOIN people p ON p.n = 3 + i % 990;
  INSERT INTO friendships (user_id, friend_id, since)
  SELECT a.id, b.id, now() FROM people a JOIN people b ON abs(a.n - b.n) IN (1, 2) WHERE a.n > 2 AND b.n > 2;
  INSERT INTO contacts (owner_id, user_id, created_at)
  SELECT a.id, b.id, now() FROM people a JOIN people b ON b.n - a.n IN (3, 4) WHERE a.n > 2;
  INSERT INTO blocks (blocker_id, blocked_id, created_at)
  SELECT a.id, b.id, now() FROM people a JOIN people b ON b.n - a.n IN (5, 6) WHERE a.n > 2;
  INSERT INTO friend_requests (sender_id, receiver_id, created_at)
  SELECT a.id, b.id, now() FROM people a JOIN people b ON b.n - a.n IN (7, 8) WHERE a.n > 2;
  INSERT INTO drafts (user_id, conversation_id, text, updated_at)
  SELECT user_id, conversation_id, 'I meant', now() FROM members WHERE conversation_id <> '${BIG}' AND user_id <> '${me}';
  ANALYZE`;
