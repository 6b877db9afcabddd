import { expect, test } from 'vitest';
import { type NetInfoStateLike, wakeOnAppState, wakeOnNetInfo } from '../src/react-native.ts';

/** Something that can be listened to, and a client that counts how often it is woken. */
function world<Event>() {
  const listeners = new Set<(event: Event) => void>();
  const client = { woken: 0, wake: () => void client.woken++ };
  return {
    client,
    listeners,
    tell: (...events: Event[]) => {
      for (const event of events) for (const listener of listeners) listener(event);
    },
    listen(listener: (event: Event) => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

test('the application in the foreground wakes it, until that is ended', () => {
  const it = world<string>();
  const stop = wakeOnAppState(it.client, {
    addEventListener: (_, listener) => ({ remove: it.listen(listener) }),
  });
  it.tell('inactive', 'background');
  expect(it.client.woken).toBe(0);
  it.tell('active');
  expect(it.client.woken).toBe(1);
  stop();
  expect(it.listeners.size).toBe(0);
});

test('a network that is there again, or another one, wakes it', () => {
  const it = world<NetInfoStateLike>();
  const stop = wakeOnNetInfo(it.client, { addEventListener: it.listen });
  it.tell({ type: 'wifi', isConnected: true });
  expect(it.client.woken).toBe(1);
  it.tell({ type: 'wifi', isConnected: true }, { type: 'none', isConnected: false });
  it.tell({ type: 'unknown', isConnected: null });
  expect(it.client.woken).toBe(1);
  it.tell({ type: 'wifi', isConnected: true }, { type: 'cellular', isConnected: true });
  expect(it.client.woken).toBe(3);
  stop();
  expect(it.listeners.size).toBe(0);
});
