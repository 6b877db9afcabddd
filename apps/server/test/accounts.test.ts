import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { createPasswordHasher } from '../src/auth/password.ts';
import { appRouter } from '../src/router.ts';
import { emptied } from './emptied.ts';
import { mailsTo, mailTo } from './inbox.ts';
import { Person } from './people.ts';
import { rawSocket } from './raw-peer.ts';
import { ManualClock, serverForAll, type TestServer, testServer } from './server.ts';

const PASSWORD = 'correct horse';
const NEW_PASSWORD = 'battery staple';
const UNKNOWN = 'nobody@example.com';

/** What a call was refused with. */
const refusal = (
  call: Promise<unknown>,
): Promise<{ code: string; issues?: { path: string; message: string }[] }> =>
  call.then(
    (answer) => Promise.reject(new Error(`not refused: ${JSON.stringify(answer)}`)),
    (error) => error.data ?? Promise.reject(error),
  );
const codeOf = async (call: Promise<unknown>) => (await refusal(call)).code;

const clock = new ManualClock(Date.parse('2026-11-20T10:00:00Z'));
const VARIABLES = { REQUIRE_EMAIL_VERIFICATION: 'true', LIMIT_MAILBOX: '1000/60' };
const forAll = serverForAll({ clock, env: VARIABLES });

/** A server that wants addresses verified, unless told otherwise, and whose time stands still. Its own if it is told. */
async function setUp(env?: Record<string, string>) {
  const server = env ? await testServer({ clock, env: { ...VARIABLES, ...env } }) : await emptied(forAll);
  return { ...server, clock, api: server.people.stranger(), database: server.nodes[0].app.database };
}
type Server = Awaited<ReturnType<typeof setUp>>;

const accountOf = (name: string) => ({ username: name, email: `${name}@example.com`, password: PASSWORD });

/** Somebody with a verified account. */
async function settle(server: Server, name: string) {
  const account = accountOf(name);
  await server.api.auth.register.mutate(account);
  const { code } = await mailTo(server, account.email);
  await server.api.auth.verifyEmail.mutate({ email: account.email, code });
  return account;
}

/** They sign in on a device. */
async function enter(server: Server, { username, password }: { username: string; password: string }) {
  const { user, ...tokens } = await server.api.auth.login.mutate({ login: username, password });
  return new Person(server.people, user.id, { username, password }, tokens);
}

const isSignedIn = (device: Person): Promise<boolean> =>
  device.api.users.me.query().then(
    () => true,
    (error) => (error.data?.code === 'UNAUTHENTICATED' ? false : Promise.reject(error)),
  );

const tokenIn = (link: string): string => new URL(link).searchParams.get('token')!;

/** Resolves when every job that was queued before has run: what was to be mailed is there then. */
async function settled({ database }: Server): Promise<void> {
  const waiting = async () => {
    const { rows } = await database.pool.query(
      "SELECT 1 FROM pgboss.job WHERE name IN ('accounts.mail', 'mail.send') AND state < 'completed'",
    );
    return rows.length;
  };
  await expect.poll(waiting, { timeout: 15_000 }).toBe(0);
}

test('an account is registered, verified by the code in the mail, and signs in', async () => {
  await using server = await setUp();
  const account = accountOf('alice');
  expect(await server.api.auth.register.mutate(account)).toEqual({ status: 'verification-sent' });
  const mail = await mailTo(server, account.email);
  expect(mail.text).toContain('alice');
  expect(await codeOf(server.api.auth.login.mutate({ login: 'alice', password: PASSWORD }))).toBe(
    'EMAIL_NOT_VERIFIED',
  );
  expect(
    await server.api.auth.verifyEmail.mutate({ email: ' Alice@Example.com', code: mail.code }),
  ).toBeNull();
  const { user } = await server.api.auth.login.mutate({ login: 'alice', password: PASSWORD });
  expect(user).toMatchObject({
    username: 'alice',
    email: account.email,
    isEmailVerified: true,
    role: 'USER',
  });
});

