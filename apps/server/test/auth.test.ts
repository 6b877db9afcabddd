import { once } from 'node:events';
import { createTRPCClient, httpLink } from '@trpc/client';
import superjson from 'superjson';
import { expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import type { AppRouter } from '../src/public.ts';
import { loadPublicUsers } from '../src/users/public-user.ts';
import { emptied } from './emptied.ts';
import { signedIn } from './people.ts';
import { ManualClock, serverForAll, type TestServerOptions, testServer } from './server.ts';

const clock = new ManualClock(Date.parse('2026-11-20T10:00:00Z'));
const forAll = serverForAll({ clock });

/** A server whose time stands still, and clients with any token and any user agent. Its own with options. */
async function setUp(options?: TestServerOptions) {
  const server = options ? await testServer({ clock, ...options }) : await emptied(forAll);
  const api = (token?: string, userAgent?: string) => {
    const headers = {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(userAgent && { 'user-agent': userAgent }),
    };
    return createTRPCClient<AppRouter>({
      links: [httpLink({ url: server.people.url(0), transformer: superjson, headers })],
    });
  };
  const { database } = server.nodes[0].app;
  return {
    ...server,
    database,
    api,
    wait: (seconds: number) => clock.advance(seconds * 1_000),
    now: () => clock.now(),
  };
}

type Server = Awaited<ReturnType<typeof setUp>>;

const PASSWORD = 'correct horse';
const alice = { username: 'alice', email: 'alice@example.com', password: PASSWORD };

/** What a call was refused with, as the client sees it. */
async function refusal(call: Promise<unknown>): Promise<unknown> {
  const outcome = await call.then(
    (answer) => ({ answer }),
    (error) => ({ error }),
  );
  if ('answer' in outcome) throw new Error(`not refused: ${JSON.stringify(outcome.answer)}`);
  return { message: outcome.error.message, ...outcome.error.shape };
}

const refusedWith = (code: string) => expect.objectContaining({ data: expect.objectContaining({ code }) });

const register = async (server: Server, change: Record<string, unknown> = {}) =>
  signedIn(await server.api().auth.register.mutate({ ...alice, ...change }));

const login = (server: Server, name: string, password = PASSWORD) =>
  server.api().auth.login.mutate({ login: name, password });

const refresh = (server: Server, refreshToken: string | null) =>
  server.api().auth.refresh.mutate({ refreshToken });

/** When an access token that is made now ends. */
const in15Minutes = (server: Server) => new Date(server.now().getTime() + 900_000).toISOString();

const endings = async (server: Server, sessionId: string) => {
  const { rows } = await server.database.pool.query(
    `SELECT topic, refs FROM events WHERE type = 'session.ended' AND refs->>'sessionId' = $1`,
    [sessionId],
  );
  return rows;
};

test('who registers is signed in, and sees their own account', async () => {
  await using server = await setUp();
  const answer = await register(server, { fullName: '  Alice Liddell ' });
  expect(answer).toEqual({
    status: 'signed-in',
    user: expect.objectContaining({
      id: expect.any(String),
      username: 'alice',
      fullName: 'Alice Liddell',
      email: 'alice@example.com',
      isEmailVerified: false,
      role: 'USER',
      isDeleted: false,
      createdAt: server.now().toISOString(),
    }),
    sessionId: expect.any(String),
    accessToken: expect.any(String),
    accessTokenExpiresAt: in15Minutes(server),
    refreshToken: expect.any(String),
  });
  expect(await server.api(answer.accessToken).users.me.query()).toEqual(answer.user);
  expect(await refusal(server.api().users.me.query())).toEqual(refusedWith('UNAUTHENTICATED'));
});

test('one logs in by username or by e-mail address, in whatever case', async () => {
  await using server = await setUp();
  const { user } = await register(server, { username: 'Alice_L', email: ' Alice.L@Example.com ' });
  expect(user).toMatchObject({ username: 'Alice_L', email: 'Alice.L@Example.com' });
  for (const name of [
    'Alice_L',
    'alice_l',
    'ALICE_L',
    ' alice_l ',
    'alice.l@example.com',
    'ALICE.L@EXAMPLE.COM',
  ])
    expect((await login(server, name)).user).toEqual(user);
});

test('S04 an unknown user and a wrong password get the same answer', async () => {
  await using server = await setUp();
  await register(server);
  const wrong = await refusal(login(server, 'alice', 'wrong horse'));
  expect(wrong).toEqual(refusedWith('INVALID_CREDENTIALS'));
  expect(await refusal(login(server, 'nobody'))).toEqual(wrong);
  expect(await refusal(login(server, 'nobody@example.com'))).toEqual(wrong);
  expect(await refusal(login(server, 'alice@example.com', ''))).toEqual(wrong);
  expect(await refusal(login(server, '%', ''))).toEqual(wrong);
});

test('S11 what follows the 72nd byte of a password counts', async () => {
  await using server = await setUp();
  const long = '😀'.repeat(18);
  await register(server, { password: `${long}X` });
  expect(await refusal(login(server, 'alice', `${long}Y`))).toEqual(refusedWith('INVALID_CREDENTIALS'));
  await login(server, 'alice', `${long}X`);
});

test('S12 a password of 64 characters logs in as NFC and as NFD', async () => {
  await using server = await setUp();
  const password = 'é'.repeat(64);
  await register(server, { password: password.normalize('NFD') });
  await login(server, 'alice', password.normalize('NFC'));
  await login(server, 'alice', password.normalize('NFD'));
});

test('S13 passwords that guessers try first are refused, with the reason', async () => {
  await using server = await setUp();
  const weak = [
    { password: 'password123' },
    { password: 'PassWord123' },
    { password: 'ｐａｓｓｗｏｒｄ' },
    { username: 'alice_liddell', password: 'Alice_Liddell' },
  ];
  for (const change of weak) {
    expect(await refusal(register(server, change))).toMatchObject({
      data: { code: 'INVALID_INPUT', issues: [{ path: 'password', message: expect.stringMatching(/./) }] },
    });
  }
});

test('S18 one name and one mailbox are one account, also when many register at once', async () => {
  await using server = await setUp();
  const names = ['bob', 'Bob', 'BOB', 'bOb', 'boB', 'BOb', 'bOB', 'BoB'];
  const byName = await Promise.allSettled(
    names.map((username, n) => register(server, { username, email: `bob${n}@example.com` })),
  );
  const addresses = [
    'carol@x.org',
    'CAROL@x.org',
    ' carol@X.ORG',
    'ｃarol@x.org',
    'Carol@x.ORG ',
    'cARol@x.org',
  ];
  const byAddress = await Promise.allSettled(
    addresses.map((email, n) => register(server, { username: `carol${n}`, email })),
  );
  for (const [outcomes, code] of [
    [byName, 'USERNAME_TAKEN'],
    [byAddress, 'EMAIL_TAKEN'],
  ] as const) {
    const refused = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [outcome.reason.data.code] : [],
    );
    expect(refused).toEqual(Array(outcomes.length - 1).fill(code));
  }
  expect(await server.database.prisma.user.count()).toBe(2);
  expect(await server.database.prisma.session.count()).toBe(2);
});

