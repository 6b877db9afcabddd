import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { v7 } from 'uuid';
import { describe, expect, test } from 'vitest';
import { testDatabase } from './database.ts';
import { People, type Person } from './people.ts';
import { type ServerProcess, serverProcess } from './process.ts';
import { clientFrame, RawPeer, rawSocket, upgradeRequest } from './raw-peer.ts';
import { startWitness, type Witness } from './witness.ts';

const MB = 1_000_000;

interface Attack extends AsyncDisposable {
  server: ServerProcess;
  people: People;
  witness: Witness;
}

/** A server in a process of its own, and people of another process who chat on it. */
async function attackable(variables: Record<string, string> = {}): Promise<Attack> {
  const database = await testDatabase();
  const server = await serverProcess(database.url, {
    NODE_OPTIONS: `--expose-gc --import=${import.meta.resolve('./collect-garbage.ts')}`,
    // As it is where nobody says otherwise: this is what holds a flood off.
    MAX_MESSAGES_PER_SECOND: '',
    ...variables,
  });
  const people = new People([server]);
  const witness = await startWitness(server.url);
  // Warm: what V8 compiles later would count as somebody's harm.
  await witness.p99(5);
  return {
    server,
    people,
    witness,
    async [Symbol.asyncDispose]() {
      witness[Symbol.dispose]();
      people.close();
      await server[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

/** Memory that the server's process holds, in bytes. */
function rss({ pid }: ServerProcess): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1_024;
}

/** The same without what nothing refers to any more: V8 lets that lie until it needs the room. */
async function inUse(server: ServerProcess): Promise<number> {
  process.kill(server.pid, 'SIGUSR2');
  await sleep(500);
  return rss(server);
}

/** The most memory that the server holds while something is done. */
async function mostDuring(server: ServerProcess, work: () => Promise<void>): Promise<number> {
  let most = 0;
  const timer = setInterval(() => {
    most = Math.max(most, rss(server));
  }, 50);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return most;
}

/** Others use this machine as well: of several rounds the calmest says what was ours. */
const calmest = (figures: number[]): number => Math.min(...figures);

describe.skipIf(process.platform !== 'linux')('a real process', () => {
  test('S74 100 readers that stop: less than 50 MB, gone within ten seconds, and nobody waits a tenth longer', async () => {
    await using attack = await attackable({ MAX_CONNECTIONS_PER_USER: '200' });
    const { server, people, witness } = attack;
    const [alice, bob] = await people.all('alice', 'bob');
    const conversation = await alice.talkTo(bob);
    const calm: number[] = [];
    const stalled: number[] = [];
    const grown: number[] = [];
    for (let round = 0; round < 5; round++) {
      calm.push(await witness.p99(6));
      const peers = await Promise.all(Array.from({ length: 100 }, () => deafReader(server, bob)));
      const before = rss(server);
      const most = await mostDuring(server, async () => {
        await sayMuch(alice, conversation, 400);
        stalled.push(await witness.p99(6));
      });
      grown.push(most - before);
      await sleep(4_500);
      for (const peer of peers) {
        peer.tcp.resume();
        await peer.gone();
        expect(peer.texts.length).toBeLessThan(402);
      }
    }
    console.log({ calm, stalled, grown });
    expect(calmest(grown)).toBeLessThan(50 * MB);
    expect(calmest(stalled)).toBeLessThan(1.1 * calmest(calm) + 0.5);
  });

  describe('S72 a flood from one address: nobody else waits twice as long, and the memory comes back', () => {
    /** Each goes on until the signal aborts. */
    const attacks: Record<
      string,
      (server: ServerProcess, mallory: Person, over: AbortSignal) => Promise<void>
    > = {
      '10,000 sockets': async ({ url }, _, over) => {
        using held = new DisposableStack();
        const refused = await repeat(over, 2, 10_000, async () => {
          const peer = held.use(new RawPeer(url, ELSEWHERE));
          return (await peer.ask(upgradeRequest())) === 429;
        });
        expect(refused.filter(Boolean).length).toBe(refused.length - 1_000);
      },
      '1,000 sockets of one person': async ({ url }, mallory, over) => {
        using held = new DisposableStack();
        await repeat(over, 4, 1_000, async () => {
          const peer = held.use(new RawPeer(url, ELSEWHERE));
          if ((await peer.ask(upgradeRequest('/trpc?connectionParams=1'))) === 429) return;
          const { data } = await peer
            .authenticate(mallory.tokens.accessToken)
            .call('users.me', undefined, 'query');
          expect(data !== undefined || (await peer.closed()) === 1013).toBe(true);
        });
      },
      '50,000 subscriptions in one frame': async ({ url }, mallory, over) => {
        const item = '{"id":1,"method":"subscription","params":{"path":"events.stream"}}';
        const frames = [
          clientFrame(`[${Array.from({ length: 50_000 }, () => item).join()}]`),
          clientFrame(`[${Array.from({ length: 50_000 }, () => '{"id":1}').join()}]`),
          clientFrame(`[${Array.from({ length: 15_000 }, () => item).join()}]`),
        ];
        await repeat(over, 250, Number.POSITIVE_INFINITY, async (n) => {
          using peer = await rawSocket(url, mallory.tokens.accessToken);
          await peer.call('users.me', undefined, 'query');
          peer.write(frames[n % frames.length]!);
          await peer.when(() => peer.isGone || peer.closeCode !== null || peer.texts.length > 1);
        });
      },
      '10,000 subscriptions one by one': async ({ url }, mallory, over) => {
        using peer = await rawSocket(url, mallory.tokens.accessToken);
        await repeat(over, 1, 10_000, async (id) => {
          peer.send({ id, method: 'subscription', params: { path: 'events.stream' } });
        });
        await peer.when(() => peer.texts.filter((text) => text.includes('TOO_MANY')).length > 1_000);
      },
      'subscribing and stopping, a thousand times a second': async ({ url }, mallory, over) => {
        using peer = await rawSocket(url, mallory.tokens.accessToken);
        await repeat(over, 1, Number.POSITIVE_INFINITY, async (id) => {
          peer.send({ id, method: 'subscription', params: { path: 'events.stream' } });
          peer.send({ id, method: 'subscription.stop' });
        });
      },
      'a call each millisecond': async ({ url }, mallory, over) => {
        using peer = await rawSocket(url, mallory.tokens.accessToken);
        await repeat(over, 1, Number.POSITIVE_INFINITY, async (id) => {
          peer.send({ id, method: 'query', params: { path: 'users.me' } });
          if (id % 1_000 === 0) peer.texts.length = 0;
        });
      },
      'calls as fast as they go': async ({ url }, mallory, over) => {
        using peer = await rawSocket(url, mallory.tokens.accessToken);
        const call = (id: number) =>
          clientFrame(JSON.stringify({ id, method: 'query', params: { path: 'users.me' } }));
        await pour(peer, Buffer.concat(Array.from({ length: 100 }, (_, id) => call(id))), over);
      },
      'pings as fast as they go': async ({ url }, _, over) => {
        using peer = await rawSocket(url);
        await pour(peer, Buffer.concat(Array.from({ length: 100 }, () => clientFrame('PING'))), over);
      },
      'a thousand requests that never end': async ({ url }, _, over) => {
        const slow = Array.from({ length: 1_000 }, () =>
          new RawPeer(url, ELSEWHERE).write('GET /trpc HTTP/1.1\r\n'),
        );
        await repeat(over, 500, Number.POSITIVE_INFINITY, async (n) => {
          for (const peer of slow) peer.write(`x-${n}: y\r\n`);
        });
        for (const peer of slow) peer.tcp.end();
        await Promise.all(slow.map((peer) => peer.gone()));
      },
    };

    test.each(Object.entries(attacks))('%s', async (_, attackWith) => {
      await using attack = await attackable();
      const { server, people, witness } = attack;
      const mallory = await people.join('mallory');
      const calm: number[] = [];
      const under: number[] = [];
      const held: number[] = [];
      for (let round = 0; round < 4; round++) {
        calm.push(await witness.p99(4));
        if (round === 0) held.push(await inUse(server));
        const over = new AbortController();
        const running = attackWith(server, mallory, over.signal);
        await sleep(500);
        under.push(await witness.p99(5));
        over.abort();
        await running;
        held.push(await inUse(server));
      }
      console.log({ calm, under, held: held.map((bytes) => Math.round(bytes / MB)) });
      expect(held.at(-1)! - held[0]!).toBeLessThan(100 * MB);
      // What one round takes serves the next: it comes to rest, and a leak would not.
      expect(held.at(-1)! - held.at(-2)!).toBeLessThan(20 * MB);
      expect(calmest(under)).toBeLessThan(2 * calmest(calm) + 2);
    });
  });

  test('S72 a request that never ends is given up after some seconds', async () => {
    await using database = await testDatabase();
    await using server = await serverProcess(database.url);
    using silent = new RawPeer(server.url);
    using slow = new RawPeer(server.url).write('GET /healthz HTTP/1.1\r\nhost: x\r\n');
    const timer = setInterval(() => slow.write('x: y\r\n'), 500);
    const start = performance.now();
    await Promise.all([silent.gone(), slow.gone()]);
    clearInterval(timer);
    expect(slow.status).toBe(408);
    expect(performance.now() - start).toBeLessThan(15_000);
  });
});

/** An address that is not the witness's. */
const ELSEWHERE = '127.0.0.2';

/** Begins something every so many milliseconds, so often at most, until the signal aborts; resolves with what it gave. */
async function repeat<Result>(
  over: AbortSignal,
  every: number,
  times: number,
  work: (n: number) => Promise<Result>,
): Promise<Result[]> {
  const running: Promise<Result>[] = [];
  const start = performance.now();
  while (!over.aborted && running.length < times) {
    while (running.length * every < performance.now() - start && running.length < times)
      running.push(work(running.length));
    await sleep(1);
  }
  return Promise.all(running);
}

/** Writes the same again and again, as fast as it is taken, until the signal aborts. */
async function pour(peer: RawPeer, bytes: Buffer, over: AbortSignal): Promise<void> {
  over.addEventListener('abort', () => peer.tcp.destroy(), { once: true });
  while (!peer.isGone) {
    await peer.write(bytes).drained();
    peer.texts.length = 0;
  }
  expect(over.aborted).toBe(true);
}

/** Subscribes, and never reads again. */
async function deafReader({ url }: ServerProcess, person: Person): Promise<RawPeer> {
  const peer = await rawSocket(url, person.tokens.accessToken);
  peer.send({ id: 1, method: 'subscription', params: { path: 'events.stream' } });
  await peer.when(() => peer.texts.some((text) => text.includes('caught-up')));
  peer.tcp.pause();
  return peer;
}

/** Sends so many messages of 16 kB. */
async function sayMuch(person: Person, conversationId: string, count: number): Promise<void> {
  const { api, close } = person.socket();
  const text = '🫖'.repeat(4_000);
  for (let start = 0; start < count; start += 20)
    await Promise.all(
      Array.from({ length: 20 }, () =>
        api.messages.send.mutate({ conversationId, text, clientMessageId: v7() }),
      ),
    );
  close();
}