test('without required verification registering signs in, and the address can be verified all the same', async () => {
  await using server = await setUp({ REQUIRE_EMAIL_VERIFICATION: 'false' });
  const account = accountOf('alice');
  const answer = await server.api.auth.register.mutate(account);
  expect(answer).toMatchObject({ status: 'signed-in', user: { isEmailVerified: false } });
  expect(await codeOf(server.api.auth.register.mutate({ ...account, username: 'alicia' }))).toBe(
    'EMAIL_TAKEN',
  );
  const { code } = await mailTo(server, account.email);
  await server.api.auth.verifyEmail.mutate({ email: account.email, code });
  const { user } = await server.api.auth.login.mutate({ login: 'alice', password: PASSWORD });
  expect(user.isEmailVerified).toBe(true);
});

test('S01 registering tells the owner of an address, and nobody else, that it has an account', async () => {
  await using server = await setUp();
  const { email } = await settle(server, 'alice');
  const count = () => server.database.prisma.user.count();
  const before = await count();
  const known = await server.api.auth.register.mutate({
    ...accountOf('mallory'),
    email: 'ALICE@example.com',
  });
  expect(await count()).toBe(before);
  expect(await server.api.auth.register.mutate({ ...accountOf('mallory'), email: UNKNOWN })).toEqual(known);
  expect(await count()).toBe(before + 1);
  const mail = await mailTo(server, email);
  expect(mail.subject).toMatch(/already/i);
  expect(mail.code + mail.link).toBe('');
  // A name is no secret.
  expect(
    await codeOf(server.api.auth.register.mutate({ ...accountOf('alice'), email: 'x@example.com' })),
  ).toBe('USERNAME_TAKEN');
});

test('S01 whoever registered with somebody’s address before them loses the account to its owner', async () => {
  await using server = await setUp();
  const email = 'victim@example.com';
  await server.api.auth.register.mutate({ username: 'squatter', email, password: PASSWORD });
  await mailTo(server, email);
  await server.api.auth.register.mutate({ username: 'victim', email, password: 'another password' });
  const { link } = await mailTo(server, email);
  await server.api.auth.resetPassword.mutate({ token: tokenIn(link), newPassword: NEW_PASSWORD });
  expect(await codeOf(server.api.auth.login.mutate({ login: email, password: PASSWORD }))).toBe(
    'INVALID_CREDENTIALS',
  );
  const { user } = await server.api.auth.login.mutate({ login: email, password: NEW_PASSWORD });
  expect(user).toMatchObject({ username: 'squatter', isEmailVerified: true });
});

test('S02 forgotPassword says the same of an unknown, an unverified and a known address, and mails the latter two', async () => {
  await using server = await setUp();
  const known = await settle(server, 'alice');
  await server.api.auth.register.mutate(accountOf('bob'));
  await mailTo(server, 'bob@example.com');
  const answers = [];
  for (const email of [UNKNOWN, 'bob@example.com', known.email])
    answers.push(await server.api.auth.forgotPassword.mutate({ email }));
  expect(answers).toEqual([null, null, null]);
  for (const email of ['bob@example.com', known.email])
    expect((await mailTo(server, email)).code).toMatch(/^\d{6}$/);
  await settled(server);
  expect(await mailsTo(server, UNKNOWN)).toEqual([]);
});

test('S03 resendVerification says the same of an unknown, a verified and a limited address', async () => {
  await using server = await setUp({ LIMIT_MAILBOX: '3/3600' });
  const known = await settle(server, 'alice');
  await server.api.auth.register.mutate(accountOf('bob'));
  const answers = [];
  for (const email of [UNKNOWN, known.email, ...Array<string>(6).fill('bob@example.com')])
    answers.push(await server.api.auth.resendVerification.mutate({ email }));
  expect(new Set(answers)).toEqual(new Set([null]));
  await settled(server);
  expect(await mailsTo(server, 'bob@example.com')).toHaveLength(3);
  expect(await mailsTo(server, UNKNOWN)).toEqual([]);
  expect(await mailsTo(server, known.email)).toHaveLength(1);
});

test('a lost mail is asked for again, and only the newest code is good', async () => {
  await using server = await setUp();
  const { email } = accountOf('alice');
  await server.api.auth.register.mutate(accountOf('alice'));
  const first = await mailTo(server, email);
  await server.api.auth.resendVerification.mutate({ email });
  const second = await mailTo(server, email);
  if (first.code !== second.code)
    expect(await codeOf(server.api.auth.verifyEmail.mutate({ email, code: first.code }))).toBe(
      'INVALID_CODE',
    );
  expect(await codeOf(server.api.auth.verifyEmail.mutate({ token: tokenIn(first.link) }))).toBe(
    'INVALID_CODE',
  );
  await server.api.auth.verifyEmail.mutate({ email, code: second.code });
});