test('names, addresses and passwords that do not fit are refused by field', async () => {
  await using server = await setUp();
  const wrong: Record<string, unknown[]> = {
    username: [
      'ab',
      'a'.repeat(21),
      'a b c',
      'alice\n',
      'älice',
      'a.b.c',
      'alice\0',
      '',
      7,
      null,
      {},
      ['alice'],
    ],
    email: [
      'alice',
      '@example.com',
      'a@',
      'a b@example.com',
      'a@example.com\r\nBcc: b@x.org',
      'álice@x.org',
      `${'a'.repeat(250)}@x.org`,
      { contains: '@' },
    ],
    password: [
      'seven77',
      'x'.repeat(65),
      'x'.repeat(100_000),
      'nul\0 within',
      'half \ud83d of one',
      { not: '' },
    ],
    fullName: ['', '   ', 'x'.repeat(101), 'nul\0', '\udc00', 5],
    device: ['', 'x'.repeat(101), 'nul\0', '\ud800', []],
  };
  for (const [field, values] of Object.entries(wrong))
    for (const value of values) {
      const refused = await refusal(register(server, { [field]: value }));
      expect(refused, `${field}: ${JSON.stringify(value)}`).toMatchObject({
        data: { code: 'INVALID_INPUT', httpStatus: 400 },
      });
      const { issues } = (refused as { data: { issues: { path: string }[] } }).data;
      expect(new Set(issues.map(({ path }) => path))).toEqual(new Set([field]));
    }
  expect(await server.database.prisma.user.count()).toBe(0);
});

test('S60 NUL and halves of characters are refused, never an internal error', async () => {
  await using server = await setUp();
  await register(server);
  for (const odd of ['\0', 'alice\0', '\ud800', 'alice\udc00']) {
    expect(await refusal(login(server, odd))).toEqual(refusedWith('INVALID_INPUT'));
    expect(await refusal(login(server, 'alice', odd))).toEqual(refusedWith('INVALID_INPUT'));
    expect(await refusal(refresh(server, odd))).toEqual(refusedWith('INVALID_INPUT'));
  }
});

