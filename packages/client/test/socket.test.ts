import { createWSClient } from '@trpc/client';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { promptSocket } from '../src/sync/socket.ts';
import { Below, BelowSocket } from './below.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const live = new Set<{ close(): void }>();
const neverOpened: { close(): void }[] = [];
const watch = {
  made: (socket: { close(): void }) => live.add(socket),
  closed(socket: { close(): void }, opened: boolean) {
    live.delete(socket);
    if (!opened) neverOpened.push(socket);
  },
};
const Prompt = promptSocket(BelowSocket, watch) as unknown as typeof WebSocket;

beforeEach(() => {
  Below.made = [];
  live.clear();
  neverOpened.length = 0;
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
  expect(neverOpened).toHaveLength(1);
});

describe('silence', () => {
  test('after something was sent makes it ask, and no answer to that is the end', async () => {
    const { above, told, below } = socket();
    below.emit('open');
    above.send('a call');
    await vi.advanceTimersByTimeAsync(4_900);
    expect(below.sent).toEqual(['a call']);
    await vi.advanceTimersByTimeAsync(200);
    expect(below.sent).toEqual(['a call', 'PING']);
    await vi.advanceTimersByTimeAsync(2_700);
    expect(told).toEqual(['open']);
    await vi.advanceTimersByTimeAsync(300);
    expect(told).toEqual(['open', 'close']);
    expect(neverOpened).toEqual([]);
  });

  test('that a call is long in being answered is none, as long as the other side is there', async () => {
    const { above, told, below } = socket();
    below.emit('open');
    for (let n = 0; n < 5; n += 1) {
      above.send('a call');
      await vi.advanceTimersByTimeAsync(5_100);
      below.emit('message', { data: 'PONG' });
      await vi.advanceTimersByTimeAsync(30_000);
    }
    expect(told).toEqual(['open']);
    expect(below.sent.filter((data) => data === 'PING')).toHaveLength(5);
  });

  test('is ended by anything that comes', async () => {
    const { above, told, below } = socket();
    below.emit('open');
    for (let n = 0; n < 20; n += 1) {
      above.send('a call');
      await vi.advanceTimersByTimeAsync(4_000);
      below.emit('message');
    }
    expect(below.sent).not.toContain('PING');
    expect(told).not.toContain('close');
  });
});

describe('asked for a sign of life', () => {
  test('an open one has three seconds for it, and asks once', async () => {
    const { above, told, below } = socket();
    below.emit('open');
    for (let n = 0; n < 3; n += 1) (above as unknown as { prove(): void }).prove();
    expect(below.sent).toEqual(['PING']);
    await vi.advanceTimersByTimeAsync(2_900);
    expect(told).toEqual(['open']);
    await vi.advanceTimersByTimeAsync(200);
    expect(told).toEqual(['open', 'close']);
  });

  test('one that is on its way has as long to open', async () => {
    const [slow, quick] = [socket(), socket()];
    for (const { above } of [slow, quick]) (above as unknown as { prove(): void }).prove();
    await vi.advanceTimersByTimeAsync(2_000);
    quick.below.emit('open');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(slow.told).toEqual(['error', 'close']);
    expect(quick.told).toEqual(['open']);
    expect(slow.below.sent).toEqual([]);
  });

  test('nobody above hears of that, and of their own PING they do', () => {
    const { above, told, below } = socket();
    below.emit('open');
    (above as unknown as { prove(): void }).prove();
    above.send('PING');
    below.emit('message', { data: 'PONG' });
    expect(told).toEqual(['open']);
    below.emit('message', { data: 'PONG' });
    expect(told).toEqual(['open', 'messagePONG']);
  });
});

test('one that cannot even be made counts as one that never opened', () => {
  class Forbidden {
    constructor() {
      throw new Error('not from this page');
    }
  }
  const Refused = promptSocket(Forbidden as never, watch);
  expect(() => new Refused('ws://chat.test')).toThrow('not from this page');
  expect(neverOpened).toHaveLength(1);
  expect(live.size).toBe(0);
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

test('regression: over a half-open link with nothing to send, the keep-alive of the stock client is soon doubted', async () => {
  const client = createWSClient({
    url: 'ws://chat.test',
    WebSocket: Prompt,
    keepAlive: { enabled: true, intervalMs: 15_000, pongTimeoutMs: 10_000 },
    retryDelayMs: () => 100,
  });
  await vi.advanceTimersByTimeAsync(0);
  Below.made[0]!.emit('open');
  await vi.advanceTimersByTimeAsync(22_500);
  expect(Below.made).toHaveLength(1);
  expect(Below.made[0]!.sent).toEqual(['PING', 'PING']);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(Below.made).toHaveLength(2);
  void client.close();
  for (const socket of live) socket.close();
});
