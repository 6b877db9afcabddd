import { createTRPCClient, httpBatchStreamLink } from '@trpc/client';
import superjson from 'superjson';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { AppRouter } from '../src/public.ts';
import { appRouter } from '../src/router.ts';
import { startServer } from '../src/server.ts';
import { Browser, PAGE } from './browser.ts';
import type { Person } from './people.ts';
import { RawPeer, rawSocket, upgradeRequest } from './raw-peer.ts';
import { ManualClock, serverForAll, type TestServer, testServer } from './server.ts';

afterEach(() => vi.restoreAllMocks());

const DAY = 86_400;
const OTHER_PAGE = 'https://other.example.com';

const clock = new ManualClock();
const options = { clock, env: { ALLOWED_ORIGINS: `${PAGE},${OTHER_PAGE}` } };
const forAll = serverForAll(options);

/** Alice has an account; her browser is yet to log in. */
async function setUp(server: TestServer = forAll) {
  const alice = await server.people.join('alice');
  const wait = (seconds: number) => clock.advance(seconds * 1_000);
  return { ...server, alice, wait, url: server.people.url(0) };
}

interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the procedure answers
  data: any;
  code: string | undefined;
}

type Send = (url: string, init: RequestInit) => Promise<Response>;

/** Calls a mutation with whatever sends it, and headers of any kind. */
async function post(send: Send, url: string, input?: object, headers: Record<string, string> = {}) {
  return answerOf(
    await send(url, {
      method: 'POST',
      credentials: 'include',
      headers: { 'content-type': 'application/json', ...headers },
      ...(input && { body: JSON.stringify({ json: input }) }),
    }),
  );
}

async function answerOf(response: Response): Promise<Answer> {
  const { status, headers } = response;
  const text = await response.text();
  const { result, error } = text.startsWith('{') ? JSON.parse(text) : {};
  return { status, headers, data: result?.data.json, code: error?.json.data.code };
}

const cookieLogin = ({ credentials }: Person) => ({
  login: credentials.username,
  password: credentials.password,
  refreshTokenIn: 'cookie',
});

async function signIn(browser: Browser, server: TestServer & { alice: Person }): Promise<Answer> {
  const answer = await post(browser.fetch, `${server.people.url(0)}/auth.login`, cookieLogin(server.alice));
  expect(answer.status).toBe(200);
  return answer;
}

const refresh = (browser: Browser, url: string, node?: Send) =>
  post(node ?? browser.fetch, `${url}/auth.refresh`, {});

const me = async (send: Send, url: string, headers: Record<string, string> = {}): Promise<string> => {
  const { code, data } = await answerOf(await send(`${url}/users.me`, { credentials: 'include', headers }));
  return code ?? data.username;
};

