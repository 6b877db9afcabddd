import { createHmac, createPublicKey } from 'node:crypto';
import { createClient, type Readable } from '@parley/client';
import { exportJWK, type JWTPayload } from 'jose';
import { v7 } from 'uuid';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { cleanUp } from '../src/auth/clean-up.ts';
import { appRouter } from '../src/router.ts';
import { startServer } from '../src/server.ts';
import { usernameFrom } from '../src/users/foreign-user.ts';
import { Cable } from './cable.ts';
import { type ForeignServer, foreignServer } from './foreign.ts';
import { AUDIENCE, newKey, startIssuer } from './issuer.ts';
import { People, type Person } from './people.ts';
import { ManualClock, testEnv } from './server.ts';

afterEach(() => void vi.useRealTimers());

/** Milliseconds, on a machine that is busy. */
const WAIT = { timeout: 15_000, interval: 10 };

const me = (person: Person) => person.api.users.me.query();

/** The code that a call was refused with. */
const refusal = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    (answer) => ({ answer }),
    (error) => error.data?.code ?? error,
  );

/** The code with which a socket that comes with this person's token is closed. */
function closeCode(server: ForeignServer, person: Person): Promise<number> {
  const address = `${server.people.url(0).replace('http', 'ws')}?connectionParams=1`;
  const socket = server.people.keep(new WebSocket(address));
  const data = { token: person.tokens.accessToken };
  socket.on('open', () => socket.send(JSON.stringify({ method: 'connectionParams', data })));
  return new Promise((resolve) => socket.on('close', resolve));
}

function until<Value>(followed: Readable<Value>, fits: (value: Value) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!fits(followed.get())) return;
      unsubscribe();
      resolve();
    };
    const unsubscribe = followed.subscribe(look);
    look();
  });
}

/** Rows of the database. */
async function rowsOf(server: ForeignServer, query: string): Promise<Record<string, unknown>[]> {
  const { rows } = await server.nodes[0].app.database.pool.query(query);
  return rows;
}

const segment = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** Another header, or other claims, in a genuine token. */
function change(token: string, header: object, claims: object = {}): string {
  const [head = '', body = '', signature] = token.split('.');
  const changed = [head, body].map((part, index) => {
    const value = JSON.parse(Buffer.from(part, 'base64url').toString());
    return segment({ ...value, ...(index === 0 ? header : claims) });
  });
  return [...changed, signature].join('.');
}

