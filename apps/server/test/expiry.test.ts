import { v7 } from 'uuid';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Calendar } from './calendar.ts';
import type { Person } from './people.ts';
import { clientFrame, closeFrame, type RawPeer, rawSocket } from './raw-peer.ts';
import { type TestServerOptions, testServer } from './server.ts';

afterEach(() => vi.restoreAllMocks());

/** An access token's life in seconds, and the moments in it at which something happens. */
const LIFE = 900;
const ASKED = LIFE - 60;
const ENDED = LIFE + 30;

async function clockedServer(options: TestServerOptions = {}) {
  const clock = new Calendar();
  const server = await testServer({ clock, env: { ACCESS_TOKEN_SECONDS: `${LIFE}` }, ...options });
  const start = clock.now().getTime();
  return Object.assign(server, {
    url: server.nodes[0].url,
    /** Goes to this moment, in seconds from the start, and lets the nodes look after their connections. */
    at(seconds: number) {
      clock.advance(start + seconds * 1_000 - clock.now().getTime());
      for (const { app } of server.nodes) app.connections.sweep();
    },
  });
}

/** A raw socket with a subscription that has caught up. */
async function follow(url: string, person: Person): Promise<RawPeer> {
  const peer = await rawSocket(url, person.tokens.accessToken);
  peer.send({ id: 'stream', method: 'subscription', params: { path: 'events.stream' } });
  await peer.when(() => peer.texts.some((text) => text.includes('stream.caught-up')) || peer.isGone);
  return peer;
}

/** Resolves when the node has heard what was sent before, and has answered it. */
async function heard(peer: RawPeer): Promise<void> {
  const { length } = peer.texts;
  peer.write(clientFrame('PING'));
  await peer.when(() => peer.texts.indexOf('PONG', length) >= 0 || peer.isGone);
  expect(peer.isGone).toBe(false);
}

const isReconnect = (text: string): boolean => text === '{"id":null,"method":"reconnect"}';

describe('S31 an access token that runs out while the connection is open', () => {
  test.each(['ws', 'sse'] as const)(
    'over %s: the stock client moves to another connection, and loses and doubles nothing',
    async (transport) => {
      await using server = await clockedServer();
      const [alice, bob] = await server.people.all('alice', 'bob');
      const conversation = await alice.talkTo(bob);
      const stream = await bob.subscribe({ transport });
      const said = Array.from({ length: 150 }, (_, n) => `message ${n}`);
      for (const [n, text] of said.entries()) {
        if (n === 50) server.at(ASKED - 1);
        if (n === 70) expect(stream.connects).toBe(1);
        if (n === 100) {
          await bob.refresh();
          server.at(ASKED);
        }
        await alice.say(conversation, text);
      }
      await stream.when(() => stream.texts.length >= said.length);
      expect(stream.texts).toEqual(said);
      // The new connection has the new token: it outlives the old one.
      server.at(ENDED);
      await alice.refresh();
      await alice.say(conversation, 'still here');
      await stream.when(() => stream.texts.length > said.length);
      expect(stream.texts).toEqual([...said, 'still here']);
      expect(stream.end).toBe(null);
    },
  );

  test('a socket is asked once, hears no event after that, and is closed 30 s after the end', async () => {
    await using server = await clockedServer();
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversation = await alice.talkTo(bob);
    using peer = await follow(server.url, bob);
    server.at(ASKED);
    await peer.when(() => peer.texts.some(isReconnect));
    const witness = await bob.subscribe();
    await alice.say(conversation, 'unheard');
    await witness.when(() => witness.texts.length === 1);
    // What it asks is answered still.
    expect((await peer.call('users.me', undefined, 'query')).data.id).toBe(bob.id);
    server.at(ENDED - 0.001);
    await heard(peer);
    server.at(ENDED);
    expect(await peer.closed()).toBe(4401);
    expect(peer.texts.filter(isReconnect)).toHaveLength(1);
    expect(peer.texts.join()).not.toContain('unheard');
  });

  test('one that comes back with the old token is not asked again, and hears everything until the end', async () => {
    await using server = await clockedServer();
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversation = await alice.talkTo(bob);
    server.at(LIFE - 59);
    using peer = await follow(server.url, bob);
    const sse = await bob.subscribe({ transport: 'sse' });
    server.at(LIFE);
    await alice.say(conversation, 'heard');
    await peer.when(() => peer.texts.some((text) => text.includes('heard')));
    await sse.when(() => sse.texts.length === 1);
    server.at(ENDED - 0.001);
    await heard(peer);
    server.at(ENDED);
    expect(await peer.closed()).toBe(4401);
    // An SSE answer ends by itself, and no error says that it could be had again.
    await sse.when(() => sse.end !== null);
    expect(sse.end).toBe('complete');
    expect(sse.connects).toBe(1);
    expect(peer.texts.some(isReconnect)).toBe(false);
    await expect(bob.api.users.me.query()).rejects.toMatchObject({ data: { code: 'UNAUTHENTICATED' } });
  });
});