test('S10 a reset ends every session, voids older codes, and says so by mail', async () => {
  await using server = await setUp();
  const account = await settle(server, 'alice');
  const { email } = account;
  const devices = [await enter(server, account), await enter(server, account)];
  const stream = await devices[0]!.subscribe();
  await server.api.auth.forgotPassword.mutate({ email });
  const older = await mailTo(server, email);
  await server.api.auth.forgotPassword.mutate({ email });
  const newer = await mailTo(server, email);
  const reset = (proof: { token: string } | { email: string; code: string }) =>
    server.api.auth.resetPassword.mutate({ ...proof, newPassword: NEW_PASSWORD });
  expect(await codeOf(reset({ token: tokenIn(older.link) }))).toBe('INVALID_CODE');
  await reset({ email, code: newer.code });
  expect(await codeOf(reset({ token: tokenIn(newer.link) }))).toBe('INVALID_CODE');
  const ended = await stream.until(({ type }) => type === 'session.ended');
  expect(ended.data).toMatchObject({ reason: 'password-reset' });
  for (const device of devices) {
    expect(await isSignedIn(device)).toBe(false);
    await expect(device.refresh()).rejects.toMatchObject({ data: { code: 'INVALID_REFRESH_TOKEN' } });
  }
  expect((await mailTo(server, email)).subject).toMatch(/password/i);
  await enter(server, { ...account, password: NEW_PASSWORD });
});

test('S10 a password change voids the reset that somebody else may hold', async () => {
  await using server = await setUp();
  const account = await settle(server, 'alice');
  const alice = await enter(server, account);
  await server.api.auth.forgotPassword.mutate({ email: account.email });
  const { link } = await mailTo(server, account.email);
  await alice.api.auth.changePassword.mutate({ currentPassword: PASSWORD, newPassword: NEW_PASSWORD });
  expect(
    await codeOf(
      server.api.auth.resetPassword.mutate({ token: tokenIn(link), newPassword: 'a third password' }),
    ),
  ).toBe('INVALID_CODE');
});

test('S13 a reset refuses a guessable password, and its code is good for another try', async () => {
  await using server = await setUp();
  const { email } = await settle(server, 'alice_liddell');
  await server.api.auth.forgotPassword.mutate({ email });
  const { code } = await mailTo(server, email);
  for (const newPassword of ['Password123', 'Alice_Liddell']) {
    const refused = await refusal(server.api.auth.resetPassword.mutate({ email, code, newPassword }));
    expect(refused).toMatchObject({ code: 'INVALID_INPUT', issues: [{ path: 'newPassword' }] });
  }
  await server.api.auth.resetPassword.mutate({ email, code, newPassword: NEW_PASSWORD });
});

test('S13 what guessers try first is refused when registering and changing, with the reason', async () => {
  await using server = await setUp();
  const account = await settle(server, 'alice_liddell');
  const alice = await enter(server, account);
  const guessable =
    'password PassWord1 passw0rd letmein123 iloveyou sunshine princess1 football 12345678 123456789 87654321 11111111 12341234 qwertyui qwerty123 asdfghjkl 1qaz2wsx 1q2w3e4r qazwsxedc abcdefgh abcd1234 abc123abc aaaaaaaa 01011990 michael1 jennifer lovelove monkey123 trustno1 welcome1 zxcvbnm1 parley12 Parley2026! parleyparley ｐａｓｓｗｏｒｄ Alice_Liddell'.split(
      ' ',
    );
  for (const password of guessable) {
    const registering = server.api.auth.register.mutate({
      ...accountOf('alice_liddell'),
      email: UNKNOWN,
      password,
    });
    expect(await refusal(registering), password).toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ path: 'password', message: expect.stringMatching(/common|username/) }],
    });
    const changing = alice.api.auth.changePassword.mutate({
      currentPassword: PASSWORD,
      newPassword: password,
    });
    expect(await refusal(changing), password).toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ path: 'newPassword' }],
    });
  }
});

