import { createClient } from '@parley/client';
import { LIMITS } from '@parley/contract';
import { v7 } from 'uuid';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Cable } from './cable.ts';
import { runSql } from './database.ts';
import { loseNotifications } from './lost-notifications.ts';
import { addCrowd, clockedServer, fence, hangUp, seenBy, statusesOf, untilSeen } from './presences.ts';
import { testServer } from './server.ts';

afterEach(() => vi.restoreAllMocks());

describe.each([1, 2])('on %i node(s)', (nodes) => {
  const last = nodes - 1;

  describe.each(['ws', 'sse'] as const)('over %s', (transport) => {
    test('people see each other come, change, hide and go, and when they were last here', async () => {
      await using server = await clockedServer({ nodes });
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
    await using server = await clockedServer({ nodes });
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
    await using server = await clockedServer({ nodes });
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
    await using server = await clockedServer({ nodes });
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

  test('whoever shares no conversation any more is a stranger', async () => {
    await using server = await clockedServer({ nodes: 2 });
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    const conversationId = await alice.startGroup('tea', bob, carol);
    const hers = await alice.subscribe();
    const his = await bob.subscribe({ node: 1 });
    await untilSeen(hers, bob, 'online', server);
    await untilSeen(his, alice, 'online', server);
    await bob.api.groups.leave.mutate({ conversationId });
    await untilSeen(hers, bob, undefined, server);
    await untilSeen(his, alice, undefined, server);
    await alice.api.presence.set.mutate({ status: 'busy' });
    await bob.api.presence.set.mutate({ status: 'busy' });
    await fence(server, carol, hers);
    expect(statusesOf(hers, bob)).not.toContain('busy');
    expect(statusesOf(his, alice)).not.toContain('busy');
    expect(await alice.api.presence.get.query({ userIds: [bob.id] })).toEqual({ people: [] });
    await alice.api.groups.addMembers.mutate({ conversationId, userIds: [bob.id] });
    await untilSeen(hers, bob, 'busy', server);
    await untilSeen(his, alice, 'busy', server);
  });

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
    await vi.waitFor(() => expect(shown().presence[bob.id]?.status).toBe('online'), 5_000);
    await bob.api.typing.start.mutate({ conversationId });
    await vi.waitFor(() => expect(Object.keys(shown().typing[conversationId] ?? {})).toEqual([bob.id]));
    await bob.say(conversationId, 'that was it');
    await vi.waitFor(() => expect(shown().conversations![conversationId]!.lastSeq).toBe(1));
    expect(shown().typing).toEqual({});

    cable.pull();
    await vi.waitFor(() => expect(shown().presence).toEqual({}));
    await bob.api.presence.set.mutate({ status: 'busy' });
    cable.plug();
    await vi.waitFor(() => expect(shown().presence[bob.id]?.status).toBe('busy'), 15_000);

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
    await vi.waitFor(() => expect(shown().me!.availability).toBe('invisible'));
    await untilSeen(his, alice, 'offline');
  });
});
