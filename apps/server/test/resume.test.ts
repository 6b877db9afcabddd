import { v7 } from 'uuid';
import { describe, expect, test } from 'vitest';
import { applyEvent } from '../../../packages/client/src/sync/apply-event.ts';
import { emptyState, takeBootstrap } from '../../../packages/client/src/sync/state.ts';
import { pruneLog } from '../src/events/retention.ts';
import type { RunningServer } from '../src/server.ts';
import { ManualClock, serverForAll, testServer } from './server.ts';
import { shown, verifyTimelines } from './verify.ts';

const TRANSPORTS = ['ws', 'sse'] as const;

const server = serverForAll();

/** Makes a node apply what it hears of the log this many milliseconds late, in order. */
function delay({ app: { log } }: RunningServer, milliseconds: number): void {
  const apply = log.hub.apply.bind(log.hub);
  log.hub.apply = (entries) => void setTimeout(() => apply(entries), milliseconds);
}

describe.each(TRANSPORTS)('over %s', (transport) => {
  test.each([
    ['malformed', () => 'yesterday'],
    ['malformed', (epoch: string) => `${epoch}.01`],
    ['malformed', (epoch: string) => `${epoch}.99999999999999999999`],
    ['malformed', () => "'; DROP TABLE events; --"],
    ['epoch', () => 'feedbeef.1'],
    ['future', (epoch: string) => `${epoch}.1000000`],
  ])('a cursor that cannot be honoured is answered with one reset: %s', async (reason, cursorOf) => {
    const alice = await server.people.join('alice');
    const stream = alice.follow({ transport, cursor: cursorOf(server.nodes[0].app.log.reader.epoch) });
    await stream.when(() => stream.end !== null);
    expect(stream.received.map(({ data }) => data)).toEqual([{ type: 'stream.reset', reason }]);
    expect(stream.end).toBe('complete');
  });

  test('a resume on a node that is behind its client: nothing twice, nothing lost', async () => {
    await using server = await testServer({ nodes: 2 });
    const [ahead, behind] = server.nodes as [RunningServer, RunningServer];
    delay(behind, 150);
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversation = await alice.talkTo(bob);
    const said = Array.from({ length: 60 }, (_, n) => `message ${n}`);
    const got: string[] = [];
    let cursor = ahead.app.log.cursor(await ahead.app.log.reader.head());
    const talking = (async () => {
      for (const text of said) await alice.say(conversation, text);
    })();
    // Bob moves between the two nodes with each handful of messages.
    for (let node = 1; got.length < said.length; node = 1 - node) {
      const stream = await bob.subscribe({ transport, node, cursor });
      await stream.when(() => stream.texts.length >= Math.min(7, said.length - got.length));
      stream.close();
      got.push(...stream.texts);
      cursor = stream.cursor;
    }
    await talking;
    expect(got).toEqual(said);
  });

  test('caught-up never lies before the cursor, also on a node that is behind', async () => {
    await using server = await testServer({ nodes: 2 });
    const [ahead, behind] = server.nodes as [RunningServer, RunningServer];
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversation = await alice.talkTo(bob);
    const first = await bob.subscribe({ transport });
    delay(behind, 300);
    await alice.say(conversation, 'one');
    await first.when(() => first.texts.length === 1);
    const second = await bob.subscribe({ transport, node: 1, cursor: first.cursor });
    expect(second.received.map(({ id }) => id)).toEqual([first.cursor]);
    await alice.say(conversation, 'two');
    await second.when(() => second.texts.length === 1);
    expect(second.texts).toEqual(['two']);
    expect(ahead.app.log.reader.epoch).toBe(behind.app.log.reader.epoch);
  });
});

test('a cursor older than what is kept is answered with a reset; the oldest kept one is honoured', async () => {
  await using server = await testServer();
  const { app } = server.nodes[0];
  const [alice, bob] = await server.people.all('alice', 'bob');
  const conversation = await alice.talkTo(bob);
  const before = await app.log.reader.head();
  for (const text of ['one', 'two', 'three']) await alice.say(conversation, text);
  const clock = new ManualClock();
  clock.advance(31 * 86_400_000);
  await pruneLog(app.database, clock, 30);
  // A node that was there all the time has it in memory still; one that starts now has not.
  const fresh = await server.addNode();
  const node = server.nodes.indexOf(fresh);
  for (const transport of TRANSPORTS) {
    const pruned = bob.follow({ transport, node, cursor: app.log.cursor(before + 1) });
    await pruned.when(() => pruned.end !== null);
    expect(pruned.received.map(({ data }) => data)).toEqual([{ type: 'stream.reset', reason: 'pruned' }]);
    const kept = await bob.subscribe({ transport, node, cursor: app.log.cursor(before + 2) });
    expect(kept.texts).toEqual(['three']);
  }
});

test('a long absence is read from the database page by page while the conversation goes on', async () => {
  await using server = await testServer();
  const [alice, bob] = await server.people.all('alice', 'bob');
  const [main, aside] = [await alice.talkTo(bob), await bob.startGroup('aside', alice)];
  const cursor = server.nodes[0].app.log.cursor(await server.nodes[0].app.log.reader.head());
  const say = (text: string) => alice.say(Number(text) % 3 ? main : aside, text);
  const missed = Array.from({ length: 450 }, (_, n) => `${n}`);
  await Promise.all(missed.map(say));
  // Two pages of the database and some; a node that starts now has none of it in memory.
  const node = server.nodes.indexOf(await server.addNode());
  const live = Array.from({ length: 100 }, (_, n) => `${1_000 + n}`);
  const streams = TRANSPORTS.map((transport) => bob.follow({ transport, node, cursor }));
  await Promise.all(live.map(say));
  for (const stream of streams) {
    await stream.when(() => stream.texts.length >= missed.length + live.length);
    expect([...stream.texts].sort()).toEqual([...missed, ...live].sort());
    const events = stream.received.filter(({ data }) => data.type !== 'stream.caught-up');
    const ids = events.map(({ id }) => Number(id.split('.')[1]));
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
  }
});

