import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type ConnectionNews, createConnection } from '../src/sync/connection.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test.each<[string, ConnectionNews[], string[]]>([
  ['the first time', ['open', 'started', 'caught-up'], ['connecting', 'catching-up', 'live']],
  [
    'a hiccup',
    ['open', 'caught-up', 'lost', 'started', 'caught-up'],
    ['connecting', 'live', 'reconnecting', 'catching-up', 'live'],
  ],
  ['a server that is away', ['open', 'lost', 'lost', 'lost', 'lost'], ['connecting', 'offline']],
  [
    'a tunnel',
    ['open', 'caught-up', 'lost', 'lost', 'lost', 'started'],
    ['connecting', 'live', 'reconnecting', 'offline', 'catching-up'],
  ],
  [
    'a device that says so',
    ['open', 'caught-up', 'offline', 'lost', 'started', 'caught-up', 'lost'],
    ['connecting', 'live', 'offline', 'catching-up', 'live', 'reconnecting'],
  ],
  ['a device that says so of nobody', ['offline', 'open', 'closed', 'offline'], ['connecting', 'idle']],
  ['a session that ended', ['open', 'caught-up', 'expired', 'lost'], ['connecting', 'live', 'unauthorized']],
  ['a logout', ['open', 'caught-up', 'closed', 'lost', 'open'], ['connecting', 'live', 'idle', 'connecting']],
])('%s', (_, news, statuses) => {
  const { status, tell } = createConnection();
  const seen: string[] = [];
  status.subscribe((now) => seen.push(now));
  expect(status.get()).toBe('idle');
  news.forEach(tell);
  expect(seen).toEqual(statuses);
});

test('it takes long when it has not been live for five seconds, whatever it tries meanwhile', () => {
  const { isTakingLong, tell } = createConnection();
  tell('open');
  vi.advanceTimersByTime(2_000);
  tell('started');
  vi.advanceTimersByTime(2_900);
  tell('lost');
  expect(isTakingLong.get()).toBe(false);
  vi.advanceTimersByTime(200);
  expect(isTakingLong.get()).toBe(true);
  tell('caught-up');
  expect(isTakingLong.get()).toBe(false);
  vi.advanceTimersByTime(60_000);
  expect(isTakingLong.get()).toBe(false);
});

test.each<ConnectionNews>(['closed', 'expired'])('nothing takes long any more when it is %s', (news) => {
  const { isTakingLong, tell } = createConnection();
  tell('open');
  vi.advanceTimersByTime(6_000);
  expect(isTakingLong.get()).toBe(true);
  tell(news);
  vi.advanceTimersByTime(60_000);
  expect(isTakingLong.get()).toBe(false);
  tell('open');
  vi.advanceTimersByTime(4_000);
  expect(isTakingLong.get()).toBe(false);
  expect(vi.getTimerCount()).toBe(1);
});
