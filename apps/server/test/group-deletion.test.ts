import { v7 } from 'uuid';
import { expect, test } from 'vitest';
import { clearGroup } from '../src/groups/clear.ts';
import { eraseMessages } from '../src/messages/erase.ts';
import { runSql } from './database.ts';
import { serverForAll, type TestServer } from './server.ts';

const TABLES = [
  ...['conversations', 'members', 'former_members', 'messages'],
  ...['message_edits', 'hidden_messages', 'reactions', 'drafts', 'invites'],
];

/** How much there is of a group. */
async function leftOf({ databaseUrl }: TestServer, conversationId: string): Promise<Record<string, number>> {
  const counts = TABLES.map((table) => {
    const key = table === 'conversations' ? 'id' : 'conversation_id';
    return `SELECT '${table}' AS "table", count(*)::int FROM ${table} WHERE ${key} = '${conversationId}'`;
  });
  const rows = await runSql<{ table: string; count: number }>(databaseUrl, counts.join(' UNION ALL '));
  return Object.fromEntries(rows.filter(({ count }) => count > 0).map(({ table, count }) => [table, count]));
}

const server = serverForAll({ nodes: 2 });

test('a group that is deleted is nobody’s at once, and a job takes away all of it', async () => {
  const [alice, bob, carol, dave] = await server.people.all('alice', 'bob', 'carol', 'dave');
  const conversationId = await alice.startGroup('tea', bob, carol, dave);
  const other = await alice.startGroup('coffee', bob);
  for (const text of ['one', 'two', 'three']) await bob.say(conversationId, text);
  await bob.say(other, 'stays');
  await bob.api.messages.edit.mutate({ conversationId, seq: 1, text: 'other' });
  await bob.api.messages.delete.mutate({ conversationId, seq: 2, scope: 'me' });
  await bob.api.reactions.add.mutate({ conversationId, seq: 1, emoji: '👍' });
  await bob.api.drafts.set.mutate({ conversationId, text: 'not sent' });
  await dave.api.groups.leave.mutate({ conversationId });
  const { token } = await alice.api.invites.create.mutate({ conversationId });
  expect(Object.keys(await leftOf(server, conversationId)).sort()).toEqual(TABLES.toSorted());

  const before = await carol.subscribe();
  const { cursor } = before;
  before.close();
  const streams = await Promise.all([bob.subscribe({ node: 1 }), bob.subscribe({ transport: 'sse' })]);
  await alice.api.groups.delete.mutate({ conversationId });
  const deleted = { type: 'conversation.deleted', conversationId, actorId: alice.id };
  await expect(alice.api.groups.delete.mutate({ conversationId })).rejects.toMatchObject({
    data: { code: 'NOT_FOUND' },
  });
  await expect(bob.say(conversationId, 'too late')).rejects.toMatchObject({ data: { code: 'NOT_FOUND' } });
  await expect(bob.api.messages.list.query({ conversationId })).rejects.toMatchObject({
    data: { code: 'NOT_FOUND' },
  });
  await expect(dave.api.invites.accept.mutate({ token })).rejects.toMatchObject({
    data: { code: 'INVALID_INVITE' },
  });
  expect((await carol.api.sync.bootstrap.query()).conversations).toEqual([]);

  await expect.poll(() => leftOf(server, conversationId)).toEqual({});
  await alice.say(other, 'the last');
  for (const stream of streams) {
    await stream.when(() => stream.texts.includes('the last'));
    expect(stream.events).toMatchObject([deleted, { type: 'message.created' }]);
  }
  // Whoever was away hears of it, and of nothing that is gone.
  const resumed = await carol.subscribe({ cursor });
  expect(resumed.events).toEqual([deleted]);
  expect(await leftOf(server, other)).toMatchObject({ conversations: 1, members: 2, messages: 2 });
});

test('the job can be broken off and begun again anywhere, and leaves a living group alone', async () => {
  const [{ app }] = server.nodes;
  const alice = await server.people.join('alice');
  const [conversationId, living] = [await alice.startGroup('tea'), await alice.startGroup('coffee')];
  await alice.say(living, 'stays');
  await alice.api.groups.leave.mutate({ conversationId });
  await runSql(
    server.databaseUrl,
    `INSERT INTO messages (id, conversation_id, seq, sender_id, fingerprint, text, created_at)
       SELECT gen_random_uuid(), '${conversationId}', n, '${alice.id}', '', 'text', now() FROM generate_series(1, 2500) n;
     INSERT INTO message_edits (conversation_id, seq, version, text, written_at)
       SELECT '${conversationId}', n, 1, 'text', now() FROM generate_series(1, 2500) n;
     INSERT INTO reactions (user_id, conversation_id, seq, emoji, place, created_at)
       SELECT '${alice.id}', '${conversationId}', n, '👍', 1, now() FROM generate_series(1, 2500) n;
     INSERT INTO hidden_messages SELECT '${alice.id}', '${conversationId}', n FROM generate_series(1, 2500) n;
     UPDATE conversations SET last_seq = 2500 WHERE id = '${conversationId}'`,
  );
  const { pool } = app.database;
  let tries = 0;
  for (let done = false; !done; tries++) {
    let left = 1 + tries;
    const query = (...given: unknown[]) => {
      left -= 1;
      return left < 0 ? Promise.reject(new Error('broken off')) : Reflect.apply(pool.query, pool, given);
    };
    const broken = { ...app, database: { ...app.database, pool: { query } } } as unknown as typeof app;
    done = await clearGroup(broken, { conversationId }).then(
      () => true,
      () => false,
    );
    await clearGroup(broken, { conversationId: living }).catch(() => {});
  }
  expect(tries).toBeGreaterThan(5);
  expect(await leftOf(server, conversationId)).toEqual({});
  expect(await leftOf(server, living)).toEqual({ conversations: 1, members: 1, messages: 1 });
  await clearGroup(app, { conversationId });
  // An account that goes has nothing more to erase there.
  await eraseMessages(app, { conversationId, senderId: alice.id });
  await eraseMessages(app, { conversationId: v7(), senderId: alice.id });
});