describe('S34 a browser’s session', () => {
  test('has its refresh token in a cookie that no script reads, no other site gets sent and no sibling sets', async () => {
    const server = await setUp();
    const { env, logger, clock } = server.nodes[0].app;
    const node = await startServer({ ...env, NODE_ENV: 'production' }, { logger, clock });
    server.nodes.push(node);
    const browser = new Browser();
    const { data, headers } = await post(
      browser.fetch,
      `${node.url}/trpc/auth.login`,
      cookieLogin(server.alice),
    );
    expect(data).toMatchObject({ user: { id: server.alice.id }, refreshToken: null });
    const attributes = { path: '/', httpOnly: true, secure: true, sameSite: 'strict' };
    expect([...browser.cookies.values()]).toEqual([
      { name: '__Host-parley-access', value: data.accessToken, maxAge: 900, ...attributes },
      { name: '__Host-parley-refresh', value: expect.any(String), maxAge: 30 * DAY, ...attributes },
    ]);
    expect(browser.cookie('__Host-parley-refresh')).toMatch(/^[\w-]{43}$/);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(await me(browser.fetch, `${node.url}/trpc`)).toBe(server.alice.credentials.username);
    // A name without the prefix may come from a sibling.
    const tossed = browser.header.replaceAll('__Host-', '');
    const send: Send = (url, init) =>
      fetch(url, { ...init, headers: { ...init.headers, origin: PAGE, cookie: tossed } });
    expect(await me(send, `${node.url}/trpc`)).toBe('UNAUTHENTICATED');
    expect((await refresh(browser, `${node.url}/trpc`, send)).code).toBe('INVALID_REFRESH_TOKEN');
    expect((await refresh(browser, `${node.url}/trpc`)).status).toBe(200);
  });

  test('is one in development too, where there is no TLS', async () => {
    const server = await setUp();
    const browser = new Browser();
    const { data } = await signIn(browser, server);
    expect([...browser.cookies.values()]).toEqual([
      {
        name: 'parley-access',
        value: data.accessToken,
        maxAge: 900,
        path: '/',
        httpOnly: true,
        sameSite: 'strict',
      },
      {
        name: 'parley-refresh',
        value: expect.any(String),
        maxAge: 30 * DAY,
        path: '/',
        httpOnly: true,
        sameSite: 'strict',
      },
    ]);
  });

  test('is renewed by the cookie, which has the successor then, and lives no longer than it may', async () => {
    const server = await setUp();
    const browser = new Browser();
    const { data: first } = await signIn(browser, server);
    for (const day of [20, 40, 60, 80]) {
      server.wait(20 * DAY);
      const shown = browser.cookie('parley-refresh');
      const { data } = await refresh(browser, server.url);
      expect(data).toEqual({
        sessionId: first.sessionId,
        refreshToken: null,
        accessToken: browser.cookie('parley-access'),
        accessTokenExpiresAt: expect.any(String),
      });
      expect(browser.cookie('parley-refresh')).not.toBe(shown);
      expect(browser.cookies.get('parley-refresh')!.maxAge).toBe(Math.min(30, 90 - day) * DAY);
    }
    server.wait(10 * DAY);
    expect((await refresh(browser, server.url)).code).toBe('INVALID_REFRESH_TOKEN');
    expect(browser.cookies).toEqual(new Map());
  });

  test('begins with a registration too', async () => {
    const server = await setUp();
    const browser = new Browser();
    const account = { username: 'bob', email: 'bob@example.com', password: 'a long one indeed' };
    const { data } = await post(browser.fetch, `${server.url}/auth.register`, {
      ...account,
      refreshTokenIn: 'cookie',
    });
    expect(data).toMatchObject({ user: { username: 'bob' }, refreshToken: null });
    expect((await refresh(browser, server.url)).data.sessionId).toBe(data.sessionId);
  });

  test('is refused where there are no cookies, and none begins', async () => {
    const server = await setUp();
    const input = cookieLogin(server.alice);
    expect((await post(fetch, `${server.url}/auth.login`, input)).code).toBe('UNSUPPORTED_REQUEST');
    using peer = await rawSocket(server.nodes[0].url);
    expect((await peer.call('auth.login', input)).error?.data.code).toBe('UNSUPPORTED_REQUEST');
    // The head of a streamed answer is gone before its calls are answered.
    const link = httpBatchStreamLink({
      url: server.url,
      transformer: superjson,
      headers: { origin: PAGE },
    });
    const streamed = createTRPCClient<AppRouter>({ links: [link] });
    await expect(streamed.auth.login.mutate(input as never)).rejects.toMatchObject({
      data: { code: 'UNSUPPORTED_REQUEST' },
    });
    expect(await server.alice.api.sessions.list.query()).toHaveLength(1);
  });

  test('keeps its tokens in the body unless it asks for cookies', async () => {
    const server = await setUp();
    const browser = new Browser();
    const { login, password } = cookieLogin(server.alice);
    const { data } = await post(browser.fetch, `${server.url}/auth.login`, { login, password });
    const renewed = await post(browser.fetch, `${server.url}/auth.refresh`, {
      refreshToken: data.refreshToken,
    });
    expect(renewed.data.refreshToken).toMatch(/^[\w-]{43}$/);
    expect(browser.cookies).toEqual(new Map());
  });
});

