import { expect, test } from 'vitest';
import { createStore } from '../src/store.ts';
import { applyEvent } from '../src/sync/apply-event.ts';
import { createPages } from '../src/sync/pages.ts';
import {
  type ChatState,
  emptyState,
  hasMoreAfter,
  hasMoreBefore,
  takeBootstrap,
  unreadOf,
} from '../src/sync/state.ts';
import { type Action, Model } from './model.ts';

const sends = (count: number): Action[] =>
  Array.from({ length: count }, () => ({ do: 'send', who: 1, where: 0 }));

/** A direct conversation of so many messages of the other one, and a client that knows the newest. */
function world(count: number) {
  const model = new Model().run([{ do: 'direct', with: 0 }, ...sends(count)]);
  const store = createStore<ChatState>(takeBootstrap(emptyState, model.snapshot()));
  const [id] = Object.keys(store.get().conversations!) as [string];
  let applied = model.log.length;
  const asked: object[] = [];
  /** Answers that wait for the test, once it wants that. */
  let held: (() => void)[] | null = null;
  const pages = createPages({
    store,
    async read({ conversationId, ...range }) {
      asked.push(range);
      const { limit = 50 } = range;
      const page = { ...model.page(conversationId, { ...range, limit })!, cursor: `e.${model.log.length}` };
      if (held) await new Promise<void>((resolve) => held!.push(resolve));
      return page;
    },
    async load(read, merge) {
      const page = await read();
      store.set(merge(store.get(), page));
      return page;
    },
    loadConversation: async () => {},
    arrived: () => {},
  });
  return {
    id,
    asked,
    pages,
    conversation: () => store.get().conversations![id]!,
    seqs: () => store.get().conversations![id]!.timeline.messages.map(({ seq }) => seq),
    /** Something happens, and the stream brings it. */
    happens(...list: Action[]) {
      for (const { event } of model.run(list).log.slice(applied)) store.set(applyEvent(store.get(), event));
      applied = model.log.length;
    },
    hold() {
      held = [];
      return held;
    },
  };
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, n) => from + n);

test('older pages go on to the beginning, and a live timeline stays so', async () => {
  const it = world(12);
  const { id: conversationId } = it;
  await it.pages.loadOlder({ conversationId, limit: 5 });
  expect(it.seqs()).toEqual(range(7, 12));
  it.happens(...sends(1));
  await it.pages.loadOlder({ conversationId, limit: 50 });
  expect(it.seqs()).toEqual(range(1, 13));
  expect([hasMoreBefore(it.conversation()), hasMoreAfter(it.conversation())]).toEqual([false, false]);
  await it.pages.loadOlder({ conversationId });
  await it.pages.loadNewer({ conversationId });
  expect(it.asked).toHaveLength(2);
});

test('a timeline that stands away from the end counts what is new, and goes on to it page by page', async () => {
  const it = world(30);
  const { id: conversationId } = it;
  await it.pages.jumpTo({ conversationId, seq: 10, limit: 4 });
  expect(it.seqs()).toEqual(range(8, 11));
  expect([hasMoreBefore(it.conversation()), hasMoreAfter(it.conversation())]).toEqual([true, true]);
  const unread = unreadOf(it.conversation());
  it.happens(...sends(2));
  expect(it.seqs()).toEqual(range(8, 11));
  expect(it.conversation()).toMatchObject({ lastSeq: 32, lastMessage: { seq: 32 } });
  expect(unreadOf(it.conversation())).toBe(unread + 2);
  await it.pages.loadOlder({ conversationId, limit: 3 });
  expect(it.seqs()).toEqual(range(5, 11));
  await it.pages.loadNewer({ conversationId, limit: 20 });
  expect(hasMoreAfter(it.conversation())).toBe(true);
  await it.pages.loadNewer({ conversationId, limit: 20 });
  expect(hasMoreAfter(it.conversation())).toBe(false);
  it.happens(...sends(1));
  expect(it.seqs()).toEqual(range(5, 33));
});

test('a jump to what is known asks for nothing, and back to the latest takes one page', async () => {
  const it = world(30);
  const { id: conversationId } = it;
  await it.pages.jumpTo({ conversationId, seq: 30 });
  await it.pages.toLatest({ conversationId });
  expect(it.asked).toEqual([]);
  await it.pages.jumpTo({ conversationId, seq: 5, limit: 3 });
  await it.pages.jumpTo({ conversationId, seq: 6 });
  await it.pages.toLatest({ conversationId, limit: 3 });
  expect(it.asked).toHaveLength(2);
  expect(it.seqs()).toEqual(range(28, 30));
  it.happens(...sends(1));
  expect(it.seqs()).toEqual(range(28, 31));
});

test('a jump to a page that touches what is known joins it', async () => {
  const it = world(30);
  const { id: conversationId } = it;
  await it.pages.jumpTo({ conversationId, seq: 28, limit: 6 });
  expect(it.seqs()).toEqual(range(25, 30));
  expect(hasMoreAfter(it.conversation())).toBe(false);
});

test('of two jumps the later one counts, whichever answer comes first', async () => {
  const it = world(40);
  const { id: conversationId } = it;
  const held = it.hold();
  const jumps = [10, 25].map((seq) => it.pages.jumpTo({ conversationId, seq, limit: 3 }));
  await expect.poll(() => held.length).toBe(2);
  held[1]!();
  await jumps[1];
  held[0]!();
  await jumps[0];
  expect(it.seqs()).toEqual(range(24, 26));
});

test('whoever scrolls asks for one page at a time', async () => {
  const it = world(40);
  const { id: conversationId } = it;
  const held = it.hold();
  const loads = [1, 2, 3].map(() => it.pages.loadOlder({ conversationId, limit: 5 }));
  await expect.poll(() => held.length).toBe(1);
  held[0]!();
  await Promise.all(loads);
  expect(it.asked).toHaveLength(1);
  expect(it.seqs()).toEqual(range(35, 40));
});

test('what is trimmed or cleared goes from a timeline that stands away, too', async () => {
  const it = world(30);
  const { id: conversationId } = it;
  await it.pages.jumpTo({ conversationId, seq: 10, limit: 3 });
  it.happens({ do: 'trim', left: 3, where: 0 });
  expect(it.seqs()).toEqual([]);
  expect([hasMoreBefore(it.conversation()), hasMoreAfter(it.conversation())]).toEqual([false, true]);
  await it.pages.loadNewer({ conversationId });
  expect(it.seqs()).toEqual(range(28, 30));
});

test('a timeline is at the end when all that was behind it is gone', async () => {
  const it = world(30);
  await it.pages.jumpTo({ conversationId: it.id, seq: 10, limit: 3 });
  it.happens({ do: 'trim', left: 0, where: 0 });
  expect(hasMoreAfter(it.conversation())).toBe(false);
  it.happens(...sends(2));
  expect(it.seqs()).toEqual([31, 32]);
});

test('what changes is changed in a timeline that stands away', async () => {
  const it = world(6);
  const { id: conversationId } = it;
  await it.pages.jumpTo({ conversationId, seq: 2, limit: 2 });
  expect(hasMoreAfter(it.conversation())).toBe(true);
  it.happens({ do: 'edit', which: 4, where: 0 }, { do: 'bury', which: 5, where: 0 });
  expect(it.conversation().timeline.messages).toMatchObject([
    { deletedAt: expect.any(String) },
    { text: 'message 2!' },
  ]);
});
