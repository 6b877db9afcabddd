import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { issueCode, newDigits, type Proof, withCode } from '../src/auth/codes.ts';
import type { CodePurpose } from '../src/database/generated/client.ts';
import { createUser } from '../src/users/create-user.ts';
import { mailTo } from './inbox.ts';
import { ManualClock, serverForAll } from './server.ts';

const MINUTE = 60_000;

const clock = new ManualClock(Date.parse('2026-11-20T10:00:00Z'));
const forAll = serverForAll({
  clock,
  env: { LIMIT_CODES: '1000000/60', LIMIT_STRANGERS: '1000000/60' },
});

/** A node whose time stands still, people who have nothing but an account, and codes as a mail would bring them. */
function setUp() {
  const { app } = forAll.nodes[0];
  const { database } = app;
  return {
    ...forAll,
    app,
    clock,
    prisma: database.prisma,
    api: forAll.people.stranger(),
    person(name: string) {
      const username = `${name}_${randomUUID().slice(0, 8)}`;
      return database.transaction((tx) =>
        createUser(tx, {
          username,
          email: `${username}@example.com`,
          fullName: null,
          passwordHash: '',
          isEmailVerified: false,
          now: clock.now(),
        }),
      );
    },
    issue: ({ id: userId, email }: { id: string; email: string }, purpose: CodePurpose = 'verify_email') =>
      database.transaction((tx) => issueCode(tx, app, { userId, purpose, email })),
    /** Whether this is taken; it is used up then. */
    takes: (proof: Proof, purpose: CodePurpose = 'verify_email') =>
      withCode(app, purpose, proof, async () => true).catch((error) => {
        expect(error).toMatchObject({ code: 'INVALID_CODE' });
        return false;
      }),
  };
}

/** Digits that are not these. */
const others = (digits: string, step = 1): string =>
  String((Number(digits) + step) % 1_000_000).padStart(6, '0');

const count = (outcomes: boolean[]): number => outcomes.filter(Boolean).length;

test('S06 after five wrong digits the right ones are refused, and the link is still good', async () => {
  const server = setUp();
  const alice = await server.person('alice');
  const { digits: code, token } = await server.issue(alice);
  const { email } = alice;
  for (let step = 1; step <= 5; step++)
    expect(await server.takes({ email, code: others(code, step) })).toBe(false);
  expect(await server.takes({ email, code })).toBe(false);
  expect(await server.takes({ token })).toBe(true);
});

test('S06 no more than five of many guesses at once are compared', async () => {
  const server = setUp();
  const alice = await server.person('alice');
  for (let race = 0; race < 10; race++) {
    await server.prisma.user.update({ where: { id: alice.id }, data: { codeFailures: 0 } });
    const { digits: code } = await server.issue(alice);
    const { email } = alice;
    await Promise.all(
      Array.from({ length: 20 }, (_, step) => server.takes({ email, code: others(code, step + 1) })),
    );
    const { codeFailures } = await server.prisma.user.findUniqueOrThrow({ where: { id: alice.id } });
    expect(codeFailures).toBe(5);
    expect(await server.takes({ email, code })).toBe(false);
  }
});

test('S06 a hundred failures in a row lock the digits of an account, and asking for new codes does not help', async () => {
  const server = setUp();
  const alice = await server.person('alice');
  const bob = await server.person('bob');
  const { email } = alice;
  for (let round = 0; round < 20; round++) {
    const { digits: code } = await server.issue(alice, round % 2 ? 'verify_email' : 'reset_password');
    const purpose = round % 2 ? 'verify_email' : 'reset_password';
    await Promise.all(
      [1, 2, 3, 4, 5].map((step) => server.takes({ email, code: others(code, step) }, purpose)),
    );
  }
  const { digits: code, token } = await server.issue(alice);
  expect(await server.takes({ email, code })).toBe(false);
  // Nobody else is locked, and she has the link.
  expect(await server.takes({ email: bob.email, code: (await server.issue(bob)).digits })).toBe(true);
  expect(await server.takes({ token })).toBe(true);
  expect(await server.takes({ email, code: (await server.issue(alice)).digits })).toBe(true);
});

