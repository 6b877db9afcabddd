import { expect, test } from 'vitest';
import { ManualClock, testServer } from './server.ts';

test('S25 a thousand races of two tabs: one family, no lock-out', async () => {
  const clock = new ManualClock();
  await using server = await testServer({ clock, nodes: 2 });
  const alice = await server.people.join('alice');
  const { prisma } = server.nodes[0].app.database;
  const tabs = [server.people.stranger(0), server.people.stranger(1)];
  let { refreshToken } = alice.tokens;
  for (let race = 0; race < 1_000; race++) {
    const answers = await Promise.all(tabs.map((tab) => tab.auth.refresh.mutate({ refreshToken })));
    expect(new Set(answers.map((answer) => answer.refreshToken)).size).toBe(1);
    refreshToken = answers[0]!.refreshToken;
    clock.advance(race % 2 ? 0 : 60_000);
  }
  expect(await prisma.refreshToken.count({ where: { usedAt: null } })).toBe(1);
  expect(await prisma.refreshToken.count()).toBe(1_001);
  expect(await prisma.session.count({ where: { endedAt: null } })).toBe(1);
});

test('S04 the time of a refused login does not tell whether the user exists', async () => {
  // A cheaper hash hides less, so this is harder than in production.
  await using server = await testServer({ env: { BCRYPT_COST: '8' } });
  const { username } = (await server.people.join('alice')).credentials;
  const unknown = `${username.slice(0, -1)}X`;
  const api = server.people.stranger();
  const timed = async (login: string) => {
    const start = performance.now();
    await api.auth.login.mutate({ login, password: 'wrong horse' }).catch(() => {});
    return performance.now() - start;
  };
  for (let warming = 0; warming < 20; warming++) await timed(warming % 2 ? username : unknown);
  const known: number[] = [];
  const stranger: number[] = [];
  for (let n = 0; n < 500; n++) {
    // Who comes first changes, so that neither always follows the other.
    const order = n % 2 ? ([known, stranger] as const) : ([stranger, known] as const);
    for (const times of order) times.push(await timed(times === known ? username : unknown));
  }
  expect(mannWhitney(known, stranger)).toBeGreaterThan(0.01);
});

/** The two-sided p of two samples having one distribution, by the normal approximation. */
function mannWhitney(a: number[], b: number[]): number {
  const wins = a.reduce(
    (sum, x) => sum + b.filter((y) => y < x).length + b.filter((y) => y === x).length / 2,
    0,
  );
  const mean = (a.length * b.length) / 2;
  const deviation = Math.sqrt((a.length * b.length * (a.length + b.length + 1)) / 12);
  return twoSided(Math.abs(wins - mean) / deviation);
}

/** P(|Z| > z) of the normal distribution, after Abramowitz and Stegun 26.2.17. */
function twoSided(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const series = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429];
  const sum = series.reduceRight((rest, factor) => (rest + factor) * t, 0);
  return (2 * sum * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
}
