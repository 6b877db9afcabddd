import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { mailTo } from './inbox.ts';
import { testServer } from './server.ts';

/** Nothing is limited here but by the clock. */
const UNLIMITED = Object.fromEntries(
  ['OPERATIONS', 'STRANGERS', 'REGISTER', 'LOGIN', 'CODES', 'MAILS', 'PASSWORDS'].map((name) => [
    `LIMIT_${name}`,
    '100000000/60',
  ]),
);

async function setUp() {
  const env = { ...UNLIMITED, REQUIRE_EMAIL_VERIFICATION: 'true', LIMIT_MAILBOX: '1/3600' };
  const server = await testServer({ env });
  const api = server.people.stranger();
  const known = 'alice@example.com';
  await api.auth.register.mutate({ username: 'alice', email: known, password: 'correct horse' });
  const { code } = await mailTo(server, known);
  await api.auth.verifyEmail.mutate({ email: known, code });
  return { ...server, api, known };
}

/** Milliseconds of many tries of each, taken in turns: which is first changes. */
async function timesOf(tries: number, calls: [() => Promise<unknown>, () => Promise<unknown>]) {
  const times: [number[], number[]] = [[], []];
  for (let n = -20; n < tries; n++)
    for (const which of n % 2 ? [0, 1] : [1, 0]) {
      const start = performance.now();
      await calls[which]!().catch(() => {});
      if (n >= 0) times[which]!.push(performance.now() - start);
    }
  return times;
}

const median = (times: number[]): number => [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)]!;

/** Between the medians, in milliseconds. */
async function difference(tries: number, ...calls: [() => Promise<unknown>, () => Promise<unknown>]) {
  const [first, second] = await timesOf(tries, calls);
  return Math.abs(median(first) - median(second));
}

test('S01 the time of registering does not tell whether the address has an account', async () => {
  await using server = await setUp();
  const register = (email: string) => () =>
    server.api.auth.register.mutate({
      username: `u${randomUUID().replaceAll('-', '').slice(0, 15)}`,
      password: 'battery staple',
      email: email || `${randomUUID()}@example.com`,
    });
  expect(await difference(200, register(server.known), register(''))).toBeLessThan(10);
});

test('S02 the time of forgotPassword does not tell whether the address has an account', async () => {
  await using server = await setUp();
  const forgot = (email: string) => () => server.api.auth.forgotPassword.mutate({ email });
  expect(await difference(200, forgot(server.known), forgot('nobody@example.com'))).toBeLessThan(3);
});

test('S03 the time of resendVerification does not tell whether the address waits for it', async () => {
  await using server = await setUp();
  await server.api.auth.register.mutate({
    username: 'bob',
    email: 'bob@example.com',
    password: 'battery staple',
  });
  const resend = (email: string) => () => server.api.auth.resendVerification.mutate({ email });
  expect(await difference(200, resend('bob@example.com'), resend('nobody@example.com'))).toBeLessThan(3);
});

test('S02 the time of a wrong code does not tell whether its address has an account', async () => {
  await using server = await setUp();
  await server.api.auth.register.mutate({
    username: 'bob',
    email: 'bob@example.com',
    password: 'battery staple',
  });
  await mailTo(server, 'bob@example.com');
  const { prisma } = server.nodes[0].app.database;
  const wrong = (email: string) => async () => {
    // Each guess is compared, and counted, as the first one is.
    await prisma.code.updateMany({ data: { tries: 0 } });
    await prisma.user.updateMany({ data: { codeFailures: 0 } });
    return server.api.auth.verifyEmail.mutate({ email, code: '000000' });
  };
  expect(await difference(100, wrong('bob@example.com'), wrong('nobody@example.com'))).toBeLessThan(3);
});

test('S45 a thousand races of an owner who deletes the account and an admin who leaves', async () => {
  await using server = await testServer({ nodes: 2, env: UNLIMITED });
  const { database } = server.nodes[0].app;
  for (let race = 0; race < 1_000; race++) {
    const [owner, admin, member] = await server.people.all('owner', 'admin', 'member');
    const conversationId = await owner.startGroup('tea', admin, member);
    const role = { role: 'admin' as const };
    await database.prisma.member.updateMany({ where: { conversationId, userId: admin.id }, data: role });
    await Promise.allSettled([
      owner.api.auth.deleteAccount.mutate({ password: owner.credentials.password, messages: 'keep' }),
      admin.on(1).groups.leave.mutate({ conversationId }),
    ]);
    const isGone = async () =>
      (await database.prisma.member.count({ where: { conversationId, userId: owner.id } })) === 0;
    await expect.poll(isGone, { timeout: 20_000 }).toBe(true);
    const members = await database.prisma.member.findMany({ where: { conversationId } });
    expect(members.filter((one) => one.role === 'owner')).toHaveLength(1);
  }
});
