import { createTRPCClient } from '@trpc/client';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AppRouter } from '../src/api-type.ts';
import { reachServer } from '../src/server.ts';
import { createSession } from '../src/session.ts';
import { socketTransport } from '../src/socket-transport.ts';
import { memoryStorage } from '../src/storage.ts';
import { Below, BelowSocket } from './below.ts';

beforeEach(() => {
  vi.useFakeTimers();
  Below.made = [];
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const soon = () => vi.advanceTimersByTimeAsync(1);
/** Longer than the first wait before a connection is made again. */
const later = () => vi.advanceTimersByTimeAsync(600);

/** The transport of somebody whose next tokens are `access 2`, `access 3` and so on. */
async function world() {
  let issued = 1;
  let expired = 0;
  const next = () => ({
    sessionId: 'session',
    accessToken: `access ${issued}`,
    accessTokenExpiresAt: new Date(Date.now() + 15 * 60_000).toISOString(),
    refreshToken: `refresh ${issued++}`,
  });
  const session = createSession({ onSessionExpired: () => void expired++ }, memoryStorage(), async () =>
    next(),
  );
  await session.adopt(next());
  const noFetch = () => Promise.reject(new Error('this goes over the socket'));
  const transport = socketTransport('https://chat.test', BelowSocket, noFetch, session);
  const api = createTRPCClient<AppRouter>({ links: [transport.link] });
  let lost = 0;
  transport.open({ lost: () => void lost++, moved() {} });
  await soon();
  return { session, transport, api, expired: () => expired, lost: () => lost };
}

const sockets = (): Below[] => Below.made;

test('a socket is opened at once, and says whose it is', async () => {
  const { transport } = await world();
  expect(sockets().map(({ url }) => url)).toEqual(['wss://chat.test/trpc?connectionParams=1']);
  sockets()[0]!.emit('open');
  await soon();
  expect(sockets()[0]!.tokens).toEqual(['access 1']);
  transport.close();
});

test.each([
  ['where there are server-sent events, they are tried', true],
  ['elsewhere, as on a phone, they are not', false],
])('sockets that do not open: %s', async (_, areThere) => {
  if (!areThere) vi.stubGlobal('MessageEvent', undefined);
  const asked: string[] = [];
  const { session, transport } = reachServer({
    url: 'https://chat.test',
    WebSocket: BelowSocket,
    async fetch(url) {
      asked.push(url);
      throw new Error('nobody is there');
    },
  });
  const accessTokenExpiresAt = new Date(Date.now() + 3_600_000).toISOString();
  await session.adopt({ sessionId: 'session', accessToken: 'a', accessTokenExpiresAt, refreshToken: 'r' });
  transport.open({ lost() {}, moved() {} });
  for (let tries = 0; tries < 4; tries++) {
    await vi.advanceTimersByTimeAsync(20_000);
    for (const socket of Below.made.splice(0)) socket.emit('close', { code: 1006 });
  }
  expect(asked.includes('https://chat.test/healthz')).toBe(areThere);
  transport.close();
});

test('regression: a server that accepts and closes at once is not stormed', async () => {
  const { transport, lost } = await world();
  for (let ms = 0; ms < 30_000; ms += 10) {
    for (const socket of sockets()) {
      socket.emit('open');
      socket.emit('close', { code: 1012 });
    }
    await vi.advanceTimersByTimeAsync(10);
  }
  expect(sockets().length).toBeGreaterThan(4);
  expect(sockets().length).toBeLessThan(20);
  expect(lost()).toBeGreaterThanOrEqual(sockets().length - 1);
  transport.close();
});

test('a token that is not taken is renewed once; not taken again, the session is over', async () => {
  const { transport, session, expired } = await world();
  for (const n of [0, 1]) {
    sockets()[n]!.emit('open');
    await soon();
    sockets()[n]!.emit('close', { code: 4401 });
    await vi.advanceTimersByTimeAsync(1_500);
  }
  expect(sockets().flatMap(({ tokens }) => tokens)).toEqual(['access 1', 'access 2']);
  expect(session.status.get()).toBe('expired');
  expect(expired()).toBe(1);
  transport.close();
});

test('asked for another connection, it is made with another token, and the first serves until then', async () => {
  const { transport, api, lost } = await world();
  const [first] = sockets() as [Below];
  first.emit('open');
  await soon();
  first.emit('message', { data: JSON.stringify({ id: null, method: 'reconnect' }) });
  await later();
  const [, second] = sockets() as [Below, Below];
  const answer = api.users.me.query();
  await soon();
  expect(first.sent.at(-1)).toContain('users.me');
  second.emit('open');
  await soon();
  expect(second.tokens).toEqual(['access 2']);
  const json = { id: 'alice' };
  first.emit('message', { data: JSON.stringify({ id: 1, result: { type: 'data', data: { json } } }) });
  expect(await answer).toEqual(json);
  await soon();
  expect(first.closed).toEqual([1005]);
  expect(lost()).toBe(0);
  transport.close();
});

/** Loses the socket, and comes to where the next one is waited for, after so many failures for seconds. */
async function lose(failures: number): Promise<void> {
  sockets().at(-1)!.emit('close', { code: 1006 });
  for (let n = 0; n < failures; n += 1) {
    const made = sockets().length;
    while (sockets().length === made) await vi.advanceTimersByTimeAsync(100);
    sockets().at(-1)!.emit('close', { code: 1006 });
  }
  await vi.advanceTimersByTimeAsync(50);
}

describe('woken', () => {
  beforeEach(() => void vi.spyOn(Math, 'random').mockReturnValue(1));
  afterEach(() => void vi.restoreAllMocks());

  test('it connects at once, instead of at the end of a long wait', async () => {
    const { transport } = await world();
    sockets()[0]!.emit('open');
    await lose(7);
    const made = sockets().length;
    await vi.advanceTimersByTimeAsync(3_000);
    expect(sockets()).toHaveLength(made);
    transport.wake();
    await soon();
    expect(sockets()).toHaveLength(made + 1);
    // Once is enough.
    transport.wake();
    await soon();
    expect(sockets()).toHaveLength(made + 1);
    transport.close();
  });

  test('it gives up a socket from which nothing is heard within three seconds', async () => {
    const { transport, lost } = await world();
    sockets()[0]!.emit('open');
    await later();
    sockets()[0]!.emit('message', { data: 'PONG' });
    transport.wake();
    expect(sockets()[0]!.sent.at(-1)).toBe('PING');
    await vi.advanceTimersByTimeAsync(3_100);
    expect(lost()).toBe(1);
    expect(sockets()[0]!.closed).toEqual([1005]);
    await later();
    expect(sockets()).toHaveLength(2);
    transport.close();
  });

  test('it keeps one that answers', async () => {
    const { transport, lost } = await world();
    sockets()[0]!.emit('open');
    await soon();
    transport.wake();
    sockets()[0]!.emit('message', { data: 'PONG' });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(lost()).toBe(0);
    transport.close();
  });
});

test('dropped, it connects again, after the usual wait', async () => {
  const { transport, lost } = await world();
  sockets()[0]!.emit('open');
  await soon();
  transport.drop();
  await soon();
  expect(lost()).toBe(1);
  expect(sockets()).toHaveLength(1);
  await later();
  expect(sockets()).toHaveLength(2);
  transport.close();
});

test('closed while it waits, it connects no more', async () => {
  const { transport } = await world();
  sockets()[0]!.emit('open');
  sockets()[0]!.emit('close', { code: 1006 });
  await soon();
  transport.close();
  transport.wake();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(sockets()).toHaveLength(1);
});

test('a call without an answer finds out that the link is half open', async () => {
  const { transport, api } = await world();
  sockets()[0]!.emit('open');
  await soon();
  const call = expect(api.users.me.query()).rejects.toThrow('The connection was closed');
  await vi.advanceTimersByTimeAsync(8_100);
  await call;
  await later();
  expect(sockets()).toHaveLength(2);
  transport.close();
});

test('closed, it rejects what waits, and opens nothing any more', async () => {
  const { transport, api } = await world();
  sockets()[0]!.emit('open');
  await soon();
  const waiting = api.users.me.query();
  const refused = expect(waiting).rejects.toThrow('The connection was closed');
  await soon();
  transport.close();
  await soon();
  await refused;
  expect(sockets()[0]!.closed).toEqual([1005]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(sockets()).toHaveLength(1);
  const late = expect(api.users.me.query()).rejects.toThrow('this goes over the socket');
  await soon();
  await late;
});

test('closed while it still connects, it leaves nothing open', async () => {
  const { transport } = await world();
  transport.close();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(sockets()).toHaveLength(1);
  expect(sockets()[0]!.closed).toEqual([1005]);
});