test('S53 S56 fields that are not asked for, and objects where a text is due, are refused', async () => {
  await using server = await setUp();
  const { refreshToken } = await register(server);
  const extra = {
    id: 'x',
    role: 'admin',
    isVerified: true,
    passwordHash: 'x',
    createdAt: '2020-01-01',
    seq: 1,
  };
  const api = server.api();
  for (const [field, value] of Object.entries(extra)) {
    const more = { [field]: value };
    const calls = [
      () => register(server, { username: 'mallory', email: 'm@example.com', ...more }),
      () => api.auth.login.mutate({ login: 'alice', password: PASSWORD, ...more }),
      () => api.auth.refresh.mutate({ refreshToken, ...more }),
    ];
    for (const call of calls) expect(await refusal(call())).toEqual(refusedWith('INVALID_INPUT'));
  }
  for (const value of [{ not: '' }, { contains: '@' }, ['alice'], 7, true, null] as unknown as string[]) {
    expect(await refusal(login(server, value))).toEqual(refusedWith('INVALID_INPUT'));
    expect(await refusal(login(server, 'alice', value))).toEqual(refusedWith('INVALID_INPUT'));
    // No refresh token is the cookie's.
    if (value !== null) expect(await refusal(refresh(server, value))).toEqual(refusedWith('INVALID_INPUT'));
  }
  await refresh(server, refreshToken);
});

test('S55 ids are UUIDs of version 7', async () => {
  await using server = await setUp();
  const { user, sessionId } = await register(server);
  for (const made of [user.id, sessionId])
    expect(made).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab]/);
});

test('S35 a login is a session of its own, also for somebody who is signed in', async () => {
  await using server = await setUp();
  const first = await register(server);
  const second = await server
    .api(first.accessToken)
    .auth.login.mutate({ login: 'alice', password: PASSWORD });
  expect(second.sessionId).not.toBe(first.sessionId);
  await server.api(second.accessToken).auth.logout.mutate();
  expect(await server.api(first.accessToken).users.me.query()).toEqual(first.user);
});

test('S21 an access token is no refresh token, and a refresh token no access token', async () => {
  await using server = await setUp();
  const { accessToken, refreshToken } = await register(server);
  expect(await refusal(refresh(server, accessToken))).toEqual(refusedWith('INVALID_REFRESH_TOKEN'));
  expect(await refusal(server.api(refreshToken!).users.me.query())).toEqual(refusedWith('UNAUTHENTICATED'));
});

test('S22 an access token ends; a refreshed one goes on', async () => {
  await using server = await setUp();
  const { accessToken, refreshToken, user, sessionId } = await register(server);
  server.wait(900 + 30);
  expect(await refusal(server.api(accessToken).users.me.query())).toEqual(refusedWith('UNAUTHENTICATED'));
  const renewed = await refresh(server, refreshToken);
  expect(renewed).toEqual({
    sessionId,
    accessToken: expect.any(String),
    accessTokenExpiresAt: in15Minutes(server),
    refreshToken: expect.any(String),
  });
  expect(await server.api(renewed.accessToken).users.me.query()).toEqual(user);
});

test('S24 a refresh token that comes back late ends its whole session, and no other', async () => {
  await using server = await setUp();
  const other = await register(server);
  const first = await login(server, 'alice');
  const second = await refresh(server, first.refreshToken);
  server.wait(60);
  const third = await refresh(server, second.refreshToken);
  server.wait(60);
  expect(await refusal(refresh(server, first.refreshToken))).toEqual(refusedWith('REFRESH_TOKEN_REUSED'));
  for (const { refreshToken } of [first, second, third])
    expect(await refusal(refresh(server, refreshToken))).toEqual(refusedWith('INVALID_REFRESH_TOKEN'));
  expect(await refusal(server.api(third.accessToken).users.me.query())).toEqual(
    refusedWith('UNAUTHENTICATED'),
  );
  expect(await endings(server, first.sessionId)).toEqual([
    { topic: first.user.id, refs: { sessionId: first.sessionId, reason: 'reuse' } },
  ]);
  expect(await server.api(other.accessToken).users.me.query()).toEqual(other.user);
  await refresh(server, other.refreshToken);
});

