import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { cleanUp } from '../src/auth/clean-up.ts';
import type { Person } from './people.ts';
import { ManualClock, type TestServer, testServer } from './server.ts';

const DAY = 86_400_000;

const count = async ({ nodes: [{ app }] }: TestServer, table: string, where = 'true'): Promise<number> => {
  const { rows } = await app.database.pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM ${table} WHERE ${where}`,
  );
  return rows[0]!.count;
};

const verify = ({ nodes: [{ app }] }: TestServer, ...people: Person[]) =>
  app.database.prisma.user.updateMany({
    where: { id: { in: people.map(({ id }) => id) } },
    data: { emailVerifiedAt: app.clock.now() },
  });

/** Somebody who has registered, and nothing more. */
async function registrant({ nodes: [{ app }] }: TestServer, more: object = {}): Promise<string> {
  const id = randomUUID();
  const name = id.slice(0, 8);
  await app.database.prisma.user.create({
    data: {
      id,
      username: name,
      usernameKey: name,
      email: `${name}@example.com`,
      emailKey: `${name}@example.com`,
      passwordHash: '',
      createdAt: app.clock.now(),
      ...more,
    },
  });
  return id;
}

test('sessions go a month after they have ended or expired, with their tokens; a live one keeps its used tokens', async () => {
  const clock = new ManualClock();
  await using server = await testServer({ clock, env: { SESSION_IDLE_DAYS: '20' } });
  const [{ app }] = server.nodes;
  const alice = await server.people.join('alice');
  const ended = await alice.anotherDevice();
  const living = await alice.anotherDevice();
  await verify(server, alice);
  await ended.api.auth.logout.mutate();
  const stays = () =>
    count(server, 'sessions', `id IN ('${alice.tokens.sessionId}', '${ended.tokens.sessionId}')`);

  clock.advance(15 * DAY);
  await living.refresh();
  clock.advance(14 * DAY);
  await living.refresh();
  await cleanUp(app);
  expect(await stays()).toBe(2);

  clock.advance(2 * DAY);
  await cleanUp(app);
  // It ended 31 days ago; the other one expired eleven days ago.
  expect(await count(server, 'sessions', `id = '${ended.tokens.sessionId}'`)).toBe(0);
  expect(await stays()).toBe(1);

  clock.advance(10 * DAY);
  await living.refresh();
  clock.advance(10 * DAY);
  await cleanUp(app);
  expect(await stays()).toBe(0);
  const own = `session_id = '${living.tokens.sessionId}'`;
  expect(await count(server, 'refresh_tokens')).toBe(await count(server, 'refresh_tokens', own));
  expect(await count(server, 'refresh_tokens', `${own} AND used_at IS NOT NULL`)).toBe(3);
  await living.refresh();
});

test('the last session of somebody unverified stays, for it tells that the account was used', async () => {
  const clock = new ManualClock();
  await using server = await testServer({ clock });
  const [{ app }] = server.nodes;
  const alice = await server.people.join('alice');
  const last = await alice.anotherDevice();
  clock.advance(200 * DAY);
  await cleanUp(app);
  expect(await app.database.prisma.session.findMany({ select: { id: true } })).toEqual([
    { id: last.tokens.sessionId },
  ]);
  expect(await count(server, 'refresh_tokens')).toBe(0);
});

test('codes go when they expire, inbox mails after a week, audit records after 400 days', async () => {
  const clock = new ManualClock();
  await using server = await testServer({ clock });
  const [{ app }] = server.nodes;
  const { prisma } = app.database;
  const userId = await registrant(server);
  for (const [purpose, minutes] of [
    ['verify_email', 9],
    ['reset_password', 11],
  ] as const) {
    const hash = Buffer.from(purpose);
    const expiresAt = new Date(clock.now().getTime() + minutes * 60_000);
    await prisma.code.create({
      data: {
        id: randomUUID(),
        userId,
        purpose,
        email: '',
        codeHash: hash,
        linkHash: hash,
        createdAt: clock.now(),
        expiresAt,
      },
    });
  }
  const at = (days: number) => new Date(clock.now().getTime() - days * DAY);
  for (const days of [6.9, 7.1])
    await prisma.inboxMail.create({
      data: {
        id: randomUUID(),
        recipient: '',
        subject: String(days),
        html: '',
        text: '',
        createdAt: at(days),
      },
    });
  for (const days of [399, 401])
    await prisma.auditRecord.create({
      data: { id: randomUUID(), at: at(days), action: String(days), userId, address: '', details: {} },
    });
  clock.advance(10 * 60_000);
  await cleanUp(app);
  expect(await prisma.code.findMany({ select: { purpose: true } })).toEqual([{ purpose: 'reset_password' }]);
  expect(await prisma.inboxMail.findMany({ select: { subject: true } })).toEqual([{ subject: '6.9' }]);
  expect(await prisma.auditRecord.findMany({ select: { action: true } })).toEqual([{ action: '399' }]);
});

test('accounts that nobody has verified go after a week where that is required, unless anything refers to them', async () => {
  const clock = new ManualClock();
  // Those who come first need not be verified: that is required from the restart on.
  await using server = await testServer({ clock });
  const [{ app }] = server.nodes;
  const strict = { ...app, env: { ...app.env, REQUIRE_EMAIL_VERIFICATION: true } };
  const alice = await server.people.join('alice');
  const bob = await server.people.join('bob');
  await alice.talkTo(bob);
  const signedIn = await server.people.join('carol');
  const unused = await registrant(server);
  const added = await registrant(server);
  const removed = await registrant(server);
  const foreign = await registrant(server, { externalSubject: 'issuer someone' });
  const verified = await registrant(server, { emailVerifiedAt: clock.now() });
  const deleted = await registrant(server, { deletedAt: clock.now() });
  const admin = await registrant(server, { role: 'ADMIN' });
  const { id: conversationId } = await alice.api.groups.create.mutate({
    title: 'Tea',
    userIds: [added, removed],
  });
  await alice.api.groups.removeMember.mutate({ conversationId, userId: removed });
  const [asked, known, blocked] = [
    await registrant(server),
    await registrant(server),
    await registrant(server),
  ];
  await alice.api.friendRequests.send.mutate({ userId: asked });
  await alice.api.blocks.add.mutate({ userId: blocked });
  await app.database.prisma.contact.create({
    data: { ownerId: alice.id, userId: known, createdAt: clock.now() },
  });
  clock.advance(6 * DAY);
  const young = await registrant(server);

  const accounts = async () => (await app.database.prisma.user.findMany()).map(({ id }) => id).sort();
  const all = await accounts();
  await cleanUp(strict);
  expect(await accounts()).toEqual(all);
  clock.advance(2 * DAY);
  await cleanUp(app);
  expect(await accounts()).toEqual(all);
  await cleanUp(strict);
  const named = [added, removed, asked, known, blocked];
  const stay = [alice.id, bob.id, signedIn.id, ...named, foreign, verified, deleted, admin, young];
  expect(await accounts()).toEqual(stay.sort());
  expect(all).toContain(unused);
});

test('much is deleted in batches, and all of it', async () => {
  const clock = new ManualClock();
  await using server = await testServer({ clock });
  const [{ app }] = server.nodes;
  await app.database.pool.query(
    `INSERT INTO inbox_mails SELECT gen_random_uuid(), '', '', '', '', $1 FROM generate_series(1, 1234)`,
    [clock.now()],
  );
  clock.advance(8 * DAY);
  await cleanUp(app);
  expect(await count(server, 'inbox_mails')).toBe(0);
});
