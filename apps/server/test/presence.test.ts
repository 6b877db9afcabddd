import { createClient } from '@parley/client';
import { LIMITS } from '@parley/contract';
import { v7 } from 'uuid';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { watchedBy } from '../src/presence/audience.ts';
import { Cable } from './cable.ts';
import { addPeople } from './crowd.ts';
import { runSql } from './database.ts';
import { loseNotifications } from './lost-notifications.ts';
import type { Person } from './people.ts';
import {
  addCrowd,
  clockedForAll,
  clockedServer,
  fence,
  hangUp,
  seenBy,
  statusesOf,
  untilSeen,
} from './presences.ts';
import { testServer } from './server.ts';

afterEach(() => vi.restoreAllMocks());

describe.each([1, 2])('on %i node(s)', (nodes) => {
  const server = clockedForAll({ nodes });
  const last = nodes - 1;

  describe.each(['ws', 'sse'] as const)('over %s', (transport) => {
    test('people see each other come, change, hide and go, and when they were last here', async () => {
      const [alice, bob] = await server.people.all('alice', 'bob');
      await alice.talkTo(bob);
      const his = await bob.subscribe({ transport, node: last });
      const hers = await alice.subscribe({ transport });
      await untilSeen(hers, bob, 'online', server);
      await untilSeen(his, alice, 'online', server);
      expect(seenBy(hers, bob)).toEqual({ userId: bob.id, status: 'online', lastSeenAt: null });

      for (const status of ['away', 'busy', 'online'] as const) {
        await bob.on(last).presence.set.mutate({ status });
        await untilSeen(hers, bob, status, server);
      }
      const hiddenAt = server.clock.now().toISOString();
      await bob.on(last).presence.set.mutate({ status: 'invisible' });
      await untilSeen(hers, bob, 'offline', server);
      expect(seenBy(hers, bob)!.lastSeenAt).toBe(hiddenAt);
      await bob.on(last).presence.set.mutate({ status: 'busy' });
      await untilSeen(hers, bob, 'busy', server);

      const leftAt = server.clock.now().toISOString();
      await hangUp(his);
      await server.later(4);
      expect((await alice.api.presence.get.query({ userIds: [bob.id] })).people).toEqual([
        { userId: bob.id, status: 'busy', lastSeenAt: null },
      ]);
      await untilSeen(hers, bob, 'offline', server);
      expect(seenBy(hers, bob)!.lastSeenAt).toBe(leftAt);
      expect((await alice.api.presence.get.query({ userIds: [bob.id] })).people).toEqual([
        { userId: bob.id, status: 'offline', lastSeenAt: leftAt },
      ]);
    });
  });

  test('whoever comes is told in one frame of all who are here, and of nobody else', async () => {
    const [alice, bob, carol, dave] = await server.people.all('alice', 'bob', 'carol', 'dave');
    await alice.startGroup('tea', bob, carol, dave);
    const his = await bob.subscribe({ node: last });
    await carol.subscribe();
    await untilSeen(his, carol, 'online', server);
    await carol.api.presence.set.mutate({ status: 'away' });
    await untilSeen(his, carol, 'away', server);
    const hers = await alice.subscribe();
    await untilSeen(hers, bob, 'online', server);
    const frames = hers.received.filter(({ data }) => data.type === 'presence.changed');
    expect(frames.map(({ data }) => data)).toEqual([
      {
        type: 'presence.changed',
        people: expect.toSatisfy((people: unknown[]) => people.length === 2),
        hidden: [],
      },
    ]);
    expect([bob, carol, dave].map((person) => seenBy(hers, person)?.status)).toEqual([
      'online',
      'away',
      undefined,
    ]);
  });

  test('of two tabs, one that closes changes nothing', async () => {
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    await alice.startGroup('tea', bob, carol);
    const hers = await alice.subscribe();
    const tab = await bob.subscribe();
    const phone = await bob.subscribe({ transport: 'sse', node: last });
    await untilSeen(hers, bob, 'online', server);
    await hangUp(tab);
    await server.later(10);
    await fence(server, carol, hers);
    expect(statusesOf(hers, bob)).not.toContain('offline');
    await hangUp(phone);
    await untilSeen(hers, bob, 'offline', server);
  });

  test('a reconnect within five seconds is seen by nobody', async () => {
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    const conversationId = await alice.startGroup('tea', bob, carol);
    const hers = await alice.subscribe();
    const first = await bob.subscribe();
    await untilSeen(hers, bob, 'online', server);
    await hangUp(first);
    await server.later(4);
    const second = await bob.subscribe({ node: last });
    await server.nodes[last]!.app.presence.turn();
    // It goes the same way between nodes, behind the news of who has come.
    await bob.on(last).typing.start.mutate({ conversationId });
    await hers.until(({ type }) => type === 'typing');
    await server.later(10);
    await fence(server, carol, hers);
    expect(statusesOf(hers, bob)).toEqual(['online']);
    await hangUp(second);
    await untilSeen(hers, bob, 'offline', server);
  });
});