test('S25 tabs that refresh at the same moment get the same successor: one family, no lock-out', async () => {
  await using server = await setUp();
  const { refreshToken, sessionId, user } = await register(server);
  let current = refreshToken;
  for (let race = 0; race < 60; race++) {
    const tabs = await Promise.all(Array.from({ length: race % 10 ? 2 : 8 }, () => refresh(server, current)));
    const successors = new Set(tabs.map((tab) => tab.refreshToken));
    expect(successors.size).toBe(1);
    expect(new Set(tabs.map((tab) => tab.sessionId))).toEqual(new Set([sessionId]));
    [current] = successors as unknown as [string];
    server.wait(race % 3 ? 0 : 600);
  }
  const { accessToken } = await refresh(server, current);
  expect(await server.api(accessToken).users.me.query()).toEqual(user);
  expect(await server.database.prisma.refreshToken.count({ where: { usedAt: null } })).toBe(1);
  expect(await server.database.prisma.refreshToken.count()).toBe(62);
  expect(await endings(server, sessionId)).toEqual([]);
});

test('S24 a late token and the good one at the same moment: the session ends once, whoever is first', async () => {
  await using server = await setUp();
  await register(server);
  for (let race = 0; race < 10; race++) {
    const stolen = await login(server, 'alice');
    const good = await refresh(server, stolen.refreshToken);
    server.wait(60);
    const attempts = [stolen, good, stolen, good].map(({ refreshToken }) => refresh(server, refreshToken));
    await Promise.allSettled(attempts);
    expect(await endings(server, good.sessionId)).toHaveLength(1);
    for (const attempt of await Promise.allSettled(attempts))
      if (attempt.status === 'fulfilled')
        expect(await refusal(refresh(server, attempt.value.refreshToken))).toEqual(
          refusedWith('INVALID_REFRESH_TOKEN'),
        );
  }
});

test('S26 who lost the answer gets it again for ten seconds, and later ends the session', async () => {
  await using server = await setUp();
  const { refreshToken, sessionId } = await register(server);
  const lost = await refresh(server, refreshToken);
  server.wait(10);
  const again = await refresh(server, refreshToken);
  expect(again.refreshToken).toBe(lost.refreshToken);
  // The same also when the other tab is a step ahead by now.
  await refresh(server, again.refreshToken);
  expect((await refresh(server, refreshToken)).refreshToken).toBe(lost.refreshToken);
  server.wait(1);
  expect(await refusal(refresh(server, refreshToken))).toEqual(refusedWith('REFRESH_TOKEN_REUSED'));
  expect(await endings(server, sessionId)).toHaveLength(1);
});

test('S27 the database holds hashes only', async () => {
  await using server = await setUp();
  const first = await register(server);
  const second = await refresh(server, first.refreshToken);
  const { rows: tables } = await server.database.pool.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'`,
  );
  const dumps = await Promise.all(
    tables.map(({ name }) =>
      server.database.pool.query(`SELECT coalesce(json_agg(t)::text, '') AS text FROM "${name}" t`),
    ),
  );
  const dump = dumps.map(({ rows }) => rows[0].text).join('\n');
  expect(dump).toContain('alice@example.com');
  const secrets = [PASSWORD, first, second].flatMap((given) =>
    typeof given === 'string' ? [given] : [given.accessToken, given.refreshToken!],
  );
  for (const secret of secrets)
    for (const form of [
      secret,
      Buffer.from(secret).toString('hex'),
      Buffer.from(secret, 'base64url').toString('hex'),
    ])
      expect(dump).not.toContain(form);
});

test('S28 after logging out no token of the session works, and the log says so once', async () => {
  await using server = await setUp();
  const { accessToken, refreshToken, sessionId, user } = await register(server);
  const api = server.api(accessToken);
  expect(await Promise.allSettled([api.auth.logout.mutate(), api.auth.logout.mutate()])).toContainEqual({
    status: 'fulfilled',
    value: null,
  });
  expect(await refusal(api.users.me.query())).toEqual(refusedWith('UNAUTHENTICATED'));
  expect(await refusal(api.auth.logout.mutate())).toEqual(refusedWith('UNAUTHENTICATED'));
  expect(await refusal(refresh(server, refreshToken))).toEqual(refusedWith('INVALID_REFRESH_TOKEN'));
  expect(await endings(server, sessionId)).toEqual([
    { topic: user.id, refs: { sessionId, reason: 'logout' } },
  ]);
});

test('S28 logging out while a tab refreshes leaves nothing that works', async () => {
  await using server = await setUp();
  await register(server);
  for (let race = 0; race < 10; race++) {
    const { accessToken, refreshToken } = await login(server, 'alice');
    const [refreshed] = await Promise.allSettled([
      refresh(server, refreshToken),
      server.api(accessToken).auth.logout.mutate(),
    ]);
    const left = refreshed.status === 'fulfilled' ? refreshed.value : { accessToken, refreshToken };
    expect(await refusal(refresh(server, left.refreshToken))).toEqual(refusedWith('INVALID_REFRESH_TOKEN'));
    expect(await refusal(server.api(left.accessToken).users.me.query())).toEqual(
      refusedWith('UNAUTHENTICATED'),
    );
  }
});

