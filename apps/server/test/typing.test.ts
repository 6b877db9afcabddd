import { LIMITS } from '@parley/contract';
import { v7 } from 'uuid';
import { describe, expect, test } from 'vitest';
import { readHead } from '../src/events/read-log.ts';
import type { Person } from './people.ts';
import { addCrowd, clockedForAll, clockedServer } from './presences.ts';
import type { Subscription } from './subscription.ts';

/** Who was said to write until when, as a stream was told, in order. */
const typingIn = ({ received }: Subscription) =>
  received.flatMap(({ data }) => (data.type === 'typing' ? [{ who: data.userId, until: data.until }] : []));

/** Somebody else starts writing: what was to be told before was told by the time a stream has it. */
async function fence(fellow: Person, node: number, conversationId: string, ...streams: Subscription[]) {
  await fellow.on(node).typing.start.mutate({ conversationId });
  for (const stream of streams)
    await stream.when(() => typingIn(stream).some(({ who }) => who === fellow.id));
}

/** A node that lags does not know yet who is in a conversation: from here on those of these streams do. */
async function known(person: Person, conversationId: string, ...streams: Subscription[]) {
  await person.say(conversationId, 'hello');
  for (const stream of streams) await stream.when(() => stream.texts.length > 0);
}

describe.each([1, 2])('on %i node(s)', (nodes) => {
  const server = clockedForAll({ nodes });
  const last = nodes - 1;

  describe.each(['ws', 'sse'] as const)('over %s', (transport) => {
    test('the others are told, with an end, and of a stop; the writer is not, on no device', async () => {
      const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
      const conversationId = await alice.startGroup('tea', bob, carol);
      const hers = await alice.subscribe({ transport });
      const his = await bob.subscribe({ transport, node: last });
      const phone = await bob.subscribe({ transport });
      await known(carol, conversationId, hers, his, phone);
      const head = await readHead(server.nodes[0].app.database.pool);
      const until = new Date(server.clock.now().getTime() + LIMITS.typingFor * 1_000).toISOString();
      await bob.on(last).typing.start.mutate({ conversationId });
      await hers.when(() => typingIn(hers).length === 1);
      await bob.on(last).typing.stop.mutate({ conversationId });
      await hers.when(() => typingIn(hers).length === 2);
      // Nothing is left to be stopped.
      await bob.on(last).typing.stop.mutate({ conversationId });
      await fence(carol, last, conversationId, hers, his, phone);
      expect(typingIn(hers).slice(0, -1)).toEqual([
        { who: bob.id, until },
        { who: bob.id, until: null },
      ]);
      for (const stream of [his, phone]) expect(typingIn(stream).map(({ who }) => who)).toEqual([carol.id]);
      expect(await readHead(server.nodes[0].app.database.pool)).toBe(head);
    });
  });

  test('a start is passed on at most every two seconds, and the rest is swallowed', async () => {
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    const conversationId = await alice.startGroup('tea', bob, carol);
    const hers = await alice.subscribe({ node: last });
    await known(carol, conversationId, hers);
    for (let n = 0; n < 10; n++) await bob.api.typing.start.mutate({ conversationId });
    server.clock.advance(1_999);
    await bob.api.typing.start.mutate({ conversationId });
    await fence(carol, 0, conversationId, hers);
    expect(typingIn(hers).filter(({ who }) => who === bob.id)).toHaveLength(1);
    server.clock.advance(1);
    await bob.api.typing.start.mutate({ conversationId });
    await hers.when(() => typingIn(hers).filter(({ who }) => who === bob.id).length === 2);
  });

  test('S43 between two of whom one has blocked the other nothing is passed on, either way', async () => {
    const [alice, mallory, carol, dave] = await server.people.all('alice', 'mallory', 'carol', 'dave');
    const conversationId = await mallory.talkTo(alice);
    const group = await carol.startGroup('tea', alice, mallory, dave);
    const [hers, his] = [await alice.subscribe(), await mallory.subscribe({ node: last })];
    await known(carol, group, hers, his);
    /** Each of the two starts and stops, and everything of it that is passed on has arrived. */
    async function write(inConversation: string) {
      // Beyond what is swallowed of a start that came soon after another.
      server.clock.advance(2_000);
      for (const typing of [mallory.on(last).typing, alice.api.typing])
        for (const signal of ['start', 'stop'] as const)
          expect(await typing[signal].mutate({ conversationId: inConversation })).toBeNull();
      const before = [told(hers, group, carol), told(his, group, dave)] as const;
      await carol.on(last).typing.start.mutate({ conversationId: group });
      await dave.api.typing.start.mutate({ conversationId: group });
      await hers.when(() => told(hers, group, carol) > before[0]);
      await his.when(() => told(his, group, dave) > before[1]);
    }
    /** How often a stream was told of somebody in a conversation. */
    const told = ({ received }: Subscription, where: string, who: Person): number =>
      received.filter(
        ({ data }) => data.type === 'typing' && data.conversationId === where && data.userId === who.id,
      ).length;
    const between = () => [told(hers, conversationId, mallory), told(his, conversationId, alice)];

    await write(conversationId);
    expect(between()).toEqual([2, 2]);
    await alice.api.blocks.add.mutate({ userId: mallory.id });
    await write(conversationId);
    expect(between()).toEqual([2, 2]);
    // In a group nothing is withheld.
    await write(group);
    expect([told(hers, group, mallory), told(his, group, alice)]).toEqual([2, 2]);
    await alice.api.blocks.remove.mutate({ userId: mallory.id });
    await write(conversationId);
    expect(between()).toEqual([4, 4]);
  });

  test('S43 who begins a conversation with somebody who has blocked them writes in it, and nobody is told', async () => {
    const [alice, mallory, carol] = await server.people.all('alice', 'mallory', 'carol');
    await alice.api.blocks.add.mutate({ userId: mallory.id });
    const group = await carol.startGroup('tea', alice, mallory);
    const hers = await alice.subscribe();
    await known(carol, group, hers);
    const conversationId = await mallory.talkTo(alice);
    expect(await mallory.on(last).typing.start.mutate({ conversationId })).toBeNull();
    // To her there is none.
    await expect(alice.api.typing.start.mutate({ conversationId })).rejects.toMatchObject({
      data: { code: 'NOT_FOUND' },
    });
    await fence(carol, last, group, hers);
    expect(typingIn(hers).map(({ who }) => who)).toEqual([carol.id]);
  });

  test('who has left is told no more, and says no more', async () => {
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    const conversationId = await alice.startGroup('tea', bob, carol);
    const other = await alice.startGroup('coffee', bob, carol);
    const his = await bob.subscribe({ node: last });
    const hers = await alice.subscribe();
    await known(carol, other, his, hers);
    await bob.on(last).groups.leave.mutate({ conversationId });
    await his.until(({ type }) => type === 'member.left');
    await carol.api.typing.start.mutate({ conversationId });
    await hers.when(() => typingIn(hers).length === 1);
    await fence(alice, 0, other, his);
    expect(typingIn(his).map(({ who }) => who)).toEqual([alice.id]);
    for (const signal of ['start', 'stop'] as const)
      await expect(bob.on(last).typing[signal].mutate({ conversationId })).rejects.toMatchObject({
        data: { code: 'NOT_FOUND' },
      });
  });
});

