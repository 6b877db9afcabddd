import { pino } from 'pino';
import { expect, test } from 'vitest';
import { expectCalm } from './calm.ts';
import type { Api } from './people.ts';
import { hasRedis, hasRedisOfItsOwn, redisServer } from './redis-server.ts';
import { testServer } from './server.ts';

/** Calls until it is refused, and answers how often it was not. */
async function callsOf(api: Api, most = 100): Promise<number> {
  for (let calls = 0; calls < most; calls++) {
    const code = await api.users.me.query().then(
      () => null,
      (error) => error.data.code,
    );
    if (code === 'RATE_LIMITED') return calls;
    expect(code).toBe(null);
  }
  return most;
}

test.skipIf(!hasRedis)('two nodes with one Redis share what a person may do', async () => {
  await using redis = await redisServer();
  const env = { REDIS_URL: redis.url, LIMIT_OPERATIONS: '10/600+5/600' };
  await using server = await testServer({ env, nodes: 2 });
  const [alice, bob] = await server.people.all('alice', 'bob');
  for (let n = 0; n < 5; n++) await alice.on(1).users.me.query();
  expect(await callsOf(alice.on(0))).toBe(10);
  expect(await callsOf(alice.on(1))).toBe(0);
  expect(await callsOf(bob.on(1))).toBe(15);
});

test('without a Redis each node counts for itself what a person does', async () => {
  await using server = await testServer({ env: { LIMIT_OPERATIONS: '10/600' }, nodes: 2 });
  const alice = await server.people.join('alice');
  expect(await callsOf(alice.on(0))).toBe(10);
  expect(await callsOf(alice.on(1))).toBe(10);
});

test.skipIf(!hasRedisOfItsOwn)(
  'a Redis that dies half-way keeps nobody waiting, and counts again when it is back',
  async () => {
    await using redis = await redisServer();
    const lines: string[] = [];
    const logger = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
    const env = { REDIS_URL: redis.url, LIMIT_OPERATIONS: '20/600' };
    await using server = await testServer({ env, logger, nodes: 2 });
    const alice = await server.people.join('alice');
    expect(await callsOf(alice.on(0), 15)).toBe(15);
    await redis.kill();
    // Counted anew, and by each node for itself.
    expect(await callsOf(alice.on(0))).toBe(20);
    expect(await callsOf(alice.on(1))).toBe(20);
    expect(lines.filter((line) => line.includes('limits are counted in memory'))).toHaveLength(2);
    expect(lines.filter((line) => line.includes('Redis is away')).length).toBeLessThanOrEqual(2);
    await redis.restart();
    // Both are connected again once each has seen what the other counted.
    const bob = await server.people.join('bob');
    await expect
      .poll(
        async () => {
          const carol = await server.people.join('carol');
          await callsOf(carol.on(0), 20);
          return callsOf(carol.on(1), 20);
        },
        { timeout: 15_000 },
      )
      .toBe(0);
    expect(await callsOf(bob.on(0))).toBe(20);
    for (const node of server.nodes) await expectCalm(node);
  },
);

test.skipIf(!hasRedisOfItsOwn)(
  'a Redis that answers nothing any more is waited for once, not by each call',
  async () => {
    await using redis = await redisServer();
    await using server = await testServer({ env: { REDIS_URL: redis.url } });
    const alice = await server.people.join('alice');
    redis.freeze();
    const since = performance.now();
    for (let n = 0; n < 100; n++) await alice.api.users.me.query();
    // Half a second for each would be fifty.
    expect(performance.now() - since).toBeLessThan(25_000);
    redis.thaw();
  },
);

test('a server starts while its Redis is away', async () => {
  await using server = await testServer({
    env: { REDIS_URL: 'redis://127.0.0.1:1', LIMIT_OPERATIONS: '3/600' },
  });
  const alice = await server.people.join('alice');
  expect(await callsOf(alice.api)).toBe(3);
});