/** The first two parts, signed as HS256 does. */
function signWithSecret(token: string, secret: string | Buffer): string {
  const signed = token.split('.', 2).join('.');
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

describe('people of an issuer', () => {
  test('are made on first sight, and chat', async () => {
    await using server = await foreignServer({ env: { REQUIRE_EMAIL_VERIFICATION: 'true' } });
    const said = { preferred_username: 'Alice', name: 'Alice Liddell' };
    const mail = { email: 'Alice@example.com', email_verified: true };
    const alice = await server.visitor('subject-1', { ...said, ...mail });
    const bob = await server.visitor('subject-2', { username: 'bob' });
    expect(await me(alice)).toMatchObject({
      id: alice.id,
      username: 'Alice',
      fullName: 'Alice Liddell',
      role: 'USER',
      email: 'Alice@example.com',
      isEmailVerified: true,
    });
    expect(await me(bob)).toMatchObject({
      username: 'bob',
      fullName: null,
      email: `${bob.id}@invalid`,
      isEmailVerified: false,
    });
    const conversationId = await alice.talkTo(bob);
    const hears = await bob.subscribe();
    const streams = await bob.subscribe({ transport: 'sse' });
    const { api } = alice.socket();
    await api.messages.send.mutate({ conversationId, text: 'over a socket', clientMessageId: v7() });
    await alice.say(conversationId, 'over HTTP');
    for (const subscription of [hears, streams]) {
      await subscription.when(() => subscription.texts.length === 2);
      expect(subscription.texts).toEqual(['over a socket', 'over HTTP']);
    }
  });

  test('bring their own sign-in to the shipped client, which renews its connection with a fresh token', async () => {
    await using server = await foreignServer();
    const bob = await server.visitor('bob');
    let given = 0;
    const getToken = () => server.issuer.token('alice', { sid: 'one login', jti: `token ${given++}` });
    const onSessionExpired = vi.fn();
    const cable = new Cable(server.nodes[0]);
    const chat = createClient({ ...cable.options('ws'), auth: { getToken, onSessionExpired } });
    await until(chat.connection, (status) => status === 'live');
    const id = chat.state.get().me!.id;
    const conversationId = (await bob.api.conversations.openDirect.mutate({ userId: id })).id;
    const [before] = await rowsOf(server, `SELECT expires_at FROM sessions WHERE user_id = '${id}'`);
    const tokens = given;
    server.clock.advance(250_000);
    await vi.waitFor(() => expect(given).toBeGreaterThan(tokens), WAIT);
    await bob.say(conversationId, 'still there?');
    await until(chat.state, ({ conversations }) => conversations?.[conversationId]?.lastSeq === 1);
    const sessions = await rowsOf(server, `SELECT expires_at FROM sessions WHERE user_id = '${id}'`);
    expect(sessions, 'one login is one session, and lives as long as its newest token').toHaveLength(1);
    expect(Number(sessions[0]!['expires_at']) - Number(before!['expires_at'])).toBe(250_000);
    expect(onSessionExpired).not.toHaveBeenCalled();
    await chat.close();
  });

  test.each(['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'])('may come with %s', async (alg) => {
    await using server = await foreignServer();
    server.issuer.keys = [await newKey('another', alg)];
    expect((await server.visitor('alice')).id).toMatch(/-/);
    const typed = await server.issuer.token('alice', {}, undefined, { typ: 'at+jwt' });
    expect(await me(server.holder(typed))).toMatchObject({ username: 'user' });
  });

  test('cannot be told apart from others by anything but their subject: nobody is taken over', async () => {
    await using server = await foreignServer();
    const mail = { email: 'victim@example.com', email_verified: true };
    const victim = await server.visitor('victim', { preferred_username: 'victim', ...mail });
    const thief = await server.visitor('thief', {
      preferred_username: 'Victim',
      email: 'VICTIM@example.com',
      email_verified: true,
    });
    expect(thief.id).not.toBe(victim.id);
    expect(await me(thief)).toMatchObject({ isEmailVerified: false, email: `${thief.id}@invalid` });
    expect((await me(thief)).username).toMatch(/^Victim_\d+$/);
    expect((await server.visitor('victim', { sid: 'another login' })).id).toBe(victim.id);
    const unproved = await server.visitor('other', { email: 'other@example.com', email_verified: 'true' });
    expect(await me(unproved)).toMatchObject({ email: `${unproved.id}@invalid` });
  });

  test('are one for one issuer, and another for another issuer', async () => {
    await using server = await foreignServer();
    const clock = new ManualClock();
    await using other = await startIssuer(clock);
    const variables = { AUTH: 'jwks', AUTH_ISSUER: other.url, AUTH_AUDIENCE: AUDIENCE };
    const node = await startServer(testEnv(server.databaseUrl, variables), { clock });
    const ours = await server.visitor('alice', { sid: 'same' });
    const token = await other.token('alice', { sid: 'same' });
    const theirs = await new People([node])
      .stranger()
      .auth.login.mutate({ login: 'a', password: 'b' })
      .catch(() => fetch(`${node.url}/trpc/users.me`, { headers: { authorization: `Bearer ${token}` } }));
    const { result } = (await (theirs as Response).json()) as { result: { data: { json: { id: string } } } };
    await node.close();
    expect(result.data.json.id).not.toBe(ours.id);
    expect(await refusal(me(server.holder(token)))).toBe('UNAUTHENTICATED');
    expect(await rowsOf(server, 'SELECT id FROM sessions')).toHaveLength(2);
  });

  test('who come for the first time in fifty ways at once are one', async () => {
    await using server = await foreignServer({ nodes: 2 });
    const claims = { preferred_username: 'alice', email: 'alice@example.com', email_verified: true };
    const same = await server.issuer.token('alice', { ...claims, sid: 'same' });
    const logins = Array.from({ length: 25 }, (_, n) =>
      server.issuer.token('alice', { ...claims, sid: `login ${n}` }),
    );
    const tokens = [...(await Promise.all(logins)), ...Array<string>(25).fill(same)];
    const seen = await Promise.all(
      tokens.map((token, n) =>
        server
          .holder(token)
          .on(n % 2)
          .users.me.query(),
      ),
    );
    expect(new Set(seen.map(({ id }) => id)).size).toBe(1);
    expect(new Set(seen.map(({ username, email }) => `${username} ${email}`)).size).toBe(1);
    expect(await rowsOf(server, 'SELECT id FROM users')).toHaveLength(1);
    expect(await rowsOf(server, 'SELECT id FROM sessions')).toHaveLength(26);
    const started = `SELECT position FROM events WHERE type = 'session.started'`;
    expect(await rowsOf(server, started)).toHaveLength(26);
  });

  test('who bring one address at once: one gets it, and all get in', async () => {
    await using server = await foreignServer({ nodes: 2 });
    const mail = { email: 'all@example.com', email_verified: true };
    const people = Array.from({ length: 20 }, (_, n) => ({ preferred_username: `smith ${n % 10}`, ...mail }));
    const tokens = await Promise.all(people.map((each, n) => server.issuer.token(`subject ${n}`, each)));
    const seen = await Promise.all(
      tokens.map((token, n) =>
        server
          .holder(token)
          .on(n % 2)
          .users.me.query(),
      ),
    );
    expect(new Set(seen.map(({ username }) => username.toLowerCase())).size).toBe(20);
    expect(seen.filter(({ email }) => email === 'all@example.com')).toHaveLength(1);
  });

  test('are followed when they change there, and others see it; once a token', async () => {
    await using server = await foreignServer();
    const alice = await server.visitor('alice', { name: 'Alice', sid: 'login' });
    const bob = await server.visitor('bob');
    await alice.talkTo(bob);
    const [own, others] = [await alice.subscribe(), await bob.subscribe()];
    const mail = { email: 'new@example.com', email_verified: true };
    const renewed = await server.visitor('alice', { name: ' Alice Liddell ', sid: 'login', ...mail });
    await others.when(() => others.events.length > 0);
    const user = { id: alice.id, username: 'user', fullName: 'Alice Liddell' };
    expect(others.events).toMatchObject([{ type: 'user.updated', user }]);
    await own.when(() => own.events.length === 2);
    expect(own.events).toMatchObject([
      { type: 'account.updated', user },
      { type: 'user.updated', user },
    ]);
    expect(await me(alice)).toMatchObject({ email: 'new@example.com', isEmailVerified: true });
    // Its clock stands still: a second look at the same token changes nothing, whatever has happened here.
    const { pool } = server.nodes[0].app.database;
    await pool.query(`UPDATE users SET full_name = 'By hand'`);
    server.clock.advance(1_000);
    expect(await me(renewed)).toMatchObject({ fullName: 'By hand' });
    const [session] = await rowsOf(server, `SELECT * FROM sessions WHERE user_id = '${alice.id}'`);
    expect(session!['last_used_at']).toEqual(session!['created_at']);
    // What a token does not say is no change.
    const silent = await server.visitor('alice', { sid: 'login', jti: 'says nothing' });
    expect(await me(silent)).toMatchObject({ fullName: 'By hand', email: 'new@example.com' });
  });
});

describe('a session of theirs', () => {
  test('is listed, ends with logout, and is refused from then on, whatever token comes', async () => {
    await using server = await foreignServer({ nodes: 2 });
    const phone = await server.visitor('alice', { sid: 'phone' });
    const laptop = await server.visitor('alice', { sid: 'laptop' });
    expect(laptop.id).toBe(phone.id);
    const listed = await phone.api.sessions.list.query();
    expect(listed).toHaveLength(2);
    expect(listed.filter(({ isCurrent }) => isCurrent)).toHaveLength(1);
    const hears = await phone.subscribe({ node: 1 });
    const closed = closeCode(server, phone);
    await phone.api.auth.logout.mutate();
    await hears.until(({ type }) => type === 'session.ended');
    expect(await closed).toBe(4401);
    const next = await server.issuer.token('alice', { sid: 'phone', jti: 'the next' });
    for (const node of [0, 1])
      for (const token of [phone.tokens.accessToken, next])
        expect(await refusal(server.holder(token).on(node).users.me.query())).toBe('UNAUTHENTICATED');
    expect(await closeCode(server, server.holder(next))).toBe(4401);
    expect(await me(laptop)).toMatchObject({ id: laptop.id });
  });

  test('is revoked from another of theirs, and by a ban; a new login of a banned person is told so', async () => {
    await using server = await foreignServer();
    const phone = await server.visitor('alice', { sid: 'phone' });
    const laptop = await server.visitor('alice', { sid: 'laptop' });
    await laptop.api.sessions.revokeOthers.mutate();
    expect(await refusal(me(phone))).toBe('UNAUTHENTICATED');
    const moderator = await server.visitor('moderator');
    await server.nodes[0].app.database.pool.query(`UPDATE users SET role = 'ADMIN' WHERE id = $1`, [
      moderator.id,
    ]);
    await moderator.api.admin.ban.mutate({ userId: laptop.id });
    expect(await refusal(me(laptop))).toBe('UNAUTHENTICATED');
    const again = server.holder(await server.issuer.token('alice', { sid: 'a new login' }));
    expect(await refusal(me(again))).toBe('BANNED');
    expect(await closeCode(server, again)).toBe(4401);
    await moderator.api.admin.unban.mutate({ userId: laptop.id });
    expect(await me(again)).toMatchObject({ id: laptop.id });
    expect(await refusal(me(phone))).toBe('UNAUTHENTICATED');
  });

  test('that has ended is refused for as long as its login goes on there', async () => {
    await using server = await foreignServer();
    const alice = await server.visitor('alice', {
      sid: 'phone',
      email: 'a@example.com',
      email_verified: true,
    });
    await server.visitor('alice', { sid: 'laptop' });
    await alice.api.auth.logout.mutate();
    server.clock.advance(40 * 86_400_000);
    await cleanUp(server.nodes[0].app);
    expect(await rowsOf(server, 'SELECT end_reason FROM sessions')).toEqual([{ end_reason: 'logout' }]);
    const later = server.holder(await server.issuer.token('alice', { sid: 'phone' }));
    expect(await refusal(me(later))).toBe('UNAUTHENTICATED');
  });

  test('is known by sid, else by jti, else by the token', async () => {
    await using server = await foreignServer();
    const token = (claims: JWTPayload) => server.issuer.token('alice', claims);
    const iat = Math.floor(server.clock.now().getTime() / 1_000);
    const tokens = [
      await token({ sid: 'a', jti: '1' }),
      await token({ sid: 'a', jti: '2' }),
      await token({ jti: 'a' }),
      await token({ jti: 'b' }),
      await token({ sid: '', jti: 7 as never, iat }),
      await token({ iat: iat - 1 }),
    ];
    for (const each of tokens) await me(server.holder(each));
    expect(await rowsOf(server, 'SELECT id FROM sessions')).toHaveLength(5);
    // The same claims under another signature, as ES256 gives each time, are the same token.
    const twin = await token({ iat: iat - 1 });
    expect(twin).not.toBe(tokens.at(-1));
    await me(server.holder(twin));
    expect(await rowsOf(server, 'SELECT id FROM sessions')).toHaveLength(5);
    await server.holder(twin).api.auth.logout.mutate();
    expect(await refusal(me(server.holder(tokens.at(-1)!)))).toBe('UNAUTHENTICATED');
  });

  test('ends with its token, and 30 seconds for clocks that differ', async () => {
    await using server = await foreignServer();
    const alice = await server.visitor('alice');
    const socket = closeCode(server, alice);
    await alice.subscribe();
    server.clock.advance(300_000 + 29_000);
    expect(await me(alice)).toMatchObject({ id: alice.id });
    server.clock.advance(1_000);
    expect(await refusal(me(alice))).toBe('UNAUTHENTICATED');
    expect(await socket).toBe(4401);
  });
});

describe('a token that is no good', () => {
  test('S19 has no other algorithm, and no key that it brings along', async () => {
    await using server = await foreignServer();
    const { issuer } = server;
    issuer.keys = [await newKey('rsa', 'RS256')];
    const genuine = await issuer.token('alice', { sid: 'login' });
    const published = createPublicKey({ key: issuer.keys[0]!.jwk as never, format: 'jwk' });
    const publicPem = published.export({ type: 'spki', format: 'pem' });
    const mine = await newKey('mine', 'RS256');
    const jwk = await exportJWK((await newKey('x')).privateKey);
    const offer = (header: object) => issuer.token('alice', {}, mine, { kid: 'rsa', ...header });
    const forged = [
      `${change(genuine, { alg: 'none' }).split('.', 2).join('.')}.`,
      change(genuine, { alg: 'none' }),
      change(genuine, { alg: 'None' }),
      change(genuine, { alg: 'rs256' }),
      change(genuine, { crit: ['exp'] }),
      change(genuine, { alg: 'PS256' }),
      change(genuine, {}, { sub: 'bob' }),
      signWithSecret(change(genuine, { alg: 'HS256' }), publicPem),
      signWithSecret(change(genuine, { alg: 'HS256' }), JSON.stringify(issuer.keys[0]!.jwk)),
      signWithSecret(change(genuine, { alg: 'HS256' }), ''),
      await offer({}),
      await offer({ jwk: mine.jwk }),
      await offer({ jwk }),
      await offer({ jku: `${issuer.url}/mine` }),
      await offer({ x5u: `${issuer.url}/mine` }),
      await offer({ x5c: ['AAAA'] }),
    ];
    for (const token of forged)
      expect(await refusal(me(server.holder(token))), token).toBe('UNAUTHENTICATED');
    expect(await closeCode(server, server.holder(forged[0]!))).toBe(4401);
    expect(await rowsOf(server, 'SELECT id FROM users')).toEqual([]);
    expect(issuer.requests.filter((path) => path.endsWith('/mine'))).toEqual([]);
    expect(await me(server.holder(genuine))).toMatchObject({ username: 'user' });
  });

  test('S20 has a kid that means nothing', async () => {
    await using server = await foreignServer();
    const mine = await newKey('mine');
    const kids = [
      ...['../../dev/null', "' OR 1=1 --", '', '__proto__', 'constructor', 'https://evil.example/keys'],
      ...[null, 7, ['first'], { toString: 'first' }, 'x'.repeat(4_000)],
    ];
    const allowed = new Set(['UNAUTHENTICATED', 'UNAVAILABLE']);
    for (const kid of kids) {
      const token = await server.issuer.token('alice', {}, mine, { kid: kid as never });
      expect(allowed, JSON.stringify(kid)).toContain(await refusal(me(server.holder(token))));
    }
    expect(server.issuer.requests.length, 'made-up names make no flood').toBeLessThanOrEqual(3);
    const long = await server.issuer.token('alice', { filler: 'x'.repeat(8_192) });
    expect(await refusal(me(server.holder(long)))).toBe('UNAUTHENTICATED');
    for (const token of ['x', '..', 'a.b.c', `${'a.'.repeat(4)}`, '🙂.🙂.🙂'.normalize()])
      expect(await closeCode(server, server.holder(token)), token).toBe(4401);
  });

  test('S21 and S22 is of another issuer, for others, of another kind or another time', async () => {
    await using server = await foreignServer();
    const { issuer } = server;
    const now = Math.floor(server.clock.now().getTime() / 1_000);
    const claims: [string, Record<string, unknown>][] = [
      ...['https://evil.example', `${issuer.url}/`, '', undefined].map(
        (iss): [string, Record<string, unknown>] => [`iss ${iss}`, { iss }],
      ),
      ...['another', '', undefined, [], ['another'], `${AUDIENCE} `].map(
        (aud): [string, Record<string, unknown>] => [`aud ${aud}`, { aud }],
      ),
      ...['', undefined, 7, 'x'.repeat(256), 'nul\0', '\ud800', '\u200b'].map(
        (sub): [string, Record<string, unknown>] => [`sub ${sub}`, { sub }],
      ),
      ['expired', { exp: now - 30 }],
      ['endless', { exp: undefined }],
      ['for years', { exp: now + 365 * 86_400 }],
      ['for ever', { exp: Number.MAX_SAFE_INTEGER }],
      ['half a second', { exp: now + 60.5 }],
      ['negative', { exp: -1 }],
      ['a text', { exp: String(now + 60) }],
      ['not yet', { nbf: now + 31 }],
      ['of tomorrow', { iat: now + 31 }],
    ];
    for (const [name, change] of claims) {
      const token = await issuer.token('alice', { ...change, jti: name });
      expect(await refusal(me(server.holder(token))), name).toBe('UNAUTHENTICATED');
    }
    for (const typ of ['logout+jwt', 'secevent+jwt', 'dpop+jwt', 'token-introspection+jwt', '']) {
      const token = await issuer.token('alice', {}, undefined, { typ });
      expect(await refusal(me(server.holder(token))), typ).toBe('UNAUTHENTICATED');
    }
    expect(await rowsOf(server, 'SELECT id FROM users')).toEqual([]);
    const differ = { iat: now + 30, nbf: now + 30, exp: now - 29, aud: ['another', AUDIENCE] };
    const clocks = server.holder(await issuer.token('alice', differ));
    expect(await refusal(me(clocks)), 'clocks may differ').toMatchObject({ answer: { username: 'user' } });
  });

  test('is one of our own, which nobody has given out', async () => {
    await using server = await foreignServer();
    const alice = await server.visitor('alice');
    const [session] = await rowsOf(server, 'SELECT id FROM sessions');
    const { accessTokens } = server.nodes[0].app;
    const { token } = await accessTokens.sign({ sessionId: session!['id'] as string, userId: alice.id });
    expect(await refusal(me(server.holder(token)))).toBe('UNAUTHENTICATED');
  });
});

describe('keys', () => {
  test('that are new are found at once, and those that are gone are refused', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    await using server = await foreignServer();
    const before = await server.visitor('alice', { sid: 'login' });
    const [first] = server.issuer.keys;
    server.issuer.keys = [await newKey('second'), first!];
    vi.setSystemTime(Date.now() + 6_000);
    const after = await server.visitor('alice', { sid: 'login' });
    expect(after.id).toBe(before.id);
    expect(await me(before)).toMatchObject({ id: before.id });
    server.issuer.keys = server.issuer.keys.slice(0, 1);
    vi.setSystemTime(Date.now() + 600_000);
    expect(await me(after)).toMatchObject({ id: before.id });
    vi.setSystemTime(Date.now() + 6_000);
    expect(await refusal(me(before))).toBe('UNAUTHENTICATED');
  });

  test('that are not there are looked for once in five seconds, and nobody is logged out between', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    await using server = await foreignServer();
    await server.visitor('alice');
    const asked = server.issuer.requests.length;
    server.issuer.keys = [await newKey('second')];
    const alice = server.holder(await server.issuer.token('alice'));
    for (let n = 0; n < 5; n++) expect(await refusal(me(alice))).toBe('UNAVAILABLE');
    expect(await closeCode(server, alice)).toBe(1012);
    expect(server.issuer.requests).toHaveLength(asked);
    vi.setSystemTime(Date.now() + 5_000);
    expect(await me(alice)).toMatchObject({ username: 'user' });
  });

  test('may be at a place of their own, without discovery', async () => {
    const clock = new ManualClock();
    await using keys = await startIssuer(clock);
    const variables = { AUTH_ISSUER: 'https://issuer.example', AUTH_JWKS_URL: `${keys.url}/keys` };
    await using server = await foreignServer({ clock, env: variables });
    const token = await keys.token('alice', { iss: 'https://issuer.example' });
    expect(await me(server.holder(token))).toMatchObject({ username: 'user' });
    expect(keys.requests).toEqual(['/realm/keys']);
  });
});

