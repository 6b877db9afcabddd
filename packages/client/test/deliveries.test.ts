import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createStore } from '../src/store.ts';
import { applyEvent } from '../src/sync/apply-event.ts';
import { markArrivals } from '../src/sync/deliveries.ts';
import { type ChatState, emptyState, markDelivered, takeBootstrap } from '../src/sync/state.ts';
import { type Action, Model } from './model.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const GROUPS: Action[] = [1, 2].map((who) => ({ do: 'group', with: [who] }));
const theirs = (where: number): Action => ({ do: 'send', who: 1, where });
const mine = (where: number): Action => ({ do: 'send', who: 0, where });

/** A client that has some groups, and marks what comes in them. */
function world(before: Action[]) {
  const model = new Model().run(before);
  const store = createStore<ChatState>(emptyState);
  const marked: { at: number; where: number; seq: number }[] = [];
  const ids = model.snapshot().conversations.map(({ id }) => id);
  const begun = Date.now();
  const stop = markArrivals(store, (id, seq) => {
    marked.push({ at: Date.now() - begun, where: ids.indexOf(id), seq });
    store.set(markDelivered(store.get(), id, seq));
  });
  let applied = model.log.length;
  return {
    store,
    marked,
    stop,
    connect: () => store.set(takeBootstrap(emptyState, model.snapshot())),
    happens(...list: Action[]) {
      for (const { event } of model.run(list).log.slice(applied)) store.set(applyEvent(store.get(), event));
      applied = model.log.length;
    },
  };
}

test('what a snapshot and the stream bring of others is marked, at most once a second and the furthest', async () => {
  const it = world([...GROUPS, theirs(0), theirs(0), mine(1)]);
  it.connect();
  await vi.advanceTimersByTimeAsync(10);
  expect(it.marked).toEqual([{ at: 0, where: 0, seq: 2 }]);
  for (let n = 0; n < 29; n += 1) {
    it.happens(theirs(0));
    await vi.advanceTimersByTimeAsync(100);
  }
  it.happens(theirs(1));
  await vi.advanceTimersByTimeAsync(5_000);
  const first = it.marked.filter(({ where }) => where === 0);
  expect(first.map(({ at }) => at)).toEqual([0, 1_000, 2_000, 3_000]);
  expect(first.at(-1)).toMatchObject({ seq: 31 });
  expect(it.marked.filter(({ where }) => where === 1)).toEqual([{ at: 3_000, where: 1, seq: 2 }]);
});

test('what is one’s own, was read, or was marked by another device, is not marked', async () => {
  const it = world(GROUPS);
  it.connect();
  it.happens(mine(0), theirs(1), { do: 'read', who: 0, where: 1 }, theirs(1));
  it.happens({ do: 'deliver', who: 0, where: 1 });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(it.marked).toEqual([]);
});

test('whoever was away for long marks a few conversations at a time', async () => {
  const it = world([
    ...Array.from({ length: 12 }, (): Action => ({ do: 'group', with: [1] })),
    ...Array.from({ length: 12 }, (_, where) => theirs(where)),
  ]);
  it.connect();
  const after: number[] = [];
  for (const ms of [0, 1_000, 1_000, 1_000]) {
    await vi.advanceTimersByTimeAsync(ms);
    after.push(it.marked.length);
  }
  expect(after).toEqual([5, 10, 12, 12]);
});

test('nothing is marked after its end, or of somebody who has signed out', async () => {
  const it = world([...GROUPS, theirs(0)]);
  it.connect();
  it.store.set(emptyState);
  await vi.advanceTimersByTimeAsync(2_000);
  it.connect();
  it.stop();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(it.marked).toEqual([]);
});
