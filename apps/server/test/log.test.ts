import pg from 'pg';
import { v7 } from 'uuid';
import { expect, test } from 'vitest';
import { append } from '../src/events/append.ts';
import { pruneLog } from '../src/events/retention.ts';
import { testDatabase } from './database.ts';
import { schedule } from './schedules.ts';
import { ManualClock, serverForAll, testServer } from './server.ts';

const server = serverForAll({ nodes: 2 });

const positions = async (database: { query: pg.Pool['query'] }) =>
  (await database.query<{ position: string }>('SELECT position FROM events ORDER BY position')).rows.map(
    (row) => Number(row.position),
  );
const dense = (length: number) => Array.from({ length }, (_, n) => n + 1);

test('two open transactions that commit in reverse order: positions follow the commits, nothing is skipped', async () => {
  await using server = await testServer();
  const { database } = server.nodes[0].app;
  const [alice, bob] = await server.people.all('alice', 'bob');
  const [forAlice, forBob] = await Promise.all([alice.subscribe(), bob.subscribe()]);
  const ended = (sessionId: string) => ({
    type: 'session.ended' as const,
    refs: { sessionId, reason: 'revoked' },
  });

  const aliceAppended = Promise.withResolvers<void>();
  const bobCommitted = Promise.withResolvers<void>();
  const first = database.transaction(async (tx) => {
    await append(tx, { topic: alice.id, ...ended(v7()) });
    aliceAppended.resolve();
    await bobCommitted.promise;
  });
  await aliceAppended.promise;
  await database.transaction((tx) => append(tx, { topic: bob.id, ...ended(v7()) }));
  await forBob.until(({ type }) => type === 'session.ended');
  bobCommitted.resolve();
  await first;
  await forAlice.until(({ type }) => type === 'session.ended');

  const ends = "SELECT topic FROM events WHERE type = 'session.ended' ORDER BY position";
  const { rows } = await database.pool.query(ends);
  expect(rows.map(({ topic }) => topic)).toEqual([bob.id, alice.id]);
  // Both have signed in before.
  expect(await positions(database.pool)).toEqual(dense(2 + 2));
});

test('positions are dense whatever rolls back, under many writers of both kinds', async () => {
  await using server = await testServer({ nodes: 2 });
  const [one, two] = server.nodes as [(typeof server.nodes)[0], (typeof server.nodes)[0]];
  const [alice, bob] = await server.people.all('alice', 'bob');
  const conversation = await alice.talkTo(bob);
  const event = {
    topic: alice.id,
    type: 'session.ended' as const,
    refs: { sessionId: v7(), reason: 'revoked' },
  };
  const rolledBack = new Error('rolled back');
  await Promise.all(
    dense(60).map(async (n) => {
      const node = n % 2 ? one : two;
      if (n % 3 === 0)
        await (n % 2 ? alice : bob)
          .on(n % 2)
          .messages.send.mutate({ conversationId: conversation, text: `${n}`, clientMessageId: v7() });
      else if (n % 3 === 1) await node.app.database.transaction((tx) => append(tx, event));
      else
        await node.app.database
          .transaction(async (tx) => {
            await append(tx, event);
            throw rolledBack;
          })
          .catch((error) => expect(error).toBe(rolledBack));
    }),
  );
  // Two have signed in and begun a conversation.
  expect(await positions(one.app.database.pool)).toEqual(dense(3 + 40));
});

test('100 keys sent by 4 callers at once on two nodes: 100 messages, no gap, and all got the same answer', async () => {
  const [alice, bob] = await server.people.all('alice', 'bob');
  const conversationId = await alice.talkTo(bob);
  const keys = dense(100).map(() => v7());
  const answers = await Promise.all(
    dense(4).map((caller) =>
      Promise.all(
        keys.map((clientMessageId) =>
          alice
            .on(caller % 2)
            .messages.send.mutate({ conversationId, text: `as ${clientMessageId}`, clientMessageId }),
        ),
      ),
    ),
  );
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  expect(answers[0]!.map(({ seq }) => seq).sort((a, b) => a - b)).toEqual(dense(100));
});

test('the same key with other content is a typed conflict that names the message stored', async () => {
  const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
  const [withBob, withCarol] = [await alice.talkTo(bob), await alice.talkTo(carol)];
  const key = v7();
  const stored = await alice.say(withBob, 'hello', key);
  const conflict = { data: { code: 'IDEMPOTENCY_CONFLICT', httpStatus: 409, messageId: stored.id } };
  await expect(alice.say(withBob, 'something else', key)).rejects.toMatchObject(conflict);
  await expect(alice.say(withCarol, 'hello', key)).rejects.toMatchObject(conflict);
  expect(await alice.say(withBob, 'hello', key)).toEqual(stored);
  // Another person's keys are their own.
  expect((await bob.say(withBob, 'hello', key)).seq).toBe(2);
});