test('the people of a node that was killed are offline within 30 seconds, since the end of its lease', async () => {
  await using server = await clockedServer({ nodes: 2 });
  const [alice, bob] = await server.people.all('alice', 'bob');
  await alice.talkTo(bob);
  const hers = await alice.subscribe();
  // What a node leaves behind that is killed right after it has renewed its lease.
  const leaseUntil = new Date(server.clock.now().getTime() + 15_000).toISOString();
  const node = v7();
  await runSql(
    server.databaseUrl,
    `INSERT INTO nodes VALUES ('${node}', '${leaseUntil}', 7);
     INSERT INTO online VALUES ('${node}', '${bob.id}')`,
  );
  await server.later(6);
  await untilSeen(hers, bob, 'online');
  await server.later(8);
  expect(seenBy(hers, bob)!.status).toBe('online');
  await server.later(12);
  await untilSeen(hers, bob, 'offline');
  expect(seenBy(hers, bob)!.lastSeenAt).toBe(leaseUntil);
  expect(await runSql(server.databaseUrl, `SELECT FROM online WHERE node_id = '${node}'`)).toEqual([]);
});

test('a node that lost its lease brings its people back', async () => {
  await using server = await clockedServer({ nodes: 2 });
  const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
  await alice.startGroup('tea', bob, carol);
  const hers = await alice.subscribe();
  await bob.subscribe({ node: 1 });
  await untilSeen(hers, bob, 'online', server);
  await runSql(server.databaseUrl, 'TRUNCATE nodes, online');
  await server.later(6);
  await server.later(6);
  await fence(server, carol, hers);
  expect(seenBy(hers, bob)!.status).toBe('online');
  expect(await runSql(server.databaseUrl, 'SELECT user_id FROM online ORDER BY user_id')).toEqual(
    [alice, bob, carol].map(({ id }) => ({ user_id: id })).sort((a, b) => (a.user_id < b.user_id ? -1 : 1)),
  );
});

test('what the bus loses is learnt a little later', async () => {
  await using server = await clockedServer({ nodes: 2 });
  const [alice, bob] = await server.people.all('alice', 'bob');
  await alice.talkTo(bob);
  const hers = await alice.subscribe();
  const first = await bob.subscribe({ node: 1 });
  await untilSeen(hers, bob, 'online', server);
  loseNotifications();
  await hangUp(first);
  await server.later(12);
  await untilSeen(hers, bob, 'offline', server);
  await bob.subscribe({ node: 1 });
  await untilSeen(hers, bob, 'online', server);
});

