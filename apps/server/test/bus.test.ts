import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Bus, type BusDriver, createBus } from '../src/events/bus.ts';
import { overPostgres } from '../src/events/bus-postgres.ts';
import { overRedis } from '../src/events/bus-redis.ts';
import { News } from '../src/events/news.ts';
import { connectRedis } from '../src/redis.ts';
import { testDatabase } from './database.ts';
import { hasRedis, redisServer } from './redis-server.ts';
import { testServer } from './server.ts';

afterEach(() => void vi.useRealTimers());

const onError = (error: unknown) => {
  throw error;
};

/** A wire between nodes of which the test says what becomes of a text. */
function wire(longest = 100) {
  const ears: ((text: string) => void)[] = [];
  const texts: string[] = [];
  let isBroken = false;
  return {
    texts,
    break: (broken: boolean) => {
      isBroken = broken;
    },
    connect(hear: (text: string) => void): BusDriver {
      ears.push(hear);
      return {
        longest,
        async send(text) {
          if (isBroken) throw new Error('broken');
          texts.push(text);
          for (const ear of ears) ear(text);
        },
        head: async () => 0,
        close: async () => {},
      };
    },
  };
}

const nextTurn = () => vi.advanceTimersByTimeAsync(25);

describe('what waits for the other nodes', () => {
  test('goes in order, as much at a time as fits, to all but the one that says it', async () => {
    vi.useFakeTimers();
    const it = wire(200);
    const heard: Record<string, unknown[]> = { a: [], b: [] };
    const [a, b] = ['a', 'b'].map((name) => {
      const bus = createBus({ connect: it.connect, onHint: () => {}, onError });
      bus.hear('news', (news) => heard[name]!.push(news));
      return bus;
    }) as [Bus, Bus];
    const said = Array.from({ length: 50 }, (_, n) => `news ${n} ${'ü'.repeat(n % 30)}`);
    for (const news of said) a.tell('news', news);
    a.tell('unknown', 'nobody hears it');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(heard).toEqual({ a: [], b: said });
    expect(it.texts.length).toBeGreaterThan(1);
    for (const text of it.texts) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(200);
    await Promise.all([a.close(), b.close()]);
  });

  test('is refused when it never fits', async () => {
    const bus = createBus({ connect: wire(100).connect, onHint: () => {}, onError });
    expect(() => bus.tell('news', 'x'.repeat(100))).toThrow(RangeError);
    await bus.close();
  });

  test('is bounded, and the oldest is dropped', () => {
    const news = new News(100);
    for (let n = 0; n < 1_000; n++) news.add(`"${n}"`);
    const kept = JSON.parse(`[${news.take(1_000)}]`);
    expect(kept.at(-1)).toBe('999');
    expect(kept).toHaveLength(Math.floor(100 / 6));
    expect(news.isEmpty).toBe(true);
  });

  test('takes exactly what fits', () => {
    for (const [bytes, fit] of [
      [2, '11'],
      [4, '11'],
      [5, '11,22'],
      [8, '11,22,33'],
    ] as const) {
      const news = new News(100);
      for (const text of ['11', '22', '33']) news.add(text);
      expect(news.take(bytes)).toBe(fit);
    }
  });

  test('is lost when the wire breaks, and what comes later is not', async () => {
    vi.useFakeTimers();
    const it = wire();
    const errors: unknown[] = [];
    const hints: number[] = [];
    const heard: unknown[] = [];
    const a = createBus({ connect: it.connect, onHint: () => {}, onError: (error) => errors.push(error) });
    const b = createBus({ connect: it.connect, onHint: (position) => hints.push(position), onError });
    b.hear('news', (news) => heard.push(news));
    it.break(true);
    a.announce(7);
    a.tell('news', 'lost');
    await nextTurn();
    expect(errors).toHaveLength(1);
    it.break(false);
    a.tell('news', 'told');
    await nextTurn();
    expect(heard).toEqual(['told']);
    // Of the log it is said until it was said.
    expect(hints.filter(Boolean)).toEqual([7]);
    await nextTurn();
    expect(it.texts).toHaveLength(1);
    await Promise.all([a.close(), b.close()]);
  });

  test('a text that is none, and a listener that fails, do no harm', async () => {
    vi.useFakeTimers();
    let hear = (_: string) => {};
    const errors: unknown[] = [];
    const bus = createBus({
      connect: (given) => {
        hear = given;
        return wire().connect(given);
      },
      onHint: () => {},
      onError: (error) => errors.push(error),
    });
    const heard: unknown[] = [];
    bus.hear('bad', () => {
      throw new Error('bad');
    });
    bus.hear('good', (news) => heard.push(news));
    for (const text of ['', '12', '12 abc', 'x y []']) hear(text);
    hear('12 abc [["bad",1],["good",2]]');
    expect(heard).toEqual([2]);
    expect(errors).toHaveLength(1);
    await bus.close();
  });
});