describe('an issuer that is away logs nobody out', () => {
  test.each(['broken', 'silent', 'other'] as const)('when it is %s', async (mood) => {
    await using server = await foreignServer();
    server.issuer.mood = mood;
    const alice = server.holder(await server.issuer.token('alice'));
    const headers = { authorization: `Bearer ${alice.tokens.accessToken}` };
    const [refused, code, { status }] = await Promise.all([
      refusal(me(alice)),
      closeCode(server, alice),
      fetch(`${server.people.url(0)}/users.me`, { headers }),
    ]);
    expect([refused, code, status]).toEqual(['UNAVAILABLE', 1012, 503]);
    server.issuer.mood = 'well';
    expect(await me(alice)).toMatchObject({ username: 'user' });
  });

  test.each(['ws', 'sse'] as const)(
    'nor the shipped client over %s, which comes in when it is back',
    async (by) => {
      await using server = await foreignServer();
      server.issuer.mood = 'broken';
      const token = await server.issuer.token('alice');
      const onSessionExpired = vi.fn();
      const cable = new Cable(server.nodes[0]);
      const chat = createClient({ ...cable.options(by), auth: { getToken: () => token, onSessionExpired } });
      await vi.waitFor(() => expect(cable.attempts + cable.requests.length).toBeGreaterThan(1), WAIT);
      server.issuer.mood = 'well';
      await until(chat.connection, (status) => status === 'live');
      expect(onSessionExpired).not.toHaveBeenCalled();
      await chat.close();
    },
  );

  test('its keys are good for a while', async () => {
    await using server = await foreignServer();
    const alice = await server.visitor('alice');
    server.issuer.mood = 'broken';
    expect(await me(alice)).toMatchObject({ id: alice.id });
    expect((await server.visitor('bob')).id).not.toBe(alice.id);
  });
});