test('changes of one second come in one frame', async () => {
  await using server = await clockedServer();
  const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
  await alice.startGroup('tea', bob, carol);
  const hers = await alice.subscribe();
  await bob.subscribe();
  await untilSeen(hers, bob, 'online', server);
  await server.later(2);
  const { presence } = server.nodes[0].app;
  const frames = () => hers.received.filter(({ data }) => data.type === 'presence.changed').length;
  const before = frames();
  await bob.api.presence.set.mutate({ status: 'away' });
  await untilSeen(hers, bob, 'away');
  for (const status of ['busy', 'online', 'busy', 'away', 'busy'] as const) {
    await bob.api.presence.set.mutate({ status });
    await server.people.settled(0);
    await presence.turn();
  }
  await carol.subscribe();
  await presence.turn();
  expect(frames()).toBe(before + 1);
  await server.later(1);
  await untilSeen(hers, carol, 'online', server);
  expect(seenBy(hers, bob)!.status).toBe('busy');
  expect(frames()).toBe(before + 2);
});

describe('S52: presence is not for strangers', () => {
  test('they are told nothing, and get no answer', async () => {
    await using server = await clockedServer();
    const [alice, bob, mallory] = await server.people.all('alice', 'bob', 'mallory');
    await alice.talkTo(bob);
    const theirs = await mallory.subscribe();
    const hers = await alice.subscribe();
    await bob.subscribe();
    await untilSeen(hers, bob, 'online', server);
    await server.later(3);
    expect(theirs.received.filter(({ data }) => data.type === 'presence.changed')).toEqual([]);
    const userIds = [alice.id, bob.id, v7()];
    expect(await mallory.api.presence.get.query({ userIds })).toEqual({ people: [] });
    expect((await alice.api.presence.get.query({ userIds })).people.map(({ userId }) => userId)).toEqual([
      alice.id,
      bob.id,
    ]);
    await expect(
      mallory.api.presence.get.query({
        userIds: Array.from({ length: LIMITS.presencePerCall + 1 }, () => v7()),
      }),
    ).rejects.toMatchObject({ data: { code: 'INVALID_INPUT' } });
  });

  test.each(['leave', 'delete'] as const)(
    'whoever shares no conversation any more is a stranger: %s',
    async (how) => {
      await using server = await clockedServer({ nodes: 2 });
      const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
      const conversationId = await alice.startGroup('tea', bob, carol);
      const hers = await alice.subscribe();
      const his = await bob.subscribe({ node: 1 });
      await untilSeen(hers, bob, 'online', server);
      await untilSeen(his, alice, 'online', server);
      const fenced = await alice.startGroup('fence', carol);
      await (how === 'leave' ? bob : alice).api.groups[how].mutate({ conversationId });
      await untilSeen(hers, bob, undefined, server);
      await untilSeen(his, alice, undefined, server);
      await alice.api.presence.set.mutate({ status: 'busy' });
      await bob.api.presence.set.mutate({ status: 'busy' });
      await fence(server, carol, hers);
      expect(statusesOf(hers, bob)).not.toContain('busy');
      expect(statusesOf(his, alice)).not.toContain('busy');
      expect(await alice.api.presence.get.query({ userIds: [bob.id] })).toEqual({ people: [] });
      await alice.api.groups.addMembers.mutate({ conversationId: fenced, userIds: [bob.id] });
      await untilSeen(hers, bob, 'busy', server);
      await untilSeen(his, alice, 'busy', server);
    },
  );

  test('a person who tells nobody when they were last here tells nobody', async () => {
    await using server = await clockedServer();
    const [alice, bob] = await server.people.all('alice', 'bob');
    await alice.talkTo(bob);
    const hers = await alice.subscribe();
    const his = await bob.subscribe();
    await untilSeen(hers, bob, 'online', server);
    await bob.api.settings.update.mutate({ lastSeenFor: 'nobody' });
    await hangUp(his);
    await untilSeen(hers, bob, 'offline', server);
    expect(seenBy(hers, bob)!.lastSeenAt).toBe(null);
    const { people } = await alice.api.presence.get.query({ userIds: [bob.id] });
    expect(people).toEqual([{ userId: bob.id, status: 'offline', lastSeenAt: null }]);
  });
});