test('S06 failures in a row are those since the last success', async () => {
  const server = setUp();
  const alice = await server.person('alice');
  const { email } = alice;
  await server.prisma.user.update({ where: { id: alice.id }, data: { codeFailures: 99 } });
  const first = await server.issue(alice);
  expect(await server.takes({ email, code: first.digits })).toBe(true);
  const { digits: code } = await server.issue(alice);
  expect(await server.takes({ email, code: others(code) })).toBe(false);
  expect(await server.takes({ email, code })).toBe(true);
});

test('S07 a code is good once, by its digits or its link', async () => {
  const server = setUp();
  const alice = await server.person('alice');
  const { email } = alice;
  const first = await server.issue(alice);
  expect(await server.takes({ email, code: first.digits })).toBe(true);
  expect(await server.takes({ email, code: first.digits })).toBe(false);
  expect(await server.takes({ token: first.token })).toBe(false);
  const second = await server.issue(alice);
  expect(await server.takes({ token: second.token })).toBe(true);
  expect(await server.takes({ email, code: second.digits })).toBe(false);
});

test('S07 a code is good for ten minutes', async () => {
  const server = setUp();
  const alice = await server.person('alice');
  const { email } = alice;
  const early = await server.issue(alice);
  server.clock.advance(10 * MINUTE - 1);
  expect(await server.takes({ email, code: early.digits })).toBe(true);
  const late = await server.issue(alice);
  server.clock.advance(10 * MINUTE);
  expect(await server.takes({ email, code: late.digits })).toBe(false);
  expect(await server.takes({ token: late.token })).toBe(false);
});

test('S07 a code is good for its purpose, its person and its mailbox', async () => {
  const server = setUp();
  const [alice, bob] = [await server.person('alice'), await server.person('bob')];
  const { digits: code, token } = await server.issue(alice, 'verify_email');
  await server.issue(bob, 'verify_email');
  expect(await server.takes({ email: alice.email, code }, 'reset_password')).toBe(false);
  expect(await server.takes({ token }, 'reset_password')).toBe(false);
  expect(await server.takes({ userId: alice.id, code }, 'change_email')).toBe(false);
  expect(await server.takes({ email: bob.email, code })).toBe(false);
  expect(await server.takes({ userId: bob.id, code })).toBe(false);
  const moved = { email: 'elsewhere@example.com', emailKey: 'elsewhere@example.com' };
  await server.prisma.user.update({ where: { id: alice.id }, data: moved });
  expect(await server.takes({ email: moved.email, code })).toBe(false);
  expect(await server.takes({ token })).toBe(false);
  await server.prisma.user.update({
    where: { id: alice.id },
    data: { email: alice.email, emailKey: alice.emailKey },
  });
  expect(await server.takes({ email: alice.email, code })).toBe(true);
});

test('S08 of several who show the right code at once, one is taken', async () => {
  const server = setUp();
  const alice = await server.person('alice');
  const { email } = alice;
  for (let race = 0; race < 20; race++) {
    const { digits: code, token } = await server.issue(alice);
    const proofs: Proof[] = [{ email, code }, { token }, { email, code }, { token }];
    expect(count(await Promise.all(proofs.map((proof) => server.takes(proof))))).toBe(1);
  }
});

test('S08 a code whose work fails is good again', async () => {
  const server = setUp();
  const alice = await server.person('alice');
  const { token } = await server.issue(alice);
  const failing = withCode(server.app, 'verify_email', { token }, () => Promise.reject(new Error('not now')));
  await expect(failing).rejects.toThrow('not now');
  expect(await server.takes({ token })).toBe(true);
});