test('over Postgres everything arrives, whatever NOTIFY takes at once', async () => {
  await using database = await testDatabase();
  const [a, b] = [0, 1].map(() =>
    createBus({ connect: (hear) => overPostgres(database.url, hear), onHint: () => {}, onError }),
  ) as [Bus, Bus];
  const heard: unknown[] = [];
  b.hear('news', (news) => heard.push(news));
  b.tell('news', 'to know that it listens');
  await vi.waitFor(() => {
    a.tell('news', 'first');
    expect(heard.length).toBeGreaterThan(0);
  }, 15_000);
  heard.length = 0;
  const said = Array.from({ length: 300 }, (_, n) => `${n} ${'ü'.repeat(50)}`);
  for (const news of said) a.tell('news', news);
  a.tell('news', 'ü'.repeat(3_900));
  await expect.poll(() => heard.filter((news) => news !== 'first')).toHaveLength(301);
  expect(heard.filter((news) => news !== 'first').slice(0, 300)).toEqual(said);
  await Promise.all([a.close(), b.close()]);
});

describe.skipIf(!hasRedis)('over Redis', () => {
  test('two nodes hear each other: messages, presence, typing', async () => {
    await using redis = await redisServer();
    await using server = await testServer({ nodes: 2, env: { REDIS_URL: redis.url } });
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    const hers = await alice.subscribe();
    const his = await bob.subscribe({ node: 1 });
    await hers.until(({ type }) => type === 'presence.changed');
    await bob.on(1).typing.start.mutate({ conversationId });
    await hers.until(({ type }) => type === 'typing');
    await alice.say(conversationId, 'hello');
    await his.when(() => his.texts.length === 1);
  });

  test('what comes while it is away is read from the log, and it is used again when it is back', async () => {
    await using redis = await redisServer();
    await using server = await testServer({ nodes: 2, env: { REDIS_URL: redis.url } });
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    const hers = await alice.subscribe();
    const his = await bob.subscribe({ node: 1 });
    await redis.kill();
    await alice.say(conversationId, 'without it');
    await his.when(() => his.texts.length === 1);
    await redis.restart();
    await expect
      .poll(
        async () => {
          await bob.on(1).typing.start.mutate({ conversationId });
          await bob.on(1).typing.stop.mutate({ conversationId });
          return hers.received.some(({ data }) => data.type === 'typing');
        },
        { timeout: 15_000, interval: 500 },
      )
      .toBe(true);
  });

  test('installations that share one do not hear each other', async () => {
    await using redis = await redisServer();
    const logger = { warn: () => {} } as never;
    const connections = await Promise.all([0, 1, 2].map(() => connectRedis(redis.url, logger)));
    const [a, b, c] = ['one', 'one', 'two'].map((epoch, n) =>
      createBus({
        connect: (hear) => overRedis(connections[n]!, { epoch, head: async () => 0 }, hear),
        onHint: () => {},
        onError,
      }),
    ) as [Bus, Bus, Bus];
    const heard: string[] = [];
    b.hear('news', () => heard.push('b'));
    c.hear('news', () => heard.push('c'));
    await vi.waitFor(() => {
      a.tell('news', 'x'.repeat(50_000));
      expect(heard).toContain('b');
    }, 15_000);
    expect(heard).not.toContain('c');
    await Promise.all([a, b, c].map((bus) => bus.close()));
    for (const connection of connections) connection.disconnect();
  });
});