const befriend = async (one: Person, other: Person) => {
  await one.api.friendRequests.send.mutate({ userId: other.id });
  await other.api.friendRequests.accept.mutate({ userId: one.id });
};
const addContact = (owner: Person, { id: userId }: Person) => owner.api.contacts.create.mutate({ userId });
const block = (blocker: Person, { id: userId }: Person) => blocker.api.blocks.add.mutate({ userId });
const unblock = (blocker: Person, { id: userId }: Person) => blocker.api.blocks.remove.mutate({ userId });
/** What somebody is answered who asks how another one is. */
const asks = async (asker: Person, { id }: Person) =>
  (await asker.api.presence.get.query({ userIds: [id] })).people[0];

describe.each([1, 2])('without a conversation, on %i node(s)', (nodes) => {
  const server = clockedForAll({ nodes });
  const last = nodes - 1;

  test('friends see each other come and go, from the beginning of it to the end', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const hers = await alice.subscribe();
    const his = await bob.subscribe({ node: last });
    await bob.api.friendRequests.send.mutate({ userId: alice.id });
    await server.later(3);
    expect(seenBy(hers, bob)).toBeUndefined();
    expect(await asks(alice, bob)).toBeUndefined();
    await alice.api.friendRequests.accept.mutate({ userId: bob.id });
    await untilSeen(hers, bob, 'online', server);
    await untilSeen(his, alice, 'online', server);
    await bob.api.presence.set.mutate({ status: 'away' });
    await untilSeen(hers, bob, 'away', server);
    const leftAt = server.clock.now().toISOString();
    await hangUp(his);
    await untilSeen(hers, bob, 'offline', server);
    expect(seenBy(hers, bob)!.lastSeenAt).toBe(leftAt);
    const again = await bob.subscribe({ node: last });
    await untilSeen(hers, bob, 'away', server);
    await alice.on(last).friends.remove.mutate({ userId: bob.id });
    await untilSeen(hers, bob, undefined, server);
    await untilSeen(again, alice, undefined, server);
    expect([await asks(alice, bob), await asks(bob, alice)]).toEqual([undefined, undefined]);
  });

  test('so do those who have each other as contacts; of one side alone nothing is told, either way', async () => {
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    await alice.talkTo(carol);
    await bob.talkTo(carol);
    const hers = await alice.subscribe();
    const his = await bob.subscribe({ node: last });
    await addContact(alice, bob);
    await fence(server, carol, hers, his);
    expect([seenBy(hers, bob), seenBy(his, alice)]).toEqual([undefined, undefined]);
    expect([await asks(alice, bob), await asks(bob, alice)]).toEqual([undefined, undefined]);
    await addContact(bob, alice);
    await untilSeen(hers, bob, 'online', server);
    await untilSeen(his, alice, 'online', server);
    expect([await asks(alice, bob), await asks(bob, alice)]).toMatchObject([
      { status: 'online' },
      { status: 'online' },
    ]);
    await alice.on(last).contacts.remove.mutate({ userId: bob.id });
    await untilSeen(hers, bob, undefined, server);
    await untilSeen(his, alice, undefined, server);
    expect([await asks(alice, bob), await asks(bob, alice)]).toEqual([undefined, undefined]);
  });
});

