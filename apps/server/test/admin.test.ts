import { describe, expect, test } from 'vitest';
import { appoint } from './appoint.ts';
import { runSql } from './database.ts';
import { mailTo } from './inbox.ts';
import type { Person } from './people.ts';
import { ManualClock, type TestServer, type TestServerOptions, testServer } from './server.ts';

/** An admin, a moderator and two users. */
async function installation(options: TestServerOptions = {}) {
  const server = await testServer(options);
  const [ada, mo, alice, bob] = await server.people.all('ada', 'mo', 'alice', 'bob');
  await appoint(server, ada, 'ADMIN');
  await appoint(server, mo, 'MODERATOR');
  return Object.assign(server, { ada, mo, alice, bob });
}

/** The error of the closed list that a call gives. */
const refusal = (call: Promise<unknown>): Promise<object> =>
  call.then(
    (given) => ({ given }),
    ({ data }) => data,
  );
const refused = (code: string, data: object = {}) => expect.objectContaining({ code, ...data });
const login = ({ people, credentials }: Person) =>
  people.stranger().auth.login.mutate({ login: credentials.username, password: credentials.password });
const roleOf = async (person: Person) => (await person.api.users.me.query()).role;
const adminsOf = async ({ databaseUrl }: TestServer): Promise<number> =>
  (await runSql(databaseUrl, "SELECT 1 FROM users WHERE role = 'ADMIN' AND banned_at IS NULL")).length;

test('an admin gives and takes a role, which counts at once and in sessions that go on', async () => {
  await using server = await installation();
  const { ada, alice, bob } = server;
  const stream = await alice.subscribe();
  expect(await refusal(alice.api.admin.users.query({}))).toEqual(refused('FORBIDDEN', { need: 'MODERATOR' }));
  const given = await ada.api.admin.setRole.mutate({ userId: alice.id, role: 'MODERATOR' });
  expect(given).toMatchObject({ id: alice.id, role: 'MODERATOR' });
  const { data } = await stream.until(({ type }) => type === 'account.updated');
  expect(data).toMatchObject({ user: { id: alice.id, role: 'MODERATOR' } });
  await alice.api.admin.ban.mutate({ userId: bob.id });
  await ada.api.admin.setRole.mutate({ userId: alice.id, role: 'USER' });
  expect(await refusal(alice.api.admin.unban.mutate({ userId: bob.id }))).toEqual(refused('FORBIDDEN'));
});

test('nobody changes their own role, nor does a moderator change any', async () => {
  await using server = await installation();
  const { ada, mo, alice } = server;
  for (const [who, userId] of [
    [ada, ada.id],
    [mo, mo.id],
    [mo, alice.id],
    [alice, alice.id],
  ] as const)
    expect(await refusal(who.api.admin.setRole.mutate({ userId, role: 'ADMIN' }))).toEqual(
      refused('FORBIDDEN', { need: 'ADMIN' }),
    );
  expect(await Promise.all([ada, mo, alice].map(roleOf))).toEqual(['ADMIN', 'MODERATOR', 'USER']);
});

test('two admins who depose or ban each other at the same moment leave one', async () => {
  await using server = await installation();
  const { ada } = server;
  for (let round = 0; round < 10; round++) {
    const eve = await appoint(server, await server.people.join('eve'), 'ADMIN');
    const depose = (who: Person, whom: Person) =>
      round % 2
        ? refusal(who.api.admin.setRole.mutate({ userId: whom.id, role: 'USER' }))
        : refusal(who.api.admin.ban.mutate({ userId: whom.id }));
    const answers = await Promise.all([depose(ada, eve), depose(eve, ada)]);
    expect(answers.filter((answer) => 'given' in answer)).toHaveLength(1);
    expect(await adminsOf(server)).toBe(1);
    await runSql(
      server.databaseUrl,
      `UPDATE users SET role = 'USER';
       UPDATE users SET role = 'ADMIN', banned_at = NULL WHERE id = '${ada.id}'`,
    );
    Object.assign(ada.tokens, await login(ada));
  }
});