test('S16 password, address and account are changed with the current password only', async () => {
  await using server = await setUp();
  const alice = await enter(server, await settle(server, 'alice'));
  const password = 'not her password';
  const { auth } = alice.api;
  expect(
    await codeOf(auth.changePassword.mutate({ currentPassword: password, newPassword: NEW_PASSWORD })),
  ).toBe('WRONG_PASSWORD');
  expect(await codeOf(auth.changeEmail.mutate({ password, email: UNKNOWN }))).toBe('WRONG_PASSWORD');
  expect(await codeOf(auth.deleteAccount.mutate({ password, messages: 'erase' }))).toBe('WRONG_PASSWORD');
  for (const input of [{}, { password: undefined }, { password: { not: '' } }] as never[]) {
    expect(await codeOf(auth.changePassword.mutate(input))).toBe('INVALID_INPUT');
    expect(await codeOf(auth.changeEmail.mutate(input))).toBe('INVALID_INPUT');
    expect(await codeOf(auth.deleteAccount.mutate(input))).toBe('INVALID_INPUT');
  }
  expect(await alice.api.users.me.query()).toMatchObject({ email: 'alice@example.com', isDeleted: false });
  await enter(server, accountOf('alice'));
});

test('S30 changing the password ends the other sessions, and this one goes on', async () => {
  await using server = await setUp();
  const account = await settle(server, 'alice');
  const [here, there] = [await enter(server, account), await enter(server, account)];
  await here.api.auth.changePassword.mutate({ currentPassword: PASSWORD, newPassword: NEW_PASSWORD });
  expect([await isSignedIn(here), await isSignedIn(there)]).toEqual([true, false]);
  expect((await mailTo(server, account.email)).subject).toMatch(/password/i);
  expect(await codeOf(enter(server, account))).toBe('INVALID_CREDENTIALS');
  await enter(server, { ...account, password: NEW_PASSWORD });
});

test('of two password changes at once one is made', async () => {
  await using server = await setUp();
  const account = await settle(server, 'alice');
  const alice = await enter(server, account);
  const passwords = ['a first password', 'a second password'];
  const outcomes = await Promise.allSettled(
    passwords.map((newPassword) =>
      alice.api.auth.changePassword.mutate({ currentPassword: PASSWORD, newPassword }),
    ),
  );
  const made = outcomes.flatMap(({ status }, index) => (status === 'fulfilled' ? passwords[index]! : []));
  expect(made).toHaveLength(1);
  await enter(server, { ...account, password: made[0]! });
});

test('S16 an address is changed by the code that reaches it, and the old one is told', async () => {
  await using server = await setUp();
  const account = await settle(server, 'alice');
  const alice = await enter(server, account);
  const stream = await alice.subscribe();
  const email = 'Alice.New@example.org';
  expect(await alice.api.auth.changeEmail.mutate({ password: PASSWORD, email })).toBeNull();
  const { code } = await mailTo(server, email);
  expect((await alice.api.users.me.query()).email).toBe(account.email);
  await alice.api.auth.confirmEmail.mutate({ code });
  await stream.until((event) => event.type === 'account.updated' && event.user.email === email);
  expect(await alice.api.users.me.query()).toMatchObject({ email, isEmailVerified: true });
  const notice = await mailTo(server, account.email);
  expect(notice.text).toContain('A***@example.org');
  expect(notice.text).not.toContain(email);
  await server.api.auth.login.mutate({ login: email.toLowerCase(), password: PASSWORD });
  expect(await codeOf(server.api.auth.login.mutate({ login: account.email, password: PASSWORD }))).toBe(
    'INVALID_CREDENTIALS',
  );
});

test('S02 an address that has an account is asked for like any other, and only its owner is told', async () => {
  await using server = await setUp();
  const alice = await enter(server, await settle(server, 'alice'));
  const bob = await settle(server, 'bob');
  const ask = (email: string) => alice.api.auth.changeEmail.mutate({ password: PASSWORD, email });
  expect(await ask(bob.email)).toEqual(await ask(UNKNOWN));
  expect((await mailTo(server, bob.email)).subject).toMatch(/already/i);
  await mailTo(server, UNKNOWN);
});