describe('two tabs of a browser', () => {
  test('S25 refresh at the same moment: one successor, one family, nobody logged out', async () => {
    const server = await setUp();
    const browser = new Browser();
    const { data } = await signIn(browser, server);
    for (let race = 0; race < 30; race++) {
      // Both send the cookie as it was before.
      const cookie = browser.header;
      const tab: Send = (url, init) =>
        fetch(url, { ...init, headers: { ...init.headers, origin: PAGE, cookie } });
      const responses = await Promise.all(
        [1, 2].map(() =>
          tab(`${server.url}/auth.refresh`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: '{"json":{}}',
          }),
        ),
      );
      const successors = responses.map((response) => {
        browser.take(response);
        return browser.cookie('parley-refresh');
      });
      expect(successors[0]).toMatch(/^[\w-]{43}$/);
      expect(successors[1]).toBe(successors[0]);
      for (const response of responses)
        expect((await answerOf(response)).data.sessionId).toBe(data.sessionId);
      server.wait(race % 3 ? 0 : 600);
    }
  });

  test('regression: an answer that is overtaken by later ones does not put an old token back', async () => {
    const server = await setUp();
    const browser = new Browser();
    await signIn(browser, server);
    server.wait(60);
    const send = (cookie: string) =>
      fetch(`${server.url}/auth.refresh`, {
        method: 'POST',
        headers: { origin: PAGE, cookie, 'content-type': 'application/json' },
        body: '{"json":{}}',
      });
    const [soon, late] = await Promise.all([send(browser.header), send(browser.header)]);
    browser.take(soon);
    // A tab that is opened now shows the successor.
    browser.take(await send(browser.header));
    browser.take(late);
    server.wait(600);
    expect((await refresh(browser, server.url)).status).toBe(200);
  });

  test('S26 an answer that got lost is had again for ten seconds; S24 later the session ends', async () => {
    const server = await setUp();
    const browser = new Browser();
    await signIn(browser, server);
    server.wait(60);
    const stale = new Browser();
    for (const [name, cookie] of browser.cookies) stale.cookies.set(name, cookie);
    await refresh(browser, server.url);
    server.wait(10);
    const again = new Browser();
    for (const [name, cookie] of stale.cookies) again.cookies.set(name, cookie);
    await refresh(again, server.url);
    expect(again.cookie('parley-refresh')).toBe(browser.cookie('parley-refresh'));
    server.wait(1);
    const { code, headers } = await refresh(stale, server.url);
    expect(code).toBe('REFRESH_TOKEN_REUSED');
    expect(headers.getSetCookie()).toHaveLength(2);
    expect(stale.cookies).toEqual(new Map());
    expect(await me(browser.fetch, server.url)).toBe('UNAUTHENTICATED');
    expect((await refresh(browser, server.url)).code).toBe('INVALID_REFRESH_TOKEN');
    expect(browser.cookies).toEqual(new Map());
  });

  test('a fault of the server does not take the cookie away', async () => {
    await using own = await testServer(options);
    const server = await setUp(own);
    const browser = new Browser();
    await signIn(browser, server);
    const kept = browser.header;
    const away = Object.assign(new Error('gone'), { code: '57P01' });
    // All of them: what else the server does just then would take the only one.
    const transactions = vi.spyOn(server.nodes[0].app.database, 'transaction').mockRejectedValue(away);
    expect((await refresh(browser, server.url)).status).toBeGreaterThanOrEqual(500);
    transactions.mockRestore();
    expect(browser.header).toBe(kept);
    expect((await refresh(browser, server.url)).status).toBe(200);
  });

  test('one that logs out takes the cookies of its own session along, and no other’s', async () => {
    const server = await setUp();
    const browser = new Browser();
    const { data: first } = await signIn(browser, server);
    const { data: second } = await signIn(browser, server);
    const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
    await post(browser.fetch, `${server.url}/auth.logout`, undefined, bearer(first.accessToken));
    expect((await refresh(browser, server.url)).data.sessionId).toBe(second.sessionId);
    await post(browser.fetch, `${server.url}/auth.logout`);
    expect(browser.cookies).toEqual(new Map());
    for (const path of ['revokeAll', 'revoke']) {
      const { data } = await signIn(browser, server);
      const input = path === 'revoke' ? { sessionId: data.sessionId } : undefined;
      expect((await post(browser.fetch, `${server.url}/sessions.${path}`, input)).status).toBe(200);
      expect(browser.cookies).toEqual(new Map());
    }
  });
});