test('when they were last here only contacts are told, each for themselves, if somebody wants it so', async () => {
  await using server = await clockedServer({ nodes: 2 });
  const [bob, friend, contact, admirer, fellow] = await server.people.all(
    ...(['bob', 'friend', 'contact', 'admirer', 'fellow'] as const),
  );
  await bob.startGroup('tea', contact, admirer, fellow);
  await befriend(bob, friend);
  await addContact(bob, contact);
  await addContact(admirer, bob);
  await bob.api.settings.update.mutate({ lastSeenFor: 'contacts' });
  const others = [friend, contact, admirer, fellow];
  const streams = await Promise.all(others.map((person, n) => person.subscribe({ node: n % 2 })));
  const comeAndGo = async () => {
    const his = await bob.subscribe();
    for (const stream of streams) await untilSeen(stream, bob, 'online', server);
    const leftAt = server.clock.now().toISOString();
    await hangUp(his);
    for (const stream of streams) await untilSeen(stream, bob, 'offline', server);
    return leftAt;
  };
  const told = () => streams.map((stream) => seenBy(stream, bob)!.lastSeenAt);
  const answered = () => Promise.all(others.map(async (person) => (await asks(person, bob))!.lastSeenAt));

  const first = await comeAndGo();
  expect(told()).toEqual([first, first, null, null]);
  expect(await answered()).toEqual(told());

  // Of two of them it is another matter from now on.
  await bob.api.contacts.remove.mutate({ userId: contact.id });
  await addContact(bob, fellow);
  expect(await answered()).toEqual([first, null, null, first]);
  const second = await comeAndGo();
  expect(told()).toEqual([second, null, null, second]);
  expect(await answered()).toEqual(told());

  for (const [lastSeenFor, all] of [
    ['nobody', false],
    ['everyone', true],
  ] as const) {
    await bob.api.settings.update.mutate({ lastSeenFor });
    const at = await comeAndGo();
    expect(told()).toEqual(others.map(() => (all ? at : null)));
    expect(await answered()).toEqual(told());
  }
});