test('an address that was taken while its code was on the way stays with whoever took it', async () => {
  await using server = await setUp({ REQUIRE_EMAIL_VERIFICATION: 'false' });
  const account = await settle(server, 'alice');
  const alice = await enter(server, account);
  await alice.api.auth.changeEmail.mutate({ password: PASSWORD, email: 'new@example.com' });
  const { code } = await mailTo(server, 'new@example.com');
  await server.api.auth.register.mutate({ username: 'bob', email: 'new@example.com', password: PASSWORD });
  expect(await codeOf(alice.api.auth.confirmEmail.mutate({ code }))).toBe('INVALID_CODE');
  expect((await alice.api.users.me.query()).email).toBe(account.email);
});

test('S17 an unverified session may verify, ask for a mail and log out, and nothing else, over HTTP and a socket', async () => {
  await using server = await setUp();
  const account = await settle(server, 'alice');
  const alice = await enter(server, account);
  await server.database.pool.query('UPDATE users SET email_verified_at = NULL');
  using peer = await rawSocket(server.nodes[0].url, alice.tokens.accessToken);
  const procedures = appRouter._def.procedures as unknown as Record<
    string,
    {
      _def: {
        type: 'query' | 'mutation' | 'subscription';
        meta?: { common?: string[]; unverified?: boolean };
      };
    }
  >;
  const signedInOnly = Object.entries(procedures).filter(([, { _def }]) => _def.meta?.common?.length);
  expect(signedInOnly.filter(([, { _def }]) => _def.meta?.unverified).map(([path]) => path)).toEqual([
    'auth.logout',
  ]);
  const refused = signedInOnly.filter(([, { _def }]) => !_def.meta?.unverified);
  expect(refused.length).toBeGreaterThan(15);
  for (const [index, [path, { _def }]] of refused.entries()) {
    const id = index + 1;
    peer.send({ id, method: _def.type, params: { path, input: { json: {} } } });
    await peer.when(() => peer.messages.some((message) => message.id === id));
    const { error } = peer.messages.find((message) => message.id === id)!;
    expect(JSON.stringify(error), path).toContain('EMAIL_NOT_VERIFIED');
  }
  const calls = [
    () => alice.api.users.me.query(),
    () => alice.api.sync.bootstrap.query(),
    () => alice.api.auth.changeEmail.mutate({ password: PASSWORD, email: UNKNOWN }),
    () => alice.api.auth.deleteAccount.mutate({ password: PASSWORD, messages: 'keep' }),
  ];
  for (const call of calls) expect(await codeOf(call())).toBe('EMAIL_NOT_VERIFIED');
  await alice.api.auth.resendVerification.mutate({ email: account.email });
  const { code } = await mailTo(server, account.email);
  const over = alice.socket();
  expect(await codeOf(over.api.users.me.query())).toBe('EMAIL_NOT_VERIFIED');
  await over.api.auth.verifyEmail.mutate({ email: account.email, code });
  // At once, on the socket that was there before.
  expect((await over.api.users.me.query()).isEmailVerified).toBe(true);
  await over.api.auth.logout.mutate();
});

test('S17 an unverified session logs out', async () => {
  await using server = await setUp();
  const alice = await enter(server, await settle(server, 'alice'));
  await server.database.pool.query('UPDATE users SET email_verified_at = NULL');
  await alice.api.auth.logout.mutate();
  expect(await isSignedIn(alice)).toBe(false);
});

test('S18 however an address is written, it is one account', async () => {
  await using server = await setUp();
  const { email } = await settle(server, 'alice');
  const spellings = [
    'ALICE@EXAMPLE.COM',
    ' alice@example.com ',
    'ａｌｉｃｅ@example.com',
    'Alice@Example.Com',
  ];
  for (const spelling of spellings) {
    await server.api.auth.register.mutate({ ...accountOf(`a${randomUUID().slice(0, 8)}`), email: spelling });
    expect((await mailTo(server, email)).subject).toMatch(/already/i);
    await server.api.auth.forgotPassword.mutate({ email: spelling });
    expect((await mailTo(server, email)).code).toMatch(/^\d{6}$/);
  }
  expect(await server.database.prisma.user.count()).toBe(1);
  // These are other mailboxes, and other accounts: none of them gets anything of hers.
  for (const other of ['alice+tag@example.com', 'a.lice@example.com', 'alice@example.co'])
    await server.api.auth.forgotPassword.mutate({ email: other });
  await settled(server);
  for (const other of ['alice+tag@example.com', 'a.lice@example.com', 'alice@example.co'])
    expect(await mailsTo(server, other)).toEqual([]);
  // No letters that look like others, and no quoted or commented forms of the same mailbox.
  for (const odd of ['аlice@example.com', '"alice"@example.com', 'alice(x)@example.com', 'alice@exämple.com'])
    expect(await codeOf(server.api.auth.forgotPassword.mutate({ email: odd }))).toBe('INVALID_INPUT');
});