test('one bad send never fails its neighbours', async () => {
  const [alice, bob, stranger] = await server.people.all('alice', 'bob', 'stranger');
  const conversation = await alice.talkTo(bob);
  const results = await Promise.allSettled([
    alice.say(conversation, 'one'),
    stranger.say(conversation, 'let me in'),
    bob.say(conversation, 'two'),
    alice.say(v7(), 'nowhere'),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected']);
  for (const result of results)
    if (result.status === 'rejected')
      expect(result.reason.data).toEqual({ code: 'NOT_FOUND', httpStatus: 404, what: 'conversation' });
});

test('the log is pruned up to what is kept, never its newest event, and goes on dense', async () => {
  await using server = await testServer();
  const { database } = server.nodes[0].app;
  const [alice, bob] = await server.people.all('alice', 'bob');
  const conversation = await alice.talkTo(bob);
  for (const text of ['one', 'two', 'three']) await alice.say(conversation, text);
  const clock = new ManualClock();
  expect(await pruneLog(database, clock, 30)).toBe(0);
  clock.advance(31 * 86_400_000);
  // Two sign-ins, the conversation and two messages.
  expect(await pruneLog(database, clock, 30)).toBe(5);
  await alice.say(conversation, 'four');
  expect(await positions(database.pool)).toEqual([6, 7]);
  expect((await alice.api.messages.list.query({ conversationId: conversation })).messages).toHaveLength(4);
});

test('hot tables, which have no foreign keys, refer to nothing that is not there', async () => {
  await using server = await testServer();
  const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
  const group = await alice.startGroup('tea', bob, carol);
  await bob.say(group, 'hello');
  const thread = await carol.api.threads.open.mutate({ conversationId: group, seq: 1 });
  await carol.say(thread.id, 'hello');
  for (const person of [bob, carol]) {
    await person.api.reactions.add.mutate({ conversationId: group, seq: 1, emoji: '👍' });
    await person.api.drafts.set.mutate({ conversationId: group, text: 'not sent' });
    await schedule(person, group, 'later');
  }
  await carol.api.groups.leave.mutate({ conversationId: group });
  await alice.talkTo(bob);
  const { pool } = server.nodes[0].app.database;
  const dangling = `
    SELECT 'member' FROM members m LEFT JOIN conversations c ON c.id = m.conversation_id
      LEFT JOIN users u ON u.id = m.user_id WHERE c.id IS NULL OR u.id IS NULL
    UNION ALL
    SELECT 'thread' FROM conversations t LEFT JOIN conversations c ON c.id = t.parent_id
      WHERE t.parent_id IS NOT NULL AND c.id IS NULL
    UNION ALL
    SELECT 'root' FROM messages m LEFT JOIN conversations t ON t.id = m.thread_id AND t.parent_seq = m.seq
      WHERE m.thread_id IS NOT NULL AND t.id IS NULL
    UNION ALL
    SELECT 'message' FROM messages m LEFT JOIN conversations c ON c.id = m.conversation_id
      LEFT JOIN users u ON u.id = m.sender_id WHERE c.id IS NULL OR u.id IS NULL
    UNION ALL
    SELECT 'event' FROM events e LEFT JOIN conversations c ON c.id = e.topic
      LEFT JOIN users u ON u.id = e.topic WHERE c.id IS NULL AND u.id IS NULL
    UNION ALL
    SELECT 'interval' FROM topic_intervals i LEFT JOIN conversations c ON c.id = i.topic
      LEFT JOIN users u ON u.id = i.user_id WHERE c.id IS NULL OR u.id IS NULL
    UNION ALL
    SELECT 'reaction' FROM reactions r LEFT JOIN users u ON u.id = r.user_id
      LEFT JOIN messages m ON m.conversation_id = r.conversation_id AND m.seq = r.seq
      WHERE u.id IS NULL OR m.id IS NULL OR m.tombstone
    UNION ALL
    SELECT 'unsent' FROM drafts d LEFT JOIN members m ON m.conversation_id = d.conversation_id AND m.user_id = d.user_id
      WHERE m.user_id IS NULL
    UNION ALL
    SELECT 'scheduled' FROM scheduled_messages s LEFT JOIN users u ON u.id = s.user_id WHERE u.id IS NULL
    UNION ALL
    SELECT 'draft' FROM event_drafts`;
  expect((await pool.query(dangling)).rows).toEqual([]);
});

test('a transaction that stays open holds nobody up: it has no position until it commits', async () => {
  await using database = await testDatabase();
  await using pool = Object.assign(new pg.Pool({ connectionString: database.url, max: 2 }), {
    [Symbol.asyncDispose]: () => pool.end(),
  });
  // A connection that ends after its database is no fault.
  pool.on('error', () => {});
  const [stuck, other] = [await pool.connect(), await pool.connect()];
  const draft = `INSERT INTO event_drafts (topic, type, refs) VALUES ('${v7()}', 'session.ended', '{}')`;
  // As far as a client can get without committing: the log's lock is not taken yet.
  await stuck.query('BEGIN');
  await stuck.query(draft);
  await other.query(draft);
  expect(await positions(other)).toEqual([1]);
  await stuck.query('COMMIT');
  expect(await positions(other)).toEqual([1, 2]);
  stuck.release();
  other.release();
});
