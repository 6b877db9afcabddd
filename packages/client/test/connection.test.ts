import { expect, test } from 'vitest';
import { type ConnectionNews, createConnection } from '../src/sync/connection.ts';

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