describe.each([1, 2])('S52: a block, on %i node(s)', (nodes) => {
  const server = clockedForAll({ nodes });
  const last = nodes - 1;

  test.each(['ws', 'sse'] as const)(
    'over %s: each sees the other as offline, whatever they do, until it ends',
    async (transport) => {
      const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
      await alice.startGroup('tea', bob, carol);
      await befriend(alice, bob);
      const hers = await alice.subscribe({ transport });
      const his = await bob.subscribe({ transport, node: last });
      await untilSeen(hers, bob, 'online', server);
      await untilSeen(his, alice, 'online', server);
      await server.later(2);
      const news = () => [hers, his].map(({ received }) => received.length);
      const before = news();
      await block(alice, bob);
      await untilSeen(hers, bob, 'offline', server);
      await untilSeen(his, alice, 'offline', server);
      const offline = ({ id: userId }: Person) => ({ userId, status: 'offline', lastSeenAt: null });
      const isSilence = () => {
        expect([seenBy(hers, bob), seenBy(his, alice)]).toEqual([offline(bob), offline(alice)]);
      };
      isSilence();
      expect(await asks(alice, bob)).toEqual(offline(bob));
      expect(await asks(bob, alice)).toEqual(offline(alice));
      for (const { received } of [hers, his])
        for (const { data } of received)
          if (data.type === 'presence.changed') expect(data.hidden).toEqual([]);
      // One frame each; and the block itself, to her.
      expect(news()).toEqual([before[0]! + 2, before[1]! + 1]);

      await alice.api.presence.set.mutate({ status: 'busy' });
      await bob.api.presence.set.mutate({ status: 'away' });
      await fence(server, carol, hers, his);
      const told = [statusesOf(hers, bob), statusesOf(his, alice)];
      expect(told).toEqual([
        ['online', 'offline'],
        ['online', 'offline'],
      ]);
      isSilence();
      expect(await asks(alice, bob)).toEqual(offline(bob));
      expect(await asks(bob, alice)).toEqual(offline(alice));
      // Others see them as they are.
      expect(await asks(carol, alice)).toMatchObject({ status: 'busy' });

      // Whoever comes back is told no more.
      const later = await bob.subscribe({ transport, node: last });
      await fence(server, carol, later);
      expect(statusesOf(later, alice)).toEqual([]);

      await unblock(alice, bob);
      await untilSeen(hers, bob, 'away', server);
      for (const stream of [his, later]) await untilSeen(stream, alice, 'busy', server);
      expect(await asks(alice, bob)).toMatchObject({ status: 'away' });
      expect(await asks(bob, alice)).toMatchObject({ status: 'busy' });
    },
  );

  test('takes away when they were last here, and gives it back', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    await alice.talkTo(bob);
    const his = await bob.subscribe({ node: last });
    const hers = await alice.subscribe();
    await untilSeen(his, alice, 'online', server);
    const leftAt = server.clock.now().toISOString();
    await hangUp(hers);
    await untilSeen(his, alice, 'offline', server);
    const lastSeen = () => seenBy(his, alice)!.lastSeenAt;
    expect([lastSeen(), (await asks(bob, alice))!.lastSeenAt]).toEqual([leftAt, leftAt]);
    await block(alice, bob);
    await expect.poll(() => server.later(1).then(lastSeen)).toBe(null);
    expect((await asks(bob, alice))!.lastSeenAt).toBe(null);
    await unblock(alice, bob);
    await expect.poll(() => server.later(1).then(lastSeen)).toBe(leftAt);
    expect((await asks(bob, alice))!.lastSeenAt).toBe(leftAt);
  });

  test('of both, and one is over: nothing is told before the other one is', async () => {
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    await alice.startGroup('tea', bob, carol);
    await block(alice, bob);
    await block(bob, alice);
    const hers = await alice.subscribe();
    const his = await bob.subscribe({ node: last });
    await unblock(alice, bob);
    await fence(server, carol, hers, his);
    expect([seenBy(hers, bob), seenBy(his, alice)]).toEqual([undefined, undefined]);
    expect((await asks(alice, bob))!.status).toBe('offline');
    await unblock(bob, alice);
    await untilSeen(hers, bob, 'online', server);
    await untilSeen(his, alice, 'online', server);
  });

  test('somebody blocked who begins a conversation is answered as if they were not, and not seen', async () => {
    const [alice, mallory, carol] = await server.people.all('alice', 'mallory', 'carol');
    await alice.talkTo(carol);
    await mallory.talkTo(carol);
    const hers = await alice.subscribe();
    const theirs = await mallory.subscribe({ node: last });
    await block(alice, mallory);
    expect(await asks(mallory, alice)).toBeUndefined();
    await mallory.talkTo(alice);
    await fence(server, carol, hers, theirs);
    expect(await asks(mallory, alice)).toEqual({ userId: alice.id, status: 'offline', lastSeenAt: null });
    expect(await asks(alice, mallory)).toBeUndefined();
    expect([statusesOf(hers, mallory), statusesOf(theirs, alice)]).toEqual([[], []]);
    const watched = await watchedBy(server.nodes[0].app.database.pool, [alice.id, mallory.id]);
    expect([alice, mallory].map(({ id }) => watched.get(id)!.ids.sort())).toEqual([
      [carol.id],
      [alice.id, carol.id].sort(),
    ]);
    await unblock(alice, mallory);
    await untilSeen(theirs, alice, 'online', server);
    await untilSeen(hers, mallory, 'online', server);
  });
});

test('of more people than anybody is told of, friends and mutual contacts come first', async () => {
  await using server = await testServer();
  const [alice, friend, contact, admirer, mate] = await server.people.all(
    ...(['alice', 'friend', 'contact', 'admirer', 'mate'] as const),
  );
  await alice.startGroup('old', mate);
  await befriend(alice, friend);
  await addContact(alice, contact);
  await addContact(contact, alice);
  await addContact(admirer, alice);
  const { databaseUrl } = server;
  const crowd = await addPeople(databaseUrl, LIMITS.presenceWatched);
  await runSql(
    databaseUrl,
    `WITH begun AS (
       INSERT INTO conversations (id, kind, direct_key, created_at, member_count, last_activity_at)
       SELECT id, 'direct', id, now(), 2, now() FROM unnest('{${crowd}}'::uuid[]) AS id
     )
     INSERT INTO members (conversation_id, user_id, joined_at, joined_seq, read_seq, shown_read_seq)
     SELECT id, member, now(), 0, 0, 0
     FROM unnest('{${crowd}}'::uuid[]) AS id, unnest(ARRAY[id, '${alice.id}']) AS member`,
  );
  await block(alice, contact);
  const watched = (await watchedBy(server.nodes[0].app.database.pool, [alice.id])).get(alice.id)!;
  const { ids, sights } = watched;
  expect(ids).toHaveLength(LIMITS.presenceWatched);
  expect(ids.slice(0, 2).sort()).toEqual([friend.id, contact.id].sort());
  for (const { id } of [admirer, mate]) expect(ids).not.toContain(id);
  expect(Object.fromEntries(sights)).toEqual({ [friend.id]: 'trusted', [contact.id]: 'blocked' });
});