test('S18 of many who register one address at once, one has the account', async () => {
  await using server = await setUp();
  const spellings = ['bob@x.org', 'BOB@x.org', 'Bob@X.org', 'boB@x.ORG'];
  const answers = await Promise.all(
    spellings.map((email, n) =>
      server.api.auth.register.mutate({ username: `bob_${n}`, email, password: PASSWORD }),
    ),
  );
  expect(answers).toEqual(spellings.map(() => ({ status: 'verification-sent' })));
  expect(await server.database.prisma.user.count()).toBe(1);
});

test('only the right password is told that the account is banned', async () => {
  await using server = await setUp();
  const account = await settle(server, 'alice');
  const until = new Date(server.clock.now().getTime() + 60_000);
  await server.database.prisma.user.updateMany({
    data: { bannedAt: server.clock.now(), bannedUntil: until },
  });
  const login = (password: string) => server.api.auth.login.mutate({ login: 'alice', password });
  expect(await codeOf(login('wrong horse'))).toBe('INVALID_CREDENTIALS');
  expect(await refusal(login(account.password))).toMatchObject({
    code: 'BANNED',
    until: until.toISOString(),
  });
  server.clock.advance(60_000);
  await login(account.password);
});

test('only the right password is told that the address is not verified', async () => {
  await using server = await setUp();
  await server.api.auth.register.mutate(accountOf('alice'));
  const login = (password: string) => server.api.auth.login.mutate({ login: 'alice', password });
  expect(await codeOf(login('wrong horse'))).toBe('INVALID_CREDENTIALS');
  expect(await codeOf(login(PASSWORD))).toBe('EMAIL_NOT_VERIFIED');
});

test('a login hashes the password anew when the cost has changed', async () => {
  await using server = await setUp();
  const account = await settle(server, 'alice');
  const { PASSWORD_PEPPER: pepper } = server.nodes[0].app.env;
  const stored = async () => (await server.database.prisma.user.findFirstOrThrow()).passwordHash;
  const before = await stored();
  await enter(server, account);
  expect(await stored()).toBe(before);
  const hasher = createPasswordHasher({ pepper, cost: 5 });
  const passwordHash = await hasher.hash(PASSWORD);
  await hasher.close();
  await server.database.prisma.user.updateMany({ data: { passwordHash } });
  await enter(server, account);
  expect([before, await stored()]).toEqual([
    expect.stringMatching(/^.{4}04/),
    expect.stringMatching(/^.{4}04/),
  ]);
  await enter(server, account);
});

/** A page behind a link, as a browser gets it: it goes nowhere by itself. */
async function open(server: TestServer, path: string, init: RequestInit = {}) {
  const response = await fetch(`${server.nodes[0].url}${path}`, { redirect: 'manual', ...init });
  return {
    status: response.status,
    location: response.headers.get('location'),
    headers: response.headers,
    text: await response.text(),
  };
}
const pathOf = (link: string): string => new URL(link).pathname + new URL(link).search;
const form = (fields: Record<string, string>): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams(fields).toString(),
});

test('the link in the mail verifies, also when a scanner opened it first, and its page gives nothing away', async () => {
  await using server = await setUp({ PUBLIC_URL: 'https://chat.example.org/' });
  await server.api.auth.register.mutate(accountOf('alice'));
  const { link } = await mailTo(server, 'alice@example.com');
  expect(link).toMatch(/^https:\/\/chat\.example\.org\/verify-email\?token=[\w-]{43}$/);
  for (let time = 0; time < 2; time++) {
    const page = await open(server, pathOf(link));
    expect(page.status).toBe(200);
    expect(page.text).toMatch(/verified/);
    expect(page.text).not.toContain(tokenIn(link));
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect(page.headers.get('set-cookie')).toBeNull();
  }
  await enter(server, accountOf('alice'));
  for (const token of ['', 'x', 'x'.repeat(43), `${tokenIn(link)}x`, '"><script>alert(1)</script>']) {
    const page = await open(server, `/verify-email?token=${encodeURIComponent(token)}`);
    expect(page.status).toBe(400);
    expect(page.text).not.toContain('<script>');
  }
  expect((await open(server, pathOf(link), { method: 'DELETE' })).status).toBe(405);
});

