import { createWSClient } from '@trpc/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { promptSocket } from '../src/sync/socket.ts';
import { Below, BelowSocket } from './below.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const live = new Set<{ close(): void }>();
const watch = {
  made: (socket: { close(): void }) => live.add(socket),
  closed: (socket: { close(): void }) => live.delete(socket),
};
const Prompt = promptSocket(BelowSocket, watch) as unknown as typeof WebSocket;

beforeEach(() => {
  Below.made = [];
  live.clear();
});

/** A socket and what it told. */
function socket() {
  const above = new Prompt('ws://chat.test');
  const told: string[] = [];
  for (const type of ['open', 'message', 'error', 'close'] as const)
    above.addEventListener(type, (event) => told.push(type + ((event as { data?: string }).data ?? '')));
  return { above, told, below: Below.made.at(-1)! };
}

test('passes on what comes, and what is sent', () => {
  const { above, told, below } = socket();
  expect(above.readyState).toBe(Prompt.CONNECTING);
  below.emit('open');
  expect(above.readyState).toBe(Prompt.OPEN);
  above.send('hello');
  below.emit('message', { data: '!' });
  below.emit('close', { code: 1012 });
  expect(below.sent).toEqual(['hello']);
  expect(told).toEqual(['open', 'message!', 'close']);
  expect(above.readyState).toBe(Prompt.CLOSED);
  expect(live.size).toBe(0);
});

test('is closed when it is told to, whatever the other side says', async () => {
  const { above, told, below } = socket();
  below.emit('open');
  above.close();
  below.emit('message', { data: 'too late' });
  await vi.advanceTimersByTimeAsync(0);
  below.emit('close');
  expect(told).toEqual(['open', 'close']);
  expect(below.closed).toEqual([1005]);
  above.send('nobody hears');
  expect(below.sent).toEqual([]);
});

test('one that never opens is given up, with an error first', async () => {
  const { told, below } = socket();
  await vi.advanceTimersByTimeAsync(10_001);
  expect(told).toEqual(['error', 'close']);
  expect(below.closed).toEqual([1005]);
});

test('an error is told once', () => {
  const { told, below } = socket();
  below.emit('error');
  below.emit('close');
  expect(told).toEqual(['error', 'close']);
});

test('a listener that throws does not keep the others from hearing', async () => {
  const { above, told, below } = socket();
  above.addEventListener('open', () => {
    throw new Error('a bug of the application');
  });
  above.addEventListener('open', () => told.push('heard'));
  below.emit('open');
  expect(told).toEqual(['open', 'heard']);
  await expect(vi.advanceTimersByTimeAsync(0)).rejects.toThrow('a bug of the application');
});

test('regression: over a half-open link the stock client connects again in seconds, not in minutes', async () => {
  const client = createWSClient({
    url: 'ws://chat.test',
    WebSocket: Prompt,
    keepAlive: { enabled: true, intervalMs: 15_000, pongTimeoutMs: 10_000 },
    retryDelayMs: () => 100,
  });
  await vi.advanceTimersByTimeAsync(0);
  Below.made[0]!.emit('open');
  await vi.advanceTimersByTimeAsync(24_000);
  expect(Below.made).toHaveLength(1);
  expect(Below.made[0]!.sent).toEqual(['PING']);
  await vi.advanceTimersByTimeAsync(1_200);
  expect(Below.made).toHaveLength(2);
  void client.close();
  for (const socket of live) socket.close();
});