describe('S28, S29 a session that ends', () => {
  test('is told, and loses its sockets and SSE streams on both nodes within 2 s; the others stay', async () => {
    await using server = await clockedServer({ nodes: 2 });
    const alice = await server.people.join('alice');
    const other = await alice.anotherDevice();
    const urls = server.nodes.map(({ url }) => url);
    const peers = await Promise.all(urls.map((url) => follow(url, alice)));
    const streams = await Promise.all([0, 1].map((node) => alice.subscribe({ transport: 'sse', node })));
    const others = await Promise.all(
      (['ws', 'sse'] as const).map((transport) => other.subscribe({ transport, node: 1 })),
    );
    const start = performance.now();
    await alice.api.auth.logout.mutate();
    for (const peer of peers) {
      expect(await peer.closed()).toBe(4401);
      expect(peer.texts.at(-1)).toContain('"type":"session.ended"');
      peer[Symbol.dispose]();
    }
    for (const stream of streams) {
      await stream.when(() => stream.end !== null);
      expect(stream.end).toBe('complete');
      expect(stream.events.at(-1)).toMatchObject({ type: 'session.ended', reason: 'logout' });
    }
    expect(performance.now() - start).toBeLessThan(2_000);
    await other.talkTo(await server.people.join('bob'));
    for (const stream of others) {
      await stream.until(({ type }) => type === 'conversation.created');
      expect(stream.events.map(({ type }) => type)).toEqual(['session.ended', 'conversation.created']);
      expect(stream.end).toBe(null);
      expect(stream.connects).toBe(1);
    }
    for (const url of urls) {
      using late = await rawSocket(url, alice.tokens.accessToken);
      expect(await late.closed()).toBe(4401);
    }
  });

  test('is refused at once where only its row says so', async () => {
    await using server = await clockedServer();
    const alice = await server.people.join('alice');
    await alice.api.users.me.query();
    const { pool } = server.nodes[0].app.database;
    await pool.query('UPDATE sessions SET ended_at = now() WHERE id = $1', [alice.tokens.sessionId]);
    const refused = { data: { code: 'UNAUTHENTICATED', httpStatus: 401 } };
    await expect(alice.api.users.me.query()).rejects.toMatchObject(refused);
    const sse = alice.follow({ transport: 'sse' });
    await sse.when(() => sse.end !== null);
    expect(sse.end).toMatchObject(refused);
    using peer = await rawSocket(server.url, alice.tokens.accessToken);
    expect(await peer.closed()).toBe(4401);
  });

  test('cannot act any more through a socket that does not hang up', async () => {
    await using server = await clockedServer();
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    using peer = await follow(server.url, bob);
    await bob.api.auth.logout.mutate();
    expect(await peer.closed()).toBe(4401);
    const input = { json: { conversationId, text: 'too late', clientMessageId: v7() } };
    peer.send({ id: 2, method: 'mutation', params: { path: 'messages.send', input } });
    peer.write(closeFrame(1000));
    await peer.gone();
    await alice.say(conversationId, 'anybody?');
    const { messages } = await alice.api.messages.list.query({ conversationId });
    expect(messages.map(({ text }) => text)).toEqual(['anybody?']);
  });

  test.each([
    ['is answered', true],
    ['that takes too long is not waited for', false],
  ])('tells its socket nothing more, and a call under way %s', async (_, ends) => {
    await using server = await clockedServer();
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    await alice.say(conversationId, 'hello');
    using peer = await follow(server.url, bob);
    const blocker = await server.nodes[0].app.database.pool.connect();
    await blocker.query('BEGIN');
    await blocker.query('LOCK TABLE messages');
    const call = peer.call('messages.list', { conversationId }, 'query');
    await heard(peer);
    await bob.api.auth.logout.mutate();
    await peer.when(() => peer.texts.some((text) => text.includes('session.ended')));
    const told = peer.texts.length;
    await alice.api.typing.start.mutate({ conversationId });
    await alice.api.conversations.configure.mutate({ conversationId, isPinned: true });
    await server.people.settled(0);
    if (ends) await blocker.query('ROLLBACK');
    expect(await peer.closed()).toBe(4401);
    if (ends) expect((await call).data.messages).toMatchObject([{ text: 'hello' }]);
    expect(peer.texts.length).toBe(ends ? told + 1 : told);
    if (!ends) await blocker.query('ROLLBACK');
    blocker.release();
  });

  test('between the look at its row and the binding of its connection gets neither socket nor stream', async () => {
    await using server = await clockedServer();
    const { database } = server.nodes[0].app;
    for (const transport of ['ws', 'sse'] as const) {
      const alice = await server.people.join('alice');
      const lookedUp = Promise.withResolvers<void>();
      const ended = Promise.withResolvers<void>();
      let isFirst = true;
      vi.spyOn(database.pool, 'query').mockImplementation(async (...statement: unknown[]) => {
        const { query } = Object.getPrototypeOf(database.pool);
        const result = await Reflect.apply(query, database.pool, statement);
        if (!isFirst || (statement[0] as { name?: string }).name !== 'authenticate') return result;
        isFirst = false;
        lookedUp.resolve();
        await ended.promise;
        return result;
      });
      const peer = transport === 'ws' ? await rawSocket(server.url, alice.tokens.accessToken) : null;
      const sse = transport === 'sse' ? alice.follow({ transport }) : null;
      await lookedUp.promise;
      await alice.api.auth.logout.mutate();
      await server.people.settled(0);
      ended.resolve();
      if (peer) expect(await peer.closed()).toBe(4401);
      await sse?.when(() => sse.end !== null);
      if (sse) expect(sse.end).toMatchObject({ data: { code: 'UNAUTHENTICATED' } });
      peer?.[Symbol.dispose]();
      vi.restoreAllMocks();
    }
  });
});