test('a ban ends the sessions, on every node, and only the right password is told of it', async () => {
  await using server = await installation({ nodes: 2 });
  const { mo, alice, bob } = server;
  const phone = await alice.anotherDevice();
  const streams = [await alice.subscribe(), await phone.subscribe({ node: 1, transport: 'sse' })];
  const banned = await mo.api.admin.ban.mutate({ userId: alice.id, reason: 'spam' });
  expect(banned).toMatchObject({ id: alice.id, bannedAt: expect.any(String), bannedUntil: null });
  for (const stream of streams)
    await stream.until((item) => item.type === 'session.ended' && item.reason === 'banned');
  for (const device of [alice, phone]) {
    expect(await refusal(device.api.users.me.query())).toEqual(refused('UNAUTHENTICATED'));
    expect(await refusal(device.refresh())).toEqual(refused('INVALID_REFRESH_TOKEN'));
  }
  expect(await refusal(login(alice))).toEqual(refused('BANNED', { until: null }));
  const guess = { login: alice.credentials.username, password: 'not her password' };
  expect(await refusal(server.people.stranger().auth.login.mutate(guess))).toEqual(
    refused('INVALID_CREDENTIALS'),
  );
  expect(await bob.api.users.me.query()).toMatchObject({ id: bob.id });
});

test('a ban is over at its end, or when it is lifted; once more is no error', async () => {
  const clock = new ManualClock();
  await using server = await installation({ clock });
  const { mo, ada, alice } = server;
  const inMinutes = (minutes: number) => new Date(clock.now().getTime() + minutes * 60_000).toISOString();
  const userId = alice.id;
  const until = inMinutes(5);
  const first = await mo.api.admin.ban.mutate({ userId, until });
  expect(await mo.api.admin.ban.mutate({ userId, until })).toEqual(first);
  expect(await refusal(login(alice))).toEqual(refused('BANNED', { until }));
  const longer = inMinutes(10);
  expect(await mo.api.admin.ban.mutate({ userId, until: longer })).toEqual({ ...first, bannedUntil: longer });
  clock.advance(10 * 60_000 - 1);
  expect(await refusal(login(alice))).toEqual(refused('BANNED', { until: longer }));
  clock.advance(1);
  Object.assign(alice.tokens, await login(alice));
  const [listed] = (await ada.api.admin.users.query({ username: alice.credentials.username })).users;
  expect(listed).toMatchObject({ bannedAt: null, bannedUntil: null });

  await mo.api.admin.ban.mutate({ userId });
  for (const _ of [1, 2])
    expect(await mo.api.admin.unban.mutate({ userId })).toMatchObject({ bannedAt: null, bannedUntil: null });
  await login(alice);
  expect(await refusal(mo.api.admin.ban.mutate({ userId, until: inMinutes(0) }))).toEqual(
    refused('INVALID_INPUT', { issues: [{ path: 'until', message: expect.any(String) }] }),
  );
});

test('a moderator looks after users only, and nobody after themselves', async () => {
  await using server = await installation();
  const { ada, mo, alice, people } = server;
  const max = await appoint(server, await people.join('max'), 'MODERATOR');
  const eve = await appoint(server, await people.join('eve'), 'ADMIN');
  const acts = [
    (who: Person, userId: string) => who.api.admin.ban.mutate({ userId }),
    (who: Person, userId: string) => who.api.admin.unban.mutate({ userId }),
    (who: Person, userId: string) => who.api.admin.endSessions.mutate({ userId }),
  ];
  for (const act of acts) {
    for (const [who, whom] of [
      [mo, max],
      [mo, ada],
      [mo, mo],
      [ada, ada],
    ] as const)
      expect(await refusal(act(who, whom.id))).toEqual(refused('FORBIDDEN', { need: 'ADMIN' }));
    expect(await refusal(act(alice, mo.id))).toEqual(refused('FORBIDDEN', { need: 'MODERATOR' }));
    for (const whom of [max, eve]) expect(await refusal(act(ada, whom.id))).toHaveProperty('given');
  }
});