test('what keeps accounts is refused with ACCOUNTS_ELSEWHERE, for everybody', async () => {
  await using server = await foreignServer();
  const alice = await server.visitor('alice');
  const call = async (person: Person | null, path: string) => {
    const headers = {
      'content-type': 'application/json',
      ...(person && { authorization: `Bearer ${person.tokens.accessToken}` }),
    };
    const options = { method: 'POST', headers, body: JSON.stringify({ json: {} }) };
    const response = await fetch(`${server.people.url(0)}/${path}`, options);
    const { error } = (await response.json()) as { error?: { json: { data: { code: string } } } };
    return error?.json.data.code;
  };
  const keeping = ['register', 'login', 'refresh', 'verifyEmail', 'resendVerification', 'forgotPassword'];
  const own = ['resetPassword', 'changePassword', 'changeEmail', 'confirmEmail', 'deleteAccount'];
  const procedures = Object.keys(appRouter._def.procedures);
  const there = [...keeping, ...own]
    .map((name) => `auth.${name}`)
    .filter((path) => procedures.includes(path));
  expect(there.length).toBeGreaterThanOrEqual(3);
  for (const path of there) expect(await call(alice, path), path).toBe('ACCOUNTS_ELSEWHERE');
});

describe('a username', () => {
  test.each([
    ['alice', 'alice'],
    ['José Ñandú', 'Jose_Nandu'],
    ['alice.smith@example.com', 'alice_smith'],
    ['CORP\\alice', 'CORP_alice'],
    ['al', 'al_'],
    ['李雷', 'user'],
    ['@@', 'user'],
    ['', 'user'],
    ['_____', 'user'],
    ['x'.repeat(500), 'x'.repeat(20)],
  ])('of %j is %j', (given, username) => {
    expect(usernameFrom(given, 0)).toBe(username);
  });

  test('has a number where the plain one is taken, and always fits', () => {
    expect(usernameFrom(undefined, 0)).toBe('user');
    expect(usernameFrom('alice', 1)).toMatch(/^alice_\d{1,5}$/);
    expect(usernameFrom('x'.repeat(20), 2)).toMatch(/^x{14,18}_\d{1,5}$/);
  });
});