/** Origins that look like an allowed one, and are none. */
const FOREIGN = [
  'https://evil.example',
  'https://app.example.com.evil.example',
  'https://evil.app.example.com',
  'http://app.example.com',
  'https://app.example.com:8443',
  'https://APP.example.com',
  'https://app.example.com/',
  'null',
  '*',
  '',
];

describe('S70 a request that another site forged', () => {
  test('never refreshes: nothing is used up, and no cookie set', async () => {
    const server = await setUp();
    const browser = new Browser();
    const { data } = await signIn(browser, server);
    const { database } = server.nodes[0].app;
    const url = `${server.url}/auth.refresh`;
    const forged = (
      headers: Record<string, string>,
      body: NonNullable<RequestInit['body']> = '{"json":{}}',
    ) => fetch(url, { method: 'POST', headers: { cookie: browser.header, ...headers }, body });
    const json = { 'content-type': 'application/json' };
    const form = new FormData();
    form.set('refreshToken', '');
    const attempts: [Response, number][] = [
      [await forged(json), 401],
      [await forged({ ...json, referer: `${PAGE}/` }), 401],
      [await forged({ ...json, 'sec-fetch-site': 'same-origin' }), 401],
      ...(await Promise.all(
        FOREIGN.map(async (origin): Promise<[Response, number]> => [await forged({ ...json, origin }), 403]),
      )),
      [await forged({ origin: PAGE }, new URLSearchParams({ json: '{}' })), 415],
      [await forged({ origin: PAGE }, form), 415],
      [await forged({ origin: PAGE, 'content-type': 'text/plain' }), 415],
      [await fetch(url, { headers: { cookie: browser.header, origin: PAGE } }), 415],
    ];
    for (const [response, status] of attempts) {
      expect(response.status).toBe(status);
      expect(response.headers.getSetCookie()).toEqual([]);
    }
    const used = await database.prisma.refreshToken.count({
      where: { sessionId: data.sessionId, usedAt: { not: null } },
    });
    expect(used).toBe(0);
    expect((await refresh(browser, server.url)).status).toBe(200);
  });

  test('as a form, or from elsewhere, reaches no mutation with the browser’s cookies', async () => {
    const server = await setUp();
    const browser = new Browser();
    const { data } = await signIn(browser, server);
    const procedures = appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>;
    const mutations = Object.keys(procedures).filter((path) => procedures[path]!._def.type === 'mutation');
    expect(mutations).toContain('auth.logout');
    const bodies = () => [new URLSearchParams({ a: 'b' }), new FormData(), 'a=b', new Blob(['{}'])];
    for (const path of mutations)
      for (const [origin, status] of [
        [PAGE, 415],
        ['https://evil.example', 403],
        ['null', 403],
      ] as const)
        for (const body of bodies()) {
          const headers = { origin, cookie: browser.header };
          const response = await fetch(`${server.url}/${path}`, { method: 'POST', headers, body });
          expect(response.status, `${path} ${origin}`).toBe(status);
        }
    const { data: sessions } = await answerOf(
      await browser.fetch(`${server.url}/sessions.list`, { credentials: 'include' }),
    );
    expect(sessions.find(({ isCurrent }: { isCurrent: boolean }) => isCurrent).id).toBe(data.sessionId);
  });
});