test('in a group of more than a hundred nobody is told by itself, and who asks is', async () => {
  await using server = await clockedServer();
  const [alice, bob, carol, dave, late] = await server.people.all('alice', 'bob', 'carol', 'dave', 'late');
  const conversationId = await alice.startGroup('crowd', bob);
  await addCrowd(server.databaseUrl, conversationId, LIMITS.presenceGroup - 3);
  await alice.talkTo(carol);
  const hers = await alice.subscribe();
  await bob.subscribe();
  await untilSeen(hers, bob, 'online', server);
  // The 100th and the 101st.
  await alice.api.groups.addMembers.mutate({ conversationId, userIds: [dave.id] });
  await server.later(2);
  expect(seenBy(hers, bob)?.status).toBe('online');
  await alice.api.groups.addMembers.mutate({ conversationId, userIds: [late.id] });
  await untilSeen(hers, bob, undefined, server);
  await bob.api.presence.set.mutate({ status: 'busy' });
  await fence(server, carol, hers);
  expect(statusesOf(hers, bob)).not.toContain('busy');
  const { people } = await alice.api.presence.get.query({ userIds: [bob.id] });
  expect(people).toEqual([{ userId: bob.id, status: 'busy', lastSeenAt: null }]);
  await alice.api.groups.removeMember.mutate({ conversationId, userId: late.id });
  await untilSeen(hers, bob, 'busy', server);
});

describe.each(['ws', 'sse'] as const)('in the shipped client, over %s', (transport) => {
  test('presence and typing are in the state, are unknown while cut off, and are told afresh', async () => {
    await using server = await testServer();
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    await bob.subscribe();
    const cable = new Cable(server.nodes[0]);
    const chat = createClient(cable.options(transport));
    await using _ = { [Symbol.asyncDispose]: () => chat.close() };
    const { username, password } = alice.credentials;
    await chat.login({ login: username, password });
    const shown = () => chat.state.get();
    await expect.poll(() => shown().presence[bob.id]?.status).toBe('online');
    await bob.api.typing.start.mutate({ conversationId });
    await expect.poll(() => Object.keys(shown().typing[conversationId] ?? {})).toEqual([bob.id]);
    await bob.say(conversationId, 'that was it');
    await expect.poll(() => shown().conversations![conversationId]!.lastSeq).toBe(1);
    expect(shown().typing).toEqual({});

    cable.pull();
    await expect.poll(() => shown().presence).toEqual({});
    await bob.api.presence.set.mutate({ status: 'busy' });
    cable.plug();
    await expect.poll(() => shown().presence[bob.id]?.status).toBe('busy');

    const his = await bob.subscribe();
    await untilSeen(his, alice, 'online');
    chat.typing(conversationId);
    chat.typing(conversationId);
    await his.until(({ type }) => type === 'typing');
    await chat.messages.send({ conversationId, text: 'done' }).result;
    await his.when(() => his.received.filter(({ data }) => data.type === 'typing').length === 2);
    expect(his.received.flatMap(({ data }) => (data.type === 'typing' ? [data.until === null] : []))).toEqual(
      [false, true],
    );
    await chat.setPresence('invisible');
    await expect.poll(() => shown().me!.availability).toBe('invisible');
    await untilSeen(his, alice, 'offline');
  });
});
