import { createTRPCClient } from '@trpc/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { AppRouter } from '../src/api-type.ts';
import { httpTransport } from '../src/http-transport.ts';
import { createSession } from '../src/session.ts';
import { memoryStorage } from '../src/storage.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

type Init = { fetch: (url: URL, init: object) => Promise<unknown> };

/** An EventSource whose other side is the test. */
class Stream {
  static all: Stream[] = [];
  readonly readyState = 1;
  readonly CLOSED = 2;
  readonly init: Init;
  readonly #listeners: [string, (event: object) => void][] = [];

  constructor(_: string, init: Init) {
    this.init = init;
    Stream.all.push(this);
  }

  addEventListener(type: string, listener: (event: object) => void): void {
    this.#listeners.push([type, listener]);
  }

  close(): void {}

  say(type: string, data = '{}'): void {
    for (const [name, listener] of this.#listeners) if (name === type) listener({ type, data });
  }
}

/** The transport of somebody whose next tokens are `access 2`, `access 3` and so on, and its news. */
async function world() {
  Stream.all = [];
  let issued = 1;
  const next = () => ({
    sessionId: 'session',
    accessToken: `access ${issued}`,
    accessTokenExpiresAt: new Date(Date.now() + 15 * 60_000).toISOString(),
    refreshToken: `refresh ${issued++}`,
  });
  const session = createSession({}, memoryStorage(), async () => next());
  await session.adopt(next());
  const tokens: unknown[] = [];
  let isAnswered = true;
  const fetch = async (address: string, init: { headers?: Record<string, string> } = {}) => {
    expect(address).toBeTypeOf('string');
    tokens.push(init.headers?.['authorization']);
    if (!isAnswered) return new Promise<never>(() => {});
    const answer = { result: { data: { json: 'an answer' } } };
    return { ok: true, status: 200, json: async () => [answer, answer, answer, answer, answer] };
  };
  const transport = httpTransport('https://chat.test', Stream as never, fetch, session);
  const news: string[] = [];
  transport.open({ lost: () => news.push('lost'), moved: () => news.push('moved') });
  const api = createTRPCClient<AppRouter>({ links: [transport.link] });
  const subscription = api.events.stream.subscribe({ lastEventId: 'a.1' }, { onData() {} });
  await vi.advanceTimersByTimeAsync(10);
  return {
    transport,
    api,
    news,
    tokens,
    issued: () => issued - 1,
    mute() {
      isAnswered = false;
    },
    stream: Stream.all[0]!,
    end: () => subscription.unsubscribe(),
  };
}

test('the stream and all calls share one refresh', async () => {
  const it = await world();
  vi.advanceTimersByTime(15 * 60_000);
  const calls = Array.from({ length: 5 }, () => it.api.users.me.query());
  const all = Promise.all([
    ...calls,
    it.stream.init.fetch(new URL('https://chat.test/trpc/events.stream'), {}),
  ]);
  await vi.advanceTimersByTimeAsync(100);
  await all;
  expect(new Set(it.tokens)).toEqual(new Set(['Bearer access 2']));
  expect(it.issued()).toBe(2);
  it.end();
});

test('woken, it takes a stream up anew that has been silent for longer than the server ever is', async () => {
  const it = await world();
  for (const sign of ['open', 'connected', 'ping', 'message']) {
    it.stream.say(sign, sign === 'message' ? '{"json":{"id":"a.2"}}' : '{}');
    await vi.advanceTimersByTimeAsync(19_000);
    it.transport.wake();
    expect(it.news).toEqual([]);
  }
  await vi.advanceTimersByTimeAsync(2_000);
  it.transport.wake();
  expect(it.news).toEqual(['lost', 'moved']);
  // The next one has its time to begin.
  it.transport.wake();
  expect(it.news).toHaveLength(2);
  it.end();
});

test('woken, it does not wait any longer for a stream that has not begun in three seconds', async () => {
  const it = await world();
  await vi.advanceTimersByTimeAsync(2_000);
  it.transport.wake();
  expect(it.news).toEqual([]);
  await vi.advanceTimersByTimeAsync(1_500);
  it.transport.wake();
  expect(it.news).toEqual(['lost', 'moved']);
  it.end();
});

test('a call without an answer looks at the stream as well', async () => {
  const it = await world();
  it.stream.say('connected');
  await vi.advanceTimersByTimeAsync(18_000);
  it.mute();
  void it.api.users.me.query().catch(() => {});
  await vi.advanceTimersByTimeAsync(4_000);
  expect(it.news).toEqual([]);
  await vi.advanceTimersByTimeAsync(1_500);
  expect(it.news).toEqual(['lost', 'moved']);
  it.end();
});

test('closed, it has no news', async () => {
  const it = await world();
  it.transport.close();
  await vi.advanceTimersByTimeAsync(60_000);
  it.transport.wake();
  expect(it.news).toEqual([]);
  it.end();
});
