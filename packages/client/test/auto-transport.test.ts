import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { autoTransport } from '../src/auto-transport.ts';
import type { SocketNews } from '../src/socket-transport.ts';
import type { Transport } from '../src/transport.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** The one over the other two, whose world is the test's: whether HTTP answers and whether sockets open. */
function world({ http = true, sockets = false } = {}) {
  const can = { http, sockets };
  const did: string[] = [];
  const asked: string[] = [];
  let socketNews: SocketNews | undefined;

  const transport = (name: string, resumes: boolean): Transport => ({
    link: () => () => name as never,
    resumes,
    open: () => void did.push(`${name} opens`),
    refused: () => void did.push(`${name} refused`),
    wake: () => void did.push(`${name} wakes`),
    drop: () => void did.push(`${name} drops`),
    close: () => void did.push(`${name} closes`),
  });
  const auto = autoTransport({
    overSockets(news) {
      socketNews = news;
      return transport('ws', true);
    },
    overHttp: transport('http', false),
    async answers() {
      asked.push('answers?');
      if (!can.http) throw new TypeError('fetch failed');
      return true;
    },
    async opens() {
      asked.push('opens?');
      return can.sockets;
    },
  });
  auto.open({ lost: () => did.push('lost'), moved: () => did.push('moved') });
  return {
    auto,
    can,
    did,
    asked,
    by: () => auto.link({} as never)({} as never) as unknown as string,
    async fail(times: number) {
      for (let n = 0; n < times; n += 1) socketNews!.failed();
      await vi.advanceTimersByTimeAsync(0);
    },
    opened: () => socketNews!.opened(),
  };
}

test('one failure, or one now and then, changes nothing', async () => {
  const it = world();
  for (let n = 0; n < 5; n += 1) {
    await it.fail(1);
    it.opened();
  }
  expect(it.by()).toBe('ws');
  expect(it.asked).toEqual([]);
});

test('sockets that never open twice in a row are left for HTTP, if that answers', async () => {
  const it = world();
  await it.fail(2);
  expect(it.did).toEqual(['ws opens', 'http opens', 'moved', 'ws closes']);
  expect(it.by()).toBe('http');
  expect(it.auto.resumes).toBe(false);
  it.auto.close();
});

test('without any network it stays as it is, and asks again with the next failure', async () => {
  const it = world({ http: false });
  await it.fail(4);
  expect(it.by()).toBe('ws');
  expect(it.asked).toEqual(['answers?']);
  it.can.http = true;
  await it.fail(1);
  expect(it.by()).toBe('http');
  it.auto.close();
});

test('a socket that opens while it asks is kept', async () => {
  const it = world();
  const failing = it.fail(2);
  it.opened();
  await failing;
  expect(it.by()).toBe('ws');
});

test('over HTTP a socket is tried every few minutes, and taken when one opens', async () => {
  const it = world();
  await it.fail(2);
  await vi.advanceTimersByTimeAsync(30 * 60_000);
  const tries = it.asked.filter((what) => what === 'opens?').length;
  expect(tries).toBeGreaterThan(9);
  expect(tries).toBeLessThan(18);
  expect(it.by()).toBe('http');
  it.can.sockets = true;
  await vi.advanceTimersByTimeAsync(4 * 60_000);
  expect(it.by()).toBe('ws');
  expect(it.did.slice(-3)).toEqual(['ws opens', 'moved', 'http closes']);
  expect(vi.getTimerCount()).toBe(0);
  // And back again, if it was no good.
  await it.fail(2);
  expect(it.by()).toBe('http');
  it.auto.close();
});

test('woken, it tries a socket at once', async () => {
  const it = world();
  await it.fail(2);
  it.can.sockets = true;
  it.auto.wake();
  await vi.advanceTimersByTimeAsync(0);
  expect(it.by()).toBe('ws');
  expect(it.did).toContain('http wakes');
  it.auto.wake();
  expect(it.did.at(-1)).toBe('ws wakes');
});

test('closed, it asks and tries nothing any more, and begins anew with a socket', async () => {
  const it = world();
  await it.fail(2);
  it.auto.close();
  expect(it.did.at(-1)).toBe('http closes');
  expect(vi.getTimerCount()).toBe(0);
  it.auto.wake();
  await it.fail(3);
  expect(it.by()).toBe('ws');
  it.auto.open({ lost() {}, moved() {} });
  await it.fail(1);
  expect(it.by()).toBe('ws');
});

test('closed while it asks, it does not move', async () => {
  const it = world();
  const failing = it.fail(2);
  it.auto.close();
  await failing;
  expect(it.did).not.toContain('http opens');
});