test('of a conversation with more missed events than are sent it is told how it stands; all else comes one by one', async () => {
  await using server = await testServer({ env: { MAX_MISSED_EVENTS: '100' } });
  const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
  const [loud, quiet] = [await alice.startGroup('loud', bob), await alice.talkTo(bob)];
  const left = await alice.startGroup('left', bob);
  const before = await bob.api.sync.bootstrap.query();
  const missed = Array.from({ length: 110 }, (_, n) => `${n}`);
  const hush = (n: string) => (Number(n) % 10 === 0 ? [alice.say(quiet, `quiet ${n}`)] : []);
  await Promise.all(missed.flatMap((n) => [alice.say(loud, n), alice.say(left, n), ...hush(n)]));
  await alice.api.groups.removeMember.mutate({ conversationId: left, userId: bob.id });
  await alice.api.groups.addMembers.mutate({ conversationId: loud, userIds: [carol.id] });
  // One node has it in memory, the other, which starts now, has not.
  const nodes = [0, server.nodes.indexOf(await server.addNode())];
  const ways = nodes.flatMap((node) => TRANSPORTS.map((transport) => ({ node, transport })));
  for (const { node, transport } of ways) {
    const stream = await bob.subscribe({ transport, node, cursor: before.cursor });
    const gaps = stream.received.flatMap(({ id, data }) =>
      data.type === 'stream.gapped' ? [{ id, ...data }] : [],
    );
    expect(new Set(gaps.map(({ conversationId }) => conversationId))).toEqual(new Set([loud, left]));
    expect(gaps.every(({ id }) => id === before.cursor)).toBe(true);
    const { conversation } = await bob.api.conversations.get.query({ conversationId: loud });
    expect(gaps.find(({ conversationId }) => conversationId === loud)!.conversation).toEqual(conversation);
    expect(gaps.find(({ conversationId }) => conversationId === left)!.conversation).toBeNull();
    expect(stream.texts.filter((text) => text.startsWith('quiet'))).toHaveLength(11);
    // The state by the shipped reducer is what a fresh start gives, also with what follows.
    const last = `after, seen from node ${node} over ${transport}`;
    await alice.say(loud, last);
    await stream.when(() => stream.texts.includes(last));
    const items = stream.received.map(({ data }) => data);
    const folded = items.reduce(applyEvent, takeBootstrap(emptyState, before));
    expect(shown(folded)).toEqual(shown(takeBootstrap(emptyState, await bob.api.sync.bootstrap.query())));
    await verifyTimelines(bob, folded);
    stream.close();
  }
});

test('S41: a cursor from before a removal gets the permitted range, and nothing of the time outside', async () => {
  await using server = await testServer();
  const { log } = server.nodes[0].app;
  const [alice, bob] = await server.people.all('alice', 'bob');
  const group = await alice.startGroup('tea');
  const cursor = log.cursor(await log.reader.head());
  await alice.say(group, 'before bob');
  await alice.api.groups.addMembers.mutate({ conversationId: group, userIds: [bob.id] });
  await alice.say(group, 'with bob');
  await alice.api.groups.removeMember.mutate({ conversationId: group, userId: bob.id });
  await alice.say(group, 'without bob');
  await alice.api.groups.addMembers.mutate({ conversationId: group, userIds: [bob.id] });
  await alice.say(group, 'with bob again');
  const fresh = server.nodes.indexOf(await server.addNode());
  for (const transport of TRANSPORTS)
    for (const node of [0, fresh]) {
      const stream = await bob.subscribe({ transport, node, cursor });
      expect(
        stream.events.map((event) => (event.type === 'message.created' ? event.message.text : event.type)),
      ).toEqual(['member.added', 'with bob', 'member.removed', 'member.added', 'with bob again']);
    }
});

test('an epoch that has changed voids every cursor', async () => {
  await using server = await testServer();
  const { app } = server.nodes[0];
  const alice = await server.people.join('alice');
  const { cursor } = await alice.api.sync.bootstrap.query();
  await app.database.pool.query("UPDATE log_epoch SET epoch = 'restored'");
  const node = server.nodes.indexOf(await server.addNode());
  const stream = alice.follow({ node, cursor });
  await stream.when(() => stream.end !== null);
  expect(stream.received[0]?.data).toEqual({ type: 'stream.reset', reason: 'epoch' });
  expect((await alice.on(node).sync.bootstrap.query()).cursor).toMatch(/^restored\./);
});

test('the snapshot and its cursor are of one moment: whatever comes meanwhile is in one or in the stream', async () => {
  const [alice, bob] = await server.people.all('alice', 'bob');
  const conversation = await alice.talkTo(bob);
  const sending = Promise.all(Array.from({ length: 100 }, (_, n) => alice.say(conversation, `${n}`, v7())));
  const snapshots = [];
  for (let n = 0; n < 10; n++) snapshots.push(await bob.api.sync.bootstrap.query());
  await sending;
  for (const { cursor, conversations } of snapshots) {
    const stream = await bob.subscribe({ cursor });
    expect(conversations[0]!.lastSeq + stream.texts.length).toBe(100);
    stream.close();
  }
});