test('S28 logging out on one node closes the session’s sockets on another within 2 s, and no others', async () => {
  await using server = await setUp({ nodes: 2 });
  const alice = await server.people.join('alice');
  const other = await alice.anotherDevice();
  const sockets = await Promise.all(
    [alice, other].map(async (device) => {
      const { api, client } = device.socket(1);
      await api.users.me.query();
      return { api, closed: once(client.connection!.ws as unknown as WebSocket, 'close') };
    }),
  );
  const stream = await other.subscribe({ node: 1 });
  const start = performance.now();
  await alice.api.auth.logout.mutate();
  const [code] = await sockets[0]!.closed;
  expect(performance.now() - start).toBeLessThan(2_000);
  expect(code).toBe(4401);
  const { data } = await stream.until(({ type }) => type === 'session.ended');
  expect(data).toEqual({ type: 'session.ended', sessionId: alice.tokens.sessionId, reason: 'logout' });
  expect(await refusal(alice.on(1).users.me.query())).toEqual(refusedWith('UNAUTHENTICATED'));
  expect(await sockets[1]!.api.users.me.query()).toMatchObject({ id: alice.id });
});

test('S24 reuse closes the live sockets of the session', async () => {
  await using server = await setUp();
  const alice = await server.people.join('alice');
  const { api, client } = alice.socket();
  await api.users.me.query();
  const closed = once(client.connection!.ws as unknown as WebSocket, 'close');
  await refresh(server, alice.tokens.refreshToken);
  server.wait(60);
  await refusal(refresh(server, alice.tokens.refreshToken));
  expect((await closed)[0]).toBe(4401);
});

const DAY = 86_400;

test('S32 a session ends when it is not used for 30 days, and each refresh is a use', async () => {
  await using server = await setUp();
  let { refreshToken } = await register(server);
  for (let use = 0; use < 2; use++) {
    server.wait(30 * DAY - 1);
    ({ refreshToken } = await refresh(server, refreshToken));
  }
  const { lastUsedAt } = await server.database.prisma.session.findFirstOrThrow();
  expect(lastUsedAt).toEqual(server.now());
  server.wait(30 * DAY);
  expect(await refusal(refresh(server, refreshToken))).toEqual(refusedWith('INVALID_REFRESH_TOKEN'));
});

test('S32 a session ends after 90 days, whatever its use, and its last access token with it', async () => {
  await using server = await setUp();
  let { refreshToken, accessToken } = await register(server);
  for (let use = 0; use < 4; use++) {
    server.wait(20 * DAY);
    ({ refreshToken } = await refresh(server, refreshToken));
  }
  server.wait(10 * DAY - 1);
  ({ refreshToken, accessToken } = await refresh(server, refreshToken));
  await server.api(accessToken).users.me.query();
  server.wait(1);
  expect(await refusal(server.api(accessToken).users.me.query())).toEqual(refusedWith('UNAUTHENTICATED'));
  expect(await refusal(refresh(server, refreshToken))).toEqual(refusedWith('INVALID_REFRESH_TOKEN'));
});

test('S33 a session knows its device, by its own name or by the user agent', async () => {
  await using server = await setUp();
  const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
  await server.api(undefined, firefox).auth.register.mutate(alice);
  await server
    .api(undefined, firefox)
    .auth.login.mutate({ login: 'alice', password: PASSWORD, device: ' Pixel 9 ' });
  const sessions = await server.database.prisma.session.findMany({ orderBy: { id: 'asc' } });
  expect(sessions.map(({ device }) => device)).toEqual(['Firefox on Linux', 'Pixel 9']);
});

test('what anybody may know of a person holds no e-mail address', async () => {
  await using server = await setUp();
  const { user } = await register(server, { fullName: 'Alice Liddell' });
  const unknown = '01a1f886-8ee7-74ad-8cdf-1d6c2752394e';
  const found = await loadPublicUsers(server.database, [user.id, unknown, user.id]);
  const known = { id: user.id, username: 'alice', fullName: 'Alice Liddell', isDeleted: false };
  expect([...found]).toEqual([[user.id, expect.objectContaining(known)]]);
  expect(JSON.stringify([...found])).not.toContain('@');
  expect(await loadPublicUsers(server.database, [])).toEqual(new Map());
});
