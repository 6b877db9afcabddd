import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket as TcpSocket } from 'node:net';
import { v7 } from 'uuid';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { SseQueue } from '../src/events/sse.ts';
import { bytesGone, Progress } from '../src/sockets/progress.ts';
import { Socket } from '../src/sockets/socket.ts';
import type { Person } from './people.ts';
import { RawPeer, rawSocket, requestHead } from './raw-peer.ts';
import { ManualClock, testServer } from './server.ts';
import { standsStill } from './stands-still.ts';
import type { Subscription } from './subscription.ts';

/** What a stream lets wait before it stops, and with how much a socket is closed; a slice of events on top. */
const PAUSE_ABOVE = 256 * 1024;
const CLOSE_ABOVE = 1024 * 1024;
const SLICE = 32 * 17_000;

afterEach(() => vi.restoreAllMocks());

/** The sockets that nodes of this process take from now on, and the most that ever waited in each. */
function watchSockets() {
  const attach = vi.spyOn(Socket.prototype, 'attach');
  const { enqueue } = Socket.prototype;
  const most = new Map<Socket, number>();
  vi.spyOn(Socket.prototype, 'enqueue').mockImplementation(function (this: Socket, frames) {
    enqueue.call(this, frames);
    most.set(this, Math.max(this.waiting, most.get(this) ?? 0));
  });
  return {
    /** The one that came as the n-th. */
    nth(n: number) {
      const socket = attach.mock.contexts[n] as Socket;
      const [stream] = attach.mock.calls[n]!;
      return { socket, stream, most: () => most.get(socket) ?? 0 };
    },
  };
}

async function clockedServer(env: Record<string, string> = {}) {
  const clock = new ManualClock();
  // Whoever stalls gets every message, however many.
  const server = await testServer({ clock, env: { MAX_MISSED_EVENTS: '1000000', ...env } });
  const [{ app, url }] = server.nodes;
  return Object.assign(server, {
    url,
    /** Lets so many seconds pass, and the node look after its connections in each. */
    later(seconds: number) {
      for (let n = 0; n < seconds; n++) {
        clock.advance(1_000);
        app.connections.sweep();
      }
    },
  });
}

/** Sends so many messages of 16 kB, and resolves with their numbers in the order in which they were stored. */
async function sayMuch(person: Person, conversationId: string, count: number): Promise<number[]> {
  const { api, close } = person.socket();
  const order: number[] = [];
  for (let start = 0; start < count; start += 50)
    await Promise.all(
      Array.from({ length: 50 }, async (_, n) => {
        const text = `${start + n} ${'🫖'.repeat(3_990)}`;
        const { seq } = await api.messages.send.mutate({ conversationId, text, clientMessageId: v7() });
        order[seq - 1] = start + n;
      }),
    );
  close();
  return order;
}

/** The numbers of what somebody got. */
const numbers = ({ texts }: Subscription): number[] => texts.map((text) => Number.parseInt(text, 10));

test('a reader that is only slow is not taken for one that has stopped, also within one long write', async () => {
  const taken = Promise.withResolvers<TcpSocket>();
  const listener = createServer(taken.resolve).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const reader = connect((listener.address() as AddressInfo).port, '127.0.0.1').pause();
  const stream = await taken.promise;
  stream.on('error', () => {});
  const progress = new Progress(stream);
  const written = 100_000_000;
  stream.write(Buffer.alloc(written));
  await standsStill(() => bytesGone(stream));
  for (let time = 0; time < 60_000; time += 7_000) {
    expect(progress.isStalled(time)).toBe(false);
    const gone = bytesGone(stream);
    reader.resume();
    while (bytesGone(stream) === gone) await once(reader, 'data');
    reader.pause();
    // Nothing of it is done as far as Node tells.
    expect(stream.writableLength).toBe(written);
  }
  expect(progress.isStalled(60_000)).toBe(false);
  expect(progress.isStalled(68_000)).toBe(false);
  expect(progress.isStalled(68_001)).toBe(true);
  reader.destroy();
  listener.close();
});