test('an admin signs somebody out everywhere, and they log in again', async () => {
  await using server = await installation();
  const { mo, alice } = server;
  const stream = await alice.subscribe();
  for (const _ of [1, 2]) expect(await mo.api.admin.endSessions.mutate({ userId: alice.id })).toBe(null);
  await stream.until((item) => item.type === 'session.ended' && item.reason === 'revoked');
  expect(await refusal(alice.api.users.me.query())).toEqual(refused('UNAUTHENTICATED'));
  await login(alice);
});

test('accounts are found by the beginning of a name, literally, and by an address only whole and by admins', async () => {
  await using server = await installation();
  const { ada, mo, alice, people } = server;
  for (const username of ['Tea_one', 'tea_two', 'teaXtwo', 'tea_three'])
    await people.stranger().auth.register.mutate({
      username,
      password: 'likes a biscuit',
      email: `${username}@example.com`,
    });
  const find = (who: Person, query: object) => who.api.admin.users.query(query);
  const names = ({ users }: Awaited<ReturnType<typeof find>>) => users.map(({ username }) => username);
  expect(names(await find(ada, { username: 'TEA_' }))).toEqual(['Tea_one', 'tea_three', 'tea_two']);
  expect(names(await find(ada, { username: '%' }))).toEqual([]);

  const paged: string[] = [];
  for (let after: string | undefined, more = true; more; ) {
    const page = await find(ada, { username: 'tea', limit: 2, ...(after && { after }) });
    paged.push(...names(page));
    [after, more] = [paged.at(-1), page.hasMore];
  }
  expect(paged).toEqual(['Tea_one', 'tea_three', 'tea_two', 'teaXtwo']);

  const email = `${alice.credentials.username}@example.com`;
  expect((await find(ada, { email: email.toUpperCase() })).users).toEqual([
    {
      id: alice.id,
      username: alice.credentials.username,
      fullName: 'alice',
      email,
      isEmailVerified: false,
      role: 'USER',
      bannedAt: null,
      bannedUntil: null,
      isDeleted: false,
      createdAt: expect.any(String),
    },
  ]);
  expect(names(await find(ada, { email: email.slice(0, -1) }))).toEqual([]);
  expect(await refusal(find(mo, { email }))).toEqual(refused('FORBIDDEN', { need: 'ADMIN' }));
  const [seen] = (await find(mo, { username: alice.credentials.username })).users;
  expect(seen).toMatchObject({ id: alice.id, email: null });
});

describe('the account with the configured address is an admin', () => {
  const email = 'Founder@example.com';
  const registered = async () => {
    const server = await testServer({ env: { ADMIN_EMAIL: email } });
    const { auth } = server.people.stranger();
    await auth.register.mutate({
      username: 'founder',
      password: 'likes a biscuit',
      email: email.toLowerCase(),
    });
    const role = async () =>
      (await runSql<{ role: string }>(server.databaseUrl, 'SELECT role FROM users'))[0]?.role;
    return Object.assign(server, { auth, role });
  };

  test('as soon as the address is verified, and not before', async () => {
    await using server = await registered();
    const { code } = await mailTo(server, email);
    await server.addNode();
    expect(await server.role()).toBe('USER');
    await server.auth.verifyEmail.mutate({ email, code });
    expect(await server.role()).toBe('ADMIN');
  });

  test('from the next start, if it was verified before', async () => {
    await using server = await registered();
    await runSql(server.databaseUrl, 'UPDATE users SET email_verified_at = now()');
    for (const _ of [1, 2]) await server.addNode();
    expect(await server.role()).toBe('ADMIN');
    const records = await runSql(
      server.databaseUrl,
      "SELECT 1 FROM audit_records WHERE action = 'role-changed'",
    );
    expect(records).toHaveLength(1);
  });
});