test('S09 the table has no code and no token, nor anything that a guess could be compared with', async () => {
  const server = setUp();
  const alice = await server.person('alice');
  const { digits, token } = await server.issue(alice);
  const { rows } = await server.app.database.pool.query(
    'SELECT c::text AS text FROM codes c WHERE user_id = $1',
    [alice.id],
  );
  expect(rows).toHaveLength(1);
  for (const secret of [digits, token, Buffer.from(token, 'base64url').toString('hex')])
    expect(rows[0].text).not.toContain(secret);
  // The same digits are another hash in another row: one table of a million hashes does not open them all.
  const bob = await server.person('bob');
  await server.issue(bob);
  const { codeHash } = await server.prisma.code.findFirstOrThrow({ where: { userId: alice.id } });
  await server.prisma.code.updateMany({ where: { userId: bob.id }, data: { codeHash } });
  expect(await server.takes({ email: bob.email, code: digits })).toBe(false);
  // Nor of use with another installation's secret.
  const { email } = alice;
  const { digits: code } = await server.issue(alice);
  const elsewhere = { ...server.app, env: { ...server.app.env, APP_SECRET: 'x'.repeat(32) } };
  await expect(withCode(elsewhere, 'verify_email', { email, code }, async () => true)).rejects.toMatchObject({
    code: 'INVALID_CODE',
  });
  expect(await server.takes({ email, code })).toBe(true);
});

test('S09 codes are evenly spread: chi-square over 100,000 of them', () => {
  const bins = new Array<number>(1_000).fill(0);
  for (let n = 0; n < 100_000; n++) {
    const digits = newDigits();
    if (!/^\d{6}$/.test(digits)) throw new Error(digits);
    bins[Math.floor(Number(digits) / 1_000)]! += 1;
  }
  const chiSquare = bins.reduce((sum, seen) => sum + (seen - 100) ** 2 / 100, 0);
  // 999 degrees of freedom: five standard deviations either way.
  expect(Math.abs(chiSquare - 999)).toBeLessThan(5 * Math.sqrt(2 * 999));
});

test('S10 a newer code of the same purpose voids the older one, and leaves other purposes alone', async () => {
  const server = setUp();
  const alice = await server.person('alice');
  const { email } = alice;
  const reset = await server.issue(alice, 'reset_password');
  const older = await server.issue(alice);
  const newer = await server.issue(alice);
  expect(await server.takes({ token: older.token })).toBe(false);
  if (older.digits !== newer.digits) expect(await server.takes({ email, code: older.digits })).toBe(false);
  expect(await server.takes({ email, code: newer.digits })).toBe(true);
  expect(await server.takes({ token: reset.token }, 'reset_password')).toBe(true);
});

test('S07 every failure looks the same from outside', async () => {
  const server = setUp();
  const alice = await server.people.join('alice');
  const { email } = await alice.api.users.me.query();
  const { code, link } = await mailTo(server, email);
  const token = new URL(link).searchParams.get('token')!;
  const { auth } = server.api;
  const failures = [
    auth.verifyEmail.mutate({ email, code: others(code) }),
    auth.verifyEmail.mutate({ email: 'nobody@example.com', code }),
    auth.verifyEmail.mutate({ token: 'x'.repeat(43) }),
    auth.resetPassword.mutate({ email, code, newPassword: 'battery staple' }),
    auth.resetPassword.mutate({ token, newPassword: 'battery staple' }),
    alice.api.auth.confirmEmail.mutate({ code }),
  ];
  const shapes = (await Promise.allSettled(failures)).map((outcome) =>
    outcome.status === 'rejected' ? outcome.reason.shape : outcome.value,
  );
  for (const shape of shapes) expect(shape).toEqual(shapes[0]);
  expect(shapes[0]).toMatchObject({ data: { code: 'INVALID_CODE', httpStatus: 400 } });
  await auth.verifyEmail.mutate({ email, code });
});