test('whoever is not in a conversation has none to write in, a person is no conversation', async () => {
  await using server = await clockedServer();
  const [alice, bob, mallory] = await server.people.all('alice', 'bob', 'mallory');
  const conversation = await alice.talkTo(bob);
  const hers = await alice.subscribe();
  await mallory.subscribe();
  for (const conversationId of [conversation, alice.id, mallory.id, v7()])
    await expect(mallory.api.typing.start.mutate({ conversationId })).rejects.toMatchObject({
      data: { code: 'NOT_FOUND' },
    });
  await fence(bob, 0, conversation, hers);
  expect(typingIn(hers).map(({ who }) => who)).toEqual([bob.id]);
});

test('with more than a hundred people of a conversation on a node, none of them is told', async () => {
  await using server = await clockedServer({ nodes: 2 });
  const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
  const conversationId = await alice.startGroup('crowd', bob, carol);
  const crowd = await addCrowd(server.databaseUrl, conversationId, LIMITS.typingAudience);
  const { hub } = server.nodes[0].app.log;
  await server.people.settled(0);
  let told = 0;
  const listener = { deliver: () => {}, tell: () => ++told > 0 };
  const present = await Promise.all(crowd.map((userId) => hub.join(userId, listener)));
  const hers = await alice.subscribe();
  const carols = await carol.subscribe({ node: 1 });
  await known(bob, conversationId, carols);
  const direct = await alice.talkTo(bob);
  await server.people.settled(0);
  await bob.api.typing.start.mutate({ conversationId });
  await carols.when(() => typingIn(carols).length === 1);
  await fence(bob, 0, direct, hers);
  expect(typingIn(hers)).toHaveLength(1);
  expect(told).toBe(0);
  // With one less it is the hundred that may be told.
  hub.leave(present[0]!, listener);
  server.clock.advance(2_000);
  await bob.api.typing.start.mutate({ conversationId });
  await hers.when(() => typingIn(hers).length === 2);
  expect(told).toBe(LIMITS.typingAudience - 1);
});
