import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createStore } from '../src/store.ts';
import { applyEvent, type ReceivedEvent } from '../src/sync/apply-event.ts';
import { type ChatState, emptyState } from '../src/sync/state.ts';
import { createTyping } from '../src/sync/typing.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function world() {
  const store = createStore<ChatState>(emptyState);
  const said: string[] = [];
  let isLive = true;
  const typing = createTyping(
    store,
    async (signal, conversationId) => {
      said.push(`${signal} ${conversationId}`);
      throw new Error('nobody minds');
    },
    () => isLive,
  );
  return {
    typing,
    store,
    said,
    live: (live: boolean) => {
      isLive = live;
    },
    hear(event: ReceivedEvent) {
      store.set(applyEvent(store.get(), event));
      typing.heard(event);
    },
    shown: () => store.get().typing,
  };
}

const UNTIL = '2026-11-20T10:00:06.000Z';
const writes = (userId: string, until: string | null = UNTIL, conversationId = 'tea'): ReceivedEvent => ({
  type: 'typing',
  conversationId,
  userId,
  until,
});

test('keys say so at most every three seconds, in each conversation by itself', () => {
  const it = world();
  for (let n = 0; n < 70; n += 1) {
    it.typing.pressed('tea');
    vi.advanceTimersByTime(100);
  }
  expect(it.said).toEqual(['start tea', 'start tea', 'start tea']);
  it.typing.pressed('coffee');
  expect(it.said.at(-1)).toBe('start coffee');
});

test('sending ends it, once, and the next key begins anew', () => {
  const it = world();
  it.typing.sent('tea');
  expect(it.said).toEqual([]);
  it.typing.pressed('tea');
  it.typing.sent('tea');
  it.typing.sent('tea');
  it.typing.pressed('tea');
  expect(it.said).toEqual(['start tea', 'stop tea', 'start tea']);
  // By then nobody is shown it any more.
  vi.advanceTimersByTime(6_000);
  it.typing.sent('tea');
  expect(it.said).toHaveLength(3);
});

test('without a connection nothing is said, and none of it is made up for', () => {
  const it = world();
  it.live(false);
  it.typing.pressed('tea');
  it.typing.sent('tea');
  it.live(true);
  expect(it.said).toEqual([]);
  it.typing.pressed('tea');
  expect(it.said).toEqual(['start tea']);
});

test('others are shown for six seconds by our own clock, however wrong it is, and longer if they go on', () => {
  vi.setSystemTime('2031-01-01');
  const it = world();
  it.hear(writes('bob'));
  it.hear(writes('carol'));
  vi.advanceTimersByTime(5_000);
  it.hear(writes('bob', '2026-11-20T10:00:11.000Z'));
  expect(it.shown()).toEqual({ tea: { bob: '2026-11-20T10:00:11.000Z', carol: UNTIL } });
  vi.advanceTimersByTime(1_000);
  expect(Object.keys(it.shown()['tea']!)).toEqual(['bob']);
  vi.advanceTimersByTime(5_000);
  expect(it.shown()).toEqual({});
  expect(vi.getTimerCount()).toBe(0);
});

test('a stop and a message end it at once, in their conversation only', () => {
  const it = world();
  for (const userId of ['bob', 'carol'])
    for (const room of ['tea', 'coffee']) it.hear(writes(userId, UNTIL, room));
  it.hear(writes('bob', null));
  expect(Object.keys(it.shown()['tea']!)).toEqual(['carol']);
  it.hear({
    type: 'message.created',
    message: { id: 'm', conversationId: 'tea', senderId: 'carol', seq: 1, text: 'hi', createdAt: UNTIL },
  });
  expect(it.shown()).toEqual({ coffee: { bob: UNTIL, carol: UNTIL } });
  // Once more changes nothing.
  const before = it.store.get();
  it.hear(writes('bob', null));
  expect(it.store.get()).toBe(before);
});

test('what is cleared leaves no timer behind', () => {
  const it = world();
  it.typing.pressed('tea');
  it.hear(writes('bob'));
  it.typing.clear();
  expect(vi.getTimerCount()).toBe(0);
});