describe('the access token in a cookie', () => {
  test('says who asks, from an allowed origin or a page of this very one; else nobody', async () => {
    const server = await setUp();
    const browser = new Browser();
    await signIn(browser, server);
    const { username } = server.alice.credentials;
    const plain = (headers: Record<string, string>) =>
      me(fetch, server.url, { cookie: browser.header, ...headers });
    expect(await me(browser.fetch, server.url)).toBe(username);
    expect(await plain({ origin: OTHER_PAGE })).toBe(username);
    expect(await plain({ 'sec-fetch-site': 'same-origin' })).toBe(username);
    for (const site of ['cross-site', 'same-site', 'none', ''])
      expect(await plain({ 'sec-fetch-site': site })).toBe('UNAUTHENTICATED');
    expect(await plain({})).toBe('UNAUTHENTICATED');
    // A header decides, and is not made up for.
    for (const authorization of ['Bearer nonsense', 'Basic YTpi', 'Bearer'])
      expect(await me(browser.fetch, server.url, { authorization })).toBe('UNAUTHENTICATED');
    server.wait(931);
    expect(await me(browser.fetch, server.url)).toBe('UNAUTHENTICATED');
  });

  test('does for an SSE stream what the header does', async () => {
    const server = await setUp();
    const browser = new Browser();
    await signIn(browser, server);
    const follow = async (headers: Record<string, string>, sign: RegExp) => {
      const gone = new AbortController();
      const { body } = await fetch(`${server.url}/events.stream`, {
        headers: { accept: 'text/event-stream', ...headers },
        signal: gone.signal,
      });
      let text = '';
      for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
        text += chunk;
        if (sign.test(text)) break;
      }
      gone.abort();
      return text;
    };
    const either = /caught-up|serialized-error|"error"/;
    const { header: cookie } = browser;
    expect(await follow({ cookie, origin: PAGE }, either)).toContain('caught-up');
    expect(await follow({ cookie, 'sec-fetch-site': 'same-origin' }, either)).toContain('caught-up');
    expect(await follow({ cookie }, either)).toContain('UNAUTHENTICATED');
    expect(await follow({ cookie, 'sec-fetch-site': 'same-site' }, either)).toContain('UNAUTHENTICATED');
  });

  test('S68 is nothing to a socket: foreign origins are refused, and allowed ones are nobody', async () => {
    const server = await setUp();
    const browser = new Browser();
    await signIn(browser, server);
    const { url } = server.nodes[0];
    for (const origin of FOREIGN.filter(Boolean)) {
      using peer = new RawPeer(url);
      expect(await peer.ask(upgradeRequest('/trpc', { cookie: browser.header, origin }))).toBe(403);
    }
    for (const headers of [{ origin: PAGE }, {}, { 'sec-fetch-site': 'same-origin' }]) {
      using peer = new RawPeer(url);
      expect(await peer.ask(upgradeRequest('/trpc', { cookie: browser.header, ...headers }))).toBe(101);
      expect((await peer.call('users.me', undefined, 'query')).error?.data.code).toBe('UNAUTHENTICATED');
    }
  });
});

test('S71 only an allowed origin is let in with credentials, by its own name', async () => {
  const server = await setUp();
  const ask = (origin: string, method: string) =>
    fetch(`${server.url}/users.me`, {
      method,
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-credentials': 'true',
      },
    });
  const cors = ({ headers }: Response) =>
    Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-')));
  for (const origin of [PAGE, OTHER_PAGE])
    for (const method of ['OPTIONS', 'GET']) {
      const response = await ask(origin, method);
      expect(response.headers.get('vary')).toMatch(/origin/i);
      expect(cors(response)).toMatchObject({
        'access-control-allow-origin': origin,
        'access-control-allow-credentials': 'true',
        'access-control-max-age': '600',
      });
    }
  for (const origin of FOREIGN)
    for (const method of ['OPTIONS', 'GET']) {
      const response = await ask(origin, method);
      expect(response.status).toBe(403);
      expect(cors(response)).toEqual({});
    }
  const native = await fetch(`${server.url}/users.me`);
  expect(cors(native)).toEqual({});
});