test('the links lead to the application, where there is one, and say what came of it', async () => {
  await using server = await setUp({ APP_URL: 'https://app.example.org/chat' });
  await server.api.auth.register.mutate(accountOf('alice'));
  const verifying = await mailTo(server, 'alice@example.com');
  const app = 'https://app.example.org/chat';
  expect(await open(server, pathOf(verifying.link))).toMatchObject({
    status: 303,
    location: `${app}?verified=1`,
  });
  expect(await open(server, '/verify-email?token=x')).toMatchObject({
    status: 303,
    location: `${app}?verified=0`,
  });
  await server.api.auth.forgotPassword.mutate({ email: 'alice@example.com' });
  const resetting = await mailTo(server, 'alice@example.com');
  expect(await open(server, pathOf(resetting.link))).toMatchObject({
    status: 303,
    location: `${app}/reset-password?token=${tokenIn(resetting.link)}`,
  });
  const alice = await enter(server, accountOf('alice'));
  await alice.api.auth.changeEmail.mutate({ password: PASSWORD, email: 'new@example.com' });
  const changing = await mailTo(server, 'new@example.com');
  expect(await open(server, pathOf(changing.link))).toMatchObject({ location: `${app}?email-changed=1` });
  expect((await alice.api.users.me.query()).email).toBe('new@example.com');
});

test('a new password is chosen in the page behind the link, without a script', async () => {
  await using server = await setUp();
  const account = await settle(server, 'alice');
  const alice = await enter(server, account);
  await server.api.auth.forgotPassword.mutate({ email: account.email });
  const { link } = await mailTo(server, account.email);
  const token = tokenIn(link);
  // To open it changes nothing.
  for (let time = 0; time < 2; time++) {
    const page = await open(server, pathOf(link));
    expect(page).toMatchObject({ status: 200, text: expect.stringContaining(`value="${token}"`) });
    expect(page.text).not.toMatch(/<script|https?:/);
  }
  const post = (fields: Record<string, string>, init: RequestInit = {}) =>
    open(server, '/reset-password', { ...form(fields), ...init });
  expect(await post({ token, password: 'short' })).toMatchObject({
    status: 400,
    text: expect.stringContaining('8 to 64'),
  });
  expect(await post({ token, password: 'password123' })).toMatchObject({
    status: 400,
    text: expect.stringContaining('common'),
  });
  expect(
    (await post({ token, password: NEW_PASSWORD }, { headers: { 'content-type': 'text/plain' } })).status,
  ).toBe(400);
  expect((await post({ token, password: 'x'.repeat(100_000) })).status).toBe(400);
  expect((await post({ token: 'x'.repeat(43), password: NEW_PASSWORD })).status).toBe(400);
  expect(await isSignedIn(alice)).toBe(true);
  expect((await post({ token, password: NEW_PASSWORD })).status).toBe(200);
  expect(await isSignedIn(alice)).toBe(false);
  expect((await post({ token, password: 'another password' })).status).toBe(400);
  await enter(server, { ...account, password: NEW_PASSWORD });
});

test('a token of one kind of link opens no other', async () => {
  await using server = await setUp();
  const account = await settle(server, 'alice');
  await server.api.auth.forgotPassword.mutate({ email: account.email });
  const token = tokenIn((await mailTo(server, account.email)).link);
  for (const path of ['/verify-email', '/change-email'])
    expect((await open(server, `${path}?token=${token}`)).status).toBe(400);
  const { auth } = server.api;
  expect(await codeOf(auth.verifyEmail.mutate({ token }))).toBe('INVALID_CODE');
  await auth.resetPassword.mutate({ token, newPassword: NEW_PASSWORD });
});
