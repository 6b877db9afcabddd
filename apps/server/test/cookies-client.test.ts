import {
  type ChatClient,
  type ClientOptions,
  createClient,
  memoryStorage,
  type Storage,
} from '@parley/client';
import { EventSource } from 'eventsource';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { Browser, PAGE } from './browser.ts';
import { Calendar } from './calendar.ts';
import type { Person } from './people.ts';
import { serverForAll, type TestServer } from './server.ts';

/** A browser with what its pages keep in common, and what they were sent. */
class Device {
  readonly browser = new Browser();
  readonly storage: Storage = memoryStorage();
  /** Paths of the requests over HTTP, in order. */
  readonly requests: string[] = [];
  /** The bodies of all answers but the streams: whatever a script could read. */
  readonly bodies: string[] = [];
  readonly sockets: WebSocket[] = [];
  readonly #server: TestServer;
  readonly #transport: 'ws' | 'sse';

  constructor(server: TestServer, transport: 'ws' | 'sse') {
    this.#server = server;
    this.#transport = transport;
  }

  /** Opens a page of the application. */
  async open(auth: ClientOptions['auth'] = {}): Promise<Page> {
    const fetch = async (url: string | URL, init?: object): Promise<Response> => {
      const response = await this.browser.fetch(url, init as RequestInit);
      this.requests.push(new URL(url).pathname.replace('/trpc/', ''));
      if (response.headers.get('content-type')?.includes('json'))
        this.bodies.push(await response.clone().text());
      return response;
    };
    const { sockets } = this;
    class WatchedSocket extends WebSocket {
      constructor(url: string) {
        super(url);
        sockets.push(this);
      }
    }
    const chat = createClient({
      url: this.#server.nodes[0].url,
      transport: this.#transport,
      storage: this.storage,
      fetch: fetch as never,
      WebSocket: WatchedSocket as never,
      EventSource,
      auth: { cookie: true, ...auth },
    });
    return Object.assign(chat, { [Symbol.asyncDispose]: () => chat.close() });
  }

  get refreshes(): number {
    return this.requests.filter((path) => path === 'auth.refresh').length;
  }
}

type Page = ChatClient & AsyncDisposable;

const credentials = ({ credentials: { username, password } }: Person) => ({ login: username, password });

/** A connection is made again after a while only. */
const PATIENT = { timeout: 10_000 };

const becomes = (chat: ChatClient, status: string) =>
  expect.poll(() => chat.connection.get(), PATIENT).toBe(status);

describe.each(['ws', 'sse'] as const)('a web page over %s', (transport) => {
  const clock = new Calendar();
  const server = serverForAll({ clock, env: { ALLOWED_ORIGINS: PAGE } });

  async function setUp() {
    const alice = await server.people.join('alice');
    /** Goes to where sockets are asked to come with another access token, or where streams have ended with theirs. */
    function endTokens(): void {
      clock.advance(transport === 'ws' ? 850_000 : 931_000);
      for (const { app } of server.nodes) app.connections.sweep();
    }
    return { alice, device: new Device(server, transport), endTokens };
  }

  test('never sees a refresh token, stores no secret, and is signed in again when it is opened again', async () => {
    const { alice, device } = await setUp();
    {
      await using page = await device.open();
      await page.login(credentials(alice));
      await becomes(page, 'live');
      expect(device.requests).not.toContain('auth.refresh');
    }
    const kept = await device.storage.get('parley.session');
    expect(Object.keys(JSON.parse(kept!))).toEqual(['sessionId', 'userId']);
    await using again = await device.open();
    await becomes(again, 'live');
    expect(again.state.get().me?.id).toBe(alice.id);
    expect(device.refreshes).toBe(1);
    const refreshToken = device.browser.cookie('parley-refresh')!;
    expect(refreshToken).toMatch(/^[\w-]{43}$/);
    for (const text of [...device.bodies, await device.storage.get('parley.session')])
      expect(text).not.toContain(refreshToken);
    expect(device.bodies.join()).toContain('"refreshToken":null');
  });

  test('asks for nothing where storage knows of no session', async () => {
    const { device } = await setUp();
    await using page = await device.open();
    await expect(page.api.users.me.query()).rejects.toMatchObject({ data: { code: 'UNAUTHENTICATED' } });
    expect(page.connection.get()).toBe('idle');
    expect(device.refreshes).toBe(0);
  });

  test('goes on when its access token ends, and ends with its session', async () => {
    const { alice, device, endTokens } = await setUp();
    let expired = 0;
    await using page = await device.open({ onSessionExpired: () => void expired++ });
    await page.login(credentials(alice));
    await becomes(page, 'live');
    for (let life = 1; life <= 3; life++) {
      endTokens();
      await page.api.users.me.query();
      await expect.poll(() => device.refreshes, PATIENT).toBeGreaterThanOrEqual(life);
      await becomes(page, 'live');
      // The socket with the fresh token has taken the place of the one before.
      const open = () => device.sockets.filter(({ readyState }) => readyState === WebSocket.OPEN);
      if (transport === 'ws') await expect.poll(() => open(), PATIENT).toEqual([device.sockets[life]]);
      await page.api.users.me.query();
    }
    const before = expired;
    await alice.refresh();
    await alice.api.sessions.revokeOthers.mutate();
    await becomes(page, 'unauthorized');
    expect([before, expired]).toEqual([0, 1]);
    await expect.poll(() => device.storage.get('parley.session'), PATIENT).toBeUndefined();
    await using late = await device.open();
    await expect(late.api.users.me.query()).rejects.toMatchObject({ data: { code: 'UNAUTHENTICATED' } });
  });

  test('signs out: the cookies are gone, and so is what storage knew', async () => {
    const { alice, device } = await setUp();
    await using page = await device.open();
    await page.login(credentials(alice));
    await becomes(page, 'live');
    await page.logout();
    expect(device.browser.cookies).toEqual(new Map());
    expect(await device.storage.get('parley.session')).toBeUndefined();
    expect(await alice.api.sessions.list.query()).toHaveLength(1);
  });

  test('does not become somebody else who signs in on another page', async () => {
    const { alice, device, endTokens } = await setUp();
    const bob = await server.people.join('bob');
    await using hers = await device.open();
    await hers.login(credentials(alice));
    await becomes(hers, 'live');
    await using his = await device.open();
    await his.logout();
    await his.login(credentials(bob));
    await becomes(his, 'live');
    endTokens();
    await hers.api.users.me.query().catch(() => {});
    await becomes(hers, 'unauthorized');
    expect((await his.api.users.me.query()).id).toBe(bob.id);
    await using again = await device.open();
    await becomes(again, 'live');
    expect(again.state.get().me?.id).toBe(bob.id);
  });
});