describe('over a socket', () => {
  test('a reader that stops is paused at 256 KiB, and goes on from the log; one that has stopped for ten seconds is closed, and later gets everything: nothing lost, nothing twice', async () => {
    await using server = await clockedServer();
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    const conversation = await alice.startGroup('tea', bob, carol);
    const sockets = watchSockets();
    const [forBob, forCarol] = [await bob.subscribe(), await carol.subscribe()];
    const [resumeBob, resumeCarol] = [forBob.pause(), forCarol.pause()];
    const said = await sayMuch(alice, conversation, 1_500);
    const [paused, stalled] = [sockets.nth(0), sockets.nth(1)];
    for (const each of [paused, stalled]) {
      expect(each.socket.waiting).toBeGreaterThan(PAUSE_ABOVE);
      expect(each.most()).toBeLessThan(PAUSE_ABOVE + SLICE);
    }
    resumeBob();
    await forBob.when(() => forBob.texts.length >= said.length);
    await alice.say(conversation, '-1 is live again');
    await forBob.when(() => forBob.texts.length > said.length);

    server.later(8);
    expect(stalled.socket.readyState).toBe(Socket.OPEN);
    const gone = once(stalled.socket, 'close');
    server.later(2);
    await gone;
    resumeCarol();
    await forCarol.when(() => forCarol.texts.length > said.length);
    for (const stream of [forBob, forCarol]) expect(numbers(stream)).toEqual([...said, -1]);
    expect([forBob, forCarol].map(({ connects }) => connects)).toEqual([1, 2]);
  });

  test('a reader that asks on and on, and takes no answer, is closed as soon as 1 MiB waits', async () => {
    await using server = await clockedServer();
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    await sayMuch(bob, conversationId, 50);
    const sockets = watchSockets();
    using peer = await rawSocket(server.url, alice.tokens.accessToken);
    await peer.call('users.me', undefined, 'query');
    peer.tcp.pause();
    const greedy = sockets.nth(0);
    const gone = once(greedy.socket, 'close');
    const page = { path: 'messages.list', input: { json: { conversationId, limit: 5 } } };
    while (greedy.socket.readyState === Socket.OPEN)
      await peer.send({ id: 1, method: 'query', params: page }).drained();
    await gone;
    expect(greedy.most()).toBeLessThan(CLOSE_ABOVE + 5 * 17_000);
  });

  test('what waits in a closing socket never drains: who waits for it waits for its end', async () => {
    await using server = await clockedServer();
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversation = await alice.talkTo(bob);
    for (const end of ['close', 'terminate'] as const) {
      const sockets = watchSockets();
      const stream = await bob.subscribe();
      const { socket } = sockets.nth(0);
      const resume = stream.pause();
      await sayMuch(alice, conversation, 1_000);
      expect(socket.waiting).toBeGreaterThan(PAUSE_ABOVE);
      let closed = false;
      socket.once('close', () => {
        closed = true;
      });
      const before = socket.drained();
      socket[end]();
      const after = socket.drained();
      resume();
      // A stream that is told so sooner finds as much waiting as before, and asks again without an end.
      await Promise.race([before, after]);
      expect(closed || socket.waiting === 0).toBe(true);
      stream.close();
      vi.restoreAllMocks();
    }
  });
});

describe('over SSE', () => {
  /** An SSE request whose answer nobody need read. */
  function sseRequest(person: Person, url: string, cursor: string): RawPeer {
    return new RawPeer(url).write(
      requestHead('GET', '/trpc/events.stream', {
        host: 'localhost',
        accept: 'text/event-stream',
        authorization: `Bearer ${person.tokens.accessToken}`,
        'last-event-id': cursor,
      }),
    );
  }

  /** The most that ever waited in any queue from now on. */
  function watchQueue() {
    const { write } = SseQueue.prototype;
    let most = 0;
    vi.spyOn(SseQueue.prototype, 'write').mockImplementation(function (this: SseQueue, run) {
      write.call(this, run);
      most = Math.max(most, this.buffered);
    });
    return () => most;
  }

  test('a reader that stops is paused, closed after ten seconds, and later gets everything', async () => {
    await using server = await clockedServer();
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversation = await alice.talkTo(bob);
    const { cursor } = await bob.api.sync.bootstrap.query();
    const most = watchQueue();
    using peer = sseRequest(bob, server.url, cursor);
    await peer.when(() => peer.body.includes('caught-up'));
    peer.tcp.pause();
    const said = await sayMuch(alice, conversation, 1_500);
    expect(most()).toBeLessThan(PAUSE_ABOVE + SLICE);
    server.later(10);
    peer.tcp.resume();
    await peer.gone();
    expect(peer.tcp.bytesRead).toBeLessThan(said.length * 16_000);
    const stream = await bob.subscribe({ transport: 'sse', cursor });
    expect(numbers(stream)).toEqual(said);
  });

  test('a reader that stops, and then leaves, leaves nothing behind', async () => {
    await using server = await clockedServer({ MAX_CONNECTIONS_PER_USER: '1' });
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversation = await alice.talkTo(bob);
    const { cursor } = await bob.api.sync.bootstrap.query();
    const said = await sayMuch(alice, conversation, 1_500);
    const write = vi.spyOn(SseQueue.prototype, 'write');
    using peer = sseRequest(bob, server.url, cursor);
    await peer.when(() => peer.body.length > 0);
    peer.tcp.pause();
    const buffered = () => (write.mock.contexts[0] as SseQueue | undefined)?.buffered ?? 0;
    await standsStill(buffered);
    // The stream waits until somebody takes this.
    expect(buffered()).toBeGreaterThan(0);
    peer.tcp.destroy();
    const stream = await bob.subscribe({ transport: 'sse', cursor });
    expect(numbers(stream)).toEqual(said);
  });
});
