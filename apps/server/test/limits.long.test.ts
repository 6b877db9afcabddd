import { describe, expect, test } from 'vitest';
import { connectDatabase } from '../src/database/database.ts';
import { createLimits } from '../src/limits/limits.ts';
import { mayMail } from '../src/limits/may-mail.ts';
import { createLogger } from '../src/logger.ts';
import { testDatabase } from './database.ts';
import { testEnv, testServer } from './server.ts';

test('what is counted in memory costs a few microseconds, for a thousand people at once', async () => {
  await using database = await testDatabase();
  const { pool, close } = connectDatabase(database.url, 1);
  const limits = createLimits({
    env: testEnv(database.url),
    pool,
    redis: null,
    logger: createLogger('fatal'),
  });
  const people = Array.from({ length: 1_000 }, () => crypto.randomUUID());
  const takes = 1_000_000;
  const since = performance.now();
  for (let n = 0; n < takes; n++) await limits.take('sends', people[n % people.length]!);
  const microseconds = ((performance.now() - since) * 1_000) / takes;
  console.log(`a take: ${microseconds.toFixed(2)} µs`);
  expect(microseconds).toBeLessThan(5);
  limits.close();
  await close();
});

describe('S14 credential stuffing, at its full size', () => {
  const login = async (url: string, address: string, name: string) => {
    const response = await fetch(`${url}/trpc/auth.login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
      body: JSON.stringify({ json: { login: name, password: 'password' } }),
    });
    await response.arrayBuffer();
    return response.status;
  };

  test('1,000 accounts with one password from one address get 10 tries', async () => {
    await using server = await testServer({ env: { TRUSTED_PROXIES: '127.0.0.1', LIMIT_LOGIN: '10/600' } });
    const { url } = server.nodes[0];
    const statuses = await inTens(1_000, (n) => login(url, '10.0.0.1', `user_${n}`));
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(990);
  });

  test('one account from 1,000 addresses gets 20 tries', async () => {
    await using server = await testServer({
      env: { TRUSTED_PROXIES: '127.0.0.1', LIMIT_FAILED_LOGINS: '20/900' },
    });
    const { url } = server.nodes[0];
    const alice = await server.people.join('alice');
    const statuses = await inTens(1_000, (n) =>
      login(url, `10.0.${n >> 8}.${n & 255}`, alice.credentials.username),
    );
    expect(statuses.filter((status) => status === 401)).toHaveLength(20);
    expect(statuses.filter((status) => status === 429)).toHaveLength(980);
    expect((await alice.api.users.me.query()).id).toBe(alice.id);
  });
});

test('S66 10,000 requests send as many mails as their mailboxes and the day allow', async () => {
  await using server = await testServer({ env: { LIMIT_MAILBOX: '3/3600', MAIL_PER_DAY: '200' } });
  const { app } = server.nodes[0];
  const sent = await inTens(10_000, (n) => mayMail(app, `user_${n % 20}@example.com`));
  expect(sent.filter(Boolean)).toHaveLength(60);
  const others = await inTens(1_000, (n) => mayMail(app, `other_${n}@example.com`));
  expect(others.filter(Boolean)).toHaveLength(140);
});

/** Does it so often, ten at a time. */
async function inTens<Result>(count: number, act: (n: number) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (let from = 0; from < count; from += 10)
    results.push(...(await Promise.all(Array.from({ length: 10 }, (_, n) => act(from + n)))));
  return results;
}
