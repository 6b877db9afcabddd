import pg from 'pg';
import { expect, test } from 'vitest';
import { Calendar } from './calendar.ts';
import { runSql } from './database.ts';
import { testServer } from './server.ts';

const lists = ['friends', 'friendRequests', 'contacts', 'blocks'] as const;

test('the people of a snapshot are those of its moment, not of the moment when they are read', async () => {
  await using server = await testServer();
  const [alice, bob] = await server.people.all('alice', 'bob');
  // What a snapshot reads behind its cursor waits for this one, which commits something new of each kind.
  const writer = new pg.Client({ connectionString: server.databaseUrl });
  await writer.connect();
  await writer.query('BEGIN; LOCK TABLE members IN ACCESS EXCLUSIVE MODE');
  const reading = alice.api.sync.bootstrap.query();
  const waiting = () =>
    runSql(
      server.databaseUrl,
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
       AND query LIKE '%coalesce(m.seq, me.joined_seq)%'`,
    );
  await expect.poll(waiting).toHaveLength(1);
  await writer.query(`
    INSERT INTO friendships (user_id, friend_id, since) VALUES ('${alice.id}', '${bob.id}', now());
    INSERT INTO friend_requests (sender_id, receiver_id, created_at) VALUES ('${bob.id}', '${alice.id}', now());
    INSERT INTO contacts (owner_id, user_id, created_at) VALUES ('${alice.id}', '${bob.id}', now());
    INSERT INTO blocks (blocker_id, blocked_id, created_at) VALUES ('${alice.id}', '${bob.id}', now());
    COMMIT`);
  await writer.end();
  const [before, after] = [await reading, await alice.api.sync.bootstrap.query()];
  for (const list of lists) {
    expect(before[list]).toEqual([]);
    expect(after[list]).toMatchObject([{ user: { id: bob.id } }]);
  }
});

test('a snapshot has the same people as their lists, the newest first', async () => {
  const clock = new Calendar();
  await using server = await testServer({ clock });
  const [alice, bob, carol, dave, eve] = await server.people.all('alice', 'bob', 'carol', 'dave', 'eve');
  const { api } = alice;
  const next = () => clock.advance(1_000);
  for (const { api: theirs, id } of [bob, carol]) {
    await theirs.friendRequests.send.mutate({ userId: alice.id });
    await api.friendRequests.accept.mutate({ userId: id });
    await api.contacts.create.mutate({ userId: id });
    next();
  }
  await dave.api.friendRequests.send.mutate({ userId: alice.id });
  for (const { id } of [bob, carol]) {
    next();
    await api.blocks.add.mutate({ userId: id });
  }
  await api.friendRequests.send.mutate({ userId: eve.id });
  const snapshot = await api.sync.bootstrap.query();
  expect(snapshot.friends).toEqual((await api.friends.list.query({})).friends);
  expect(snapshot.friendRequests).toEqual((await api.friendRequests.list.query({})).requests);
  expect(snapshot.contacts).toEqual((await api.contacts.list.query({})).contacts);
  expect(snapshot.blocks).toEqual((await api.blocks.list.query()).blocks);
  const idsOf = (list: (typeof lists)[number]) => snapshot[list].map(({ user }) => user.id);
  expect(lists.map(idsOf)).toEqual([
    [carol.id, bob.id],
    [eve.id, dave.id],
    [carol.id, bob.id],
    [carol.id, bob.id],
  ]);
});
