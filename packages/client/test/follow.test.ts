import type { ConversationView, StreamItem } from '@parley/contract';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createStore } from '../src/store.ts';
import { readAllMembers } from '../src/sync/all-members.ts';
import type { ReceivedEvent } from '../src/sync/apply-event.ts';
import type { ConnectionNews } from '../src/sync/connection.ts';
import { createFollower, type StreamListener } from '../src/sync/follow.ts';
import { createPages } from '../src/sync/pages.ts';
import { takePeople } from '../src/sync/people.ts';
import { type ChatState, emptyState, mergeConversation, mergeMembers, unreadOf } from '../src/sync/state.ts';
import { type Action, actions, ME, Model, viewsIn } from './model.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Long enough for every back-off. */
const settled = () => vi.advanceTimersByTimeAsync(60_000);
/** Not long enough for anything but what is ready. */
const soon = () => vi.advanceTimersByTimeAsync(0);

/** A follower of a model server whose stream and answers come when the test says so. */
function world(model = new Model()) {
  const store = createStore<ChatState>(emptyState);
  const seen: ReceivedEvent[] = [];
  const news: ConnectionNews[] = [];
  let epoch = 'e';
  let answered = async () => {};
  let stream: { listener: StreamListener; sent: number } | null = null;
  const bootstraps: string[] = [];
  const subscriptions: string[] = [];

  const at = (position: number): string => `${epoch}.${position}`;
  const follower = createFollower({
    source: {
      async bootstrap() {
        const snapshot = { ...model.snapshot(), cursor: at(model.log.length) };
        bootstraps.push(snapshot.cursor);
        return snapshot;
      },
      async conversation(id) {
        const conversation = model.conversation(id);
        const isListed = viewsIn(model.snapshot()).some((view) => view.id === id);
        const cursor = at(model.log.length);
        await answered();
        if (!conversation) throw refusal('NOT_FOUND');
        return { conversation, isListed, cursor };
      },
      stream(after, listener) {
        subscriptions.push(after);
        const mine = { listener, sent: Number(after.split('.')[1]) };
        stream = mine;
        listener.started();
        return {
          unsubscribe() {
            if (stream === mine) stream = null;
          },
        };
      },
    },
    store,
    tell: (item) => news.push(item),
    emit: (event) => seen.push(event),
    arrived: () => {},
    over: (state) => state,
  });

  return {
    model,
    store,
    follower,
    seen,
    news,
    bootstraps,
    subscriptions,
    at,
    /** Sends the next events of the log, at most so many. */
    deliver(count = Number.POSITIVE_INFINITY) {
      for (let n = 0; n < count && stream && stream.sent < model.log.length; n += 1) {
        const { event } = model.log[stream.sent]!;
        stream.sent += 1;
        stream.listener.item(at(stream.sent), event);
      }
    },
    /** A conversation that is asked for is read at once, and told when this resolves. */
    answerAfter(wait: () => Promise<void>) {
      answered = wait;
    },
    send: (cursor: string, item: StreamItem) => stream?.listener.item(cursor, item),
    /** The server goes back: it sends again what it has sent. */
    rewind(count: number) {
      if (stream) stream.sent = Math.max(0, stream.sent - count);
    },
    cut: () => stream?.listener.ended(),
    /** The log no longer has what the client would need. */
    prune: () => stream?.listener.item(at(model.log.length), { type: 'stream.reset', reason: 'pruned' }),
    /** A backup was resets: the log is another one. */
    restore(next: string) {
      epoch = next;
      stream?.listener.item(at(0), { type: 'stream.reset', reason: 'epoch' });
    },
    views: () =>
      Object.values(store.get().conversations ?? {}).map(
        ({ members: _, timeline: __, ...view }) => view as ConversationView,
      ),
  };
}

/** Of each conversation that is loaded, what never goes back. */
const marksOf = ({ conversations = {} }: ChatState): Record<string, number> =>
  Object.fromEntries(Object.values(conversations).map(({ id, me }) => [id, me.readSeq]));

/** Two members at a time, in an order in which everybody keeps their place; null when `me` is not in it. */
function pageOfMembers({ model, at }: ReturnType<typeof world>, id: string, after: string) {
  const all = model.members(id).toSorted((a, b) => a.user.id.localeCompare(b.user.id));
  const rest = all.filter(({ user }) => user.id > after);
  const members = rest.slice(0, 2);
  const next = rest.length > 2 ? members[1]!.user.id : null;
  if (!all.some(({ user }) => user.id === ME.id)) return null;
  return { members, next, cursor: at(model.log.length) };
}

test('who comes, goes or becomes another between two pages of members is as they are then', async () => {
  for (const isDelivered of [true, false]) {
    const model = new Model().run([{ do: 'group', with: [1, 3, 4] }]);
    const it = world(model);
    it.follower.start();
    await soon();
    const { id } = model.snapshot().conversations[0]!;
    const between: Action[] = [
      { do: 'remove', who: 1, where: 0 },
      { do: 'promote', who: 1, where: 0 },
      { do: 'promote', who: 0, where: 0 },
      { do: 'add', who: 2, where: 0 },
      { do: 'read', who: 1, where: 0 },
    ];
    await it.follower.load(
      () =>
        readAllMembers(async (after = '') => {
          const page = pageOfMembers(it, id, after)!;
          model.run(between.splice(0));
          if (isDelivered) it.deliver();
          return page;
        }),
      (state, { members }) => mergeMembers(state, id, members),
    );
    it.deliver();
    const { members } = it.store.get().conversations![id]!;
    expect(new Set(Object.values(members!))).toEqual(new Set(model.members(id)));
    it.follower.stop();
  }
});

const refusal = (code: string) => Object.assign(new Error(code), { data: { code, httpStatus: 404 } });
const byId = (views: ConversationView[]) => views.toSorted((a, b) => a.id.localeCompare(b.id));

describe('whatever happens on the way', () => {
  type Step =
    | { step: 'act'; action: Action }
    | { step: 'deliver' | 'rewind' | 'ask' | 'arrive'; n: number }
    | { step: 'loadOlder' | 'loadNewer' | 'jumpTo' | 'toLatest'; n: number; seq: number }
    | { step: 'cut' | 'prune' | 'restore' | 'wait' };
  const steps = fc.array(
    fc.oneof(
      {
        weight: 4,
        arbitrary: actions.map(
          ([action]): Step => ({ step: 'act', action: action ?? { do: 'direct', with: 0 } }),
        ),
      },
      {
        weight: 5,
        arbitrary: fc.record({
          step: fc.constantFrom('deliver' as const, 'rewind' as const, 'ask' as const, 'arrive' as const),
          n: fc.nat(9),
        }),
      },
      {
        weight: 3,
        arbitrary: fc.record({
          step: fc.constantFrom(
            'loadOlder' as const,
            'loadNewer' as const,
            'jumpTo' as const,
            'toLatest' as const,
          ),
          n: fc.nat(9),
          seq: fc.integer({ min: 1, max: 20 }),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          step: fc.constantFrom('cut' as const, 'prune' as const, 'restore' as const, 'wait' as const),
        }),
      },
    ),
    { maxLength: 60 },
  );

  /** Some history to move about in. */
  const said = Array.from({ length: 12 }, (_, who): Action => ({ do: 'send', who, where: 0 }));

  test('the state ends as a fresh snapshot, and every event was seen once and in order', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (list) => {
        const it = world(new Model().run([{ do: 'group', with: [1, 2] }, ...said]));
        const before = it.model.log.length;
        it.follower.start();
        await soon();
        let grown = marksOf(it.store.get());
        /** Pages that were read and have not arrived yet. */
        const pages: (() => void)[] = [];
        const arrival = () => new Promise<void>((resolve) => pages.push(resolve));
        it.answerAfter(arrival);
        const ask = (n: number) => {
          const conversations = viewsIn(it.model.snapshot());
          const id = conversations[n % conversations.length]?.id;
          if (id === undefined) return;
          const arrived = arrival();
          const read = async () => {
            const conversation = viewsIn(it.model.snapshot()).find((view) => view.id === id);
            const page = { conversation, members: it.model.members(id), cursor: it.at(it.model.log.length) };
            await arrived;
            if (page.conversation) return { ...page, conversation: page.conversation };
            throw refusal('NOT_FOUND');
          };
          it.follower
            .load(read, (state, page) =>
              mergeMembers(mergeConversation(state, page.conversation), id, page.members),
            )
            .catch(() => {});
        };
        const askForMembers = (n: number) => {
          const conversations = viewsIn(it.model.snapshot());
          const id = conversations[n % conversations.length]?.id;
          if (id === undefined) return;
          const readPage = async (after = '') => {
            const page = pageOfMembers(it, id, after);
            await arrival();
            return page ?? Promise.reject(refusal('NOT_FOUND'));
          };
          it.follower
            .load(
              () => readAllMembers(readPage),
              (state, { members }) => mergeMembers(state, id, members),
            )
            .catch(() => {});
        };
        const history = createPages({
          store: it.store,
          load: it.follower.load,
          loadConversation: it.follower.ready,
          arrived: () => {},
          async read({ conversationId, limit: _, ...range }) {
            const page = it.model.page(conversationId, range);
            const cursor = it.at(it.model.log.length);
            await arrival();
            return page ? { ...page, cursor } : Promise.reject(refusal('NOT_FOUND'));
          },
        });
        const turn = (how: keyof typeof history, n: number, seq: number) => {
          const ids = Object.keys(it.store.get().conversations ?? {});
          const conversationId = ids[n % ids.length];
          if (conversationId) history[how]({ conversationId, seq }).catch(() => {});
        };
        let resets = 0;
        for (const step of list) {
          if (step.step === 'act') it.model.run([step.action]);
          else if (step.step === 'deliver') it.deliver(step.n);
          else if (step.step === 'rewind') it.rewind(step.n);
          else if (step.step === 'ask') (step.n % 2 === 0 ? ask : askForMembers)(step.n);
          else if ('seq' in step) turn(step.step, step.n, step.seq);
          else if (step.step === 'arrive') for (const arrive of pages.splice(0, step.n)) arrive();
          else if (step.step === 'cut') it.cut();
          else if (step.step === 'prune') it.prune();
          else if (step.step === 'wait') await settled();
          else it.restore(`r${resets}`);
          if (step.step === 'prune' || step.step === 'restore') resets += 1;
          await soon();
          const marks = marksOf(it.store.get());
          for (const [id, mark] of Object.entries(marks)) expect(mark).toBeGreaterThanOrEqual(grown[id] ?? 0);
          grown = marks;
        }
        const allArrived = async () => {
          do {
            for (const arrive of pages.splice(0)) arrive();
            await settled();
          } while (pages.length > 0);
        };
        await allArrived();
        it.deliver();
        await settled();
        await allArrived();
        it.follower.stop();
        const fresh = it.model.snapshot();
        const state = it.store.get();
        expect(byId(it.views())).toEqual(byId(viewsIn(fresh)));
        const { friends, friendRequests, contacts, blocks } = state;
        expect({ friends, friendRequests, contacts, blocks }).toEqual(takePeople(fresh));
        for (const conversation of Object.values(state.conversations!)) {
          const { id, members, timeline } = conversation;
          expect(unreadOf(conversation)).toBe(it.model.unread(id));
          const inRange = ({ seq }: { seq: number }) => seq >= timeline.from && seq <= timeline.to;
          expect(timeline.messages).toEqual(it.model.visible(id).filter(inRange));
          if (timeline.isAtEnd) expect(timeline.to).toBeGreaterThanOrEqual(conversation.lastSeq);
          if (members) expect(new Set(Object.values(members))).toEqual(new Set(it.model.members(id)));
        }
        const log = it.model.log.slice(before).map(({ event }) => event);
        const events = it.seen.filter(({ type }) => type !== 'stream.reset');
        if (resets === 0) expect(events).toEqual(log);
        else
          expect(
            events.every(
              (event, n) => n === 0 || log.indexOf(event as never) > log.indexOf(events[n - 1] as never),
            ),
          ).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

test('a subscription that ends is taken up where it ended', async () => {
  const it = world(new Model().run([{ do: 'direct', with: 0 }]));
  it.follower.start();
  await soon();
  it.model.run([{ do: 'send', who: 1, where: 0 }]);
  it.deliver();
  it.cut();
  await settled();
  expect(it.subscriptions).toEqual(['e.1', 'e.2']);
  expect(it.bootstraps).toEqual(['e.1']);
  it.follower.stop();
});

test('a reset is answered with one snapshot, and resets without end with fewer and fewer', async () => {
  const it = world();
  it.follower.start();
  await soon();
  it.restore('r');
  await settled();
  expect(it.bootstraps).toEqual(['e.0', 'r.0']);
  expect(it.subscriptions).toEqual(['e.0', 'r.0']);
  let resets = 0;
  const before = it.bootstraps.length;
  for (let ms = 0; ms < 60_000; ms += 10) {
    const subscribed = it.subscriptions.length;
    it.send('r.0', { type: 'stream.reset', reason: 'pruned' });
    await vi.advanceTimersByTimeAsync(10);
    resets += Number(it.subscriptions.length > subscribed);
  }
  expect(resets).toBeLessThan(20);
  expect(it.bootstraps.length - before).toBeLessThan(20);
  it.follower.stop();
});

test('what has caught up is live, and an earlier cursor does not take it back', async () => {
  const it = world(new Model().run([{ do: 'direct', with: 0 }]));
  it.follower.start();
  await soon();
  it.model.run([{ do: 'send', who: 1, where: 0 }]);
  it.deliver();
  it.send('e.0', { type: 'stream.caught-up' });
  expect(it.news).toEqual(['started', 'caught-up']);
  it.cut();
  await settled();
  expect(it.subscriptions.at(-1)).toBe('e.2');
  it.follower.stop();
});

test('what is true only now is taken with the cursor as it stands, and moves nothing', async () => {
  const it = world(new Model().run([{ do: 'group', with: [1] }]));
  it.follower.start();
  await soon();
  const { length } = it.model.log;
  const userId = '00000000-0000-7000-8000-000000000002';
  const away = { userId, status: 'away' as const, lastSeenAt: null };
  it.send(it.at(length), { type: 'presence.changed', people: [away], hidden: [] });
  it.send(it.at(length), { type: 'typing', conversationId: 'tea', userId, until: 'later' });
  expect(it.store.get().presence).toEqual({ [userId]: away });
  expect(it.store.get().typing).toEqual({ tea: { [userId]: 'later' } });
  // A server that is ahead of itself would make it skip what lies between.
  it.send(it.at(length + 5), { type: 'presence.changed', people: [], hidden: [userId] });
  expect(it.store.get().presence).toEqual({});
  it.cut();
  await settled();
  expect(it.subscriptions).toEqual([it.at(length), it.at(length)]);
  it.model.run([{ do: 'send', who: 1, where: 0 }]);
  it.deliver();
  expect(it.seen.map(({ type }) => type)).toEqual([
    'presence.changed',
    'typing',
    'presence.changed',
    'message.created',
  ]);
});

test('a message of a conversation that is not loaded loads it', async () => {
  const model = new Model().run([{ do: 'direct', with: 0 }]);
  const it = world(model);
  it.follower.start();
  await soon();
  const [id] = Object.keys(it.store.get().conversations!) as [string];
  it.store.set({ ...it.store.get(), conversations: {} });
  model.run([{ do: 'send', who: 1, where: 0 }]);
  it.deliver();
  await soon();
  expect(it.store.get().conversations![id]).toMatchObject({ lastSeq: 1, lastMessage: { text: 'message 1' } });
  it.follower.stop();
});

test('a conversation that was cleared is loaded with the next message, unless it is cleared again meanwhile', async () => {
  const model = new Model().run([
    { do: 'direct', with: 0 },
    { do: 'send', who: 1, where: 0 },
  ]);
  const it = world(model);
  it.follower.start();
  await soon();
  const [id] = Object.keys(it.store.get().conversations!) as [string];
  const next: Action[] = [
    { do: 'clear', where: 0 },
    { do: 'send', who: 1, where: 0 },
  ];
  model.run(next);
  it.deliver(1);
  await soon();
  expect(it.store.get().conversations).toEqual({});
  it.deliver();
  await soon();
  expect(it.store.get().conversations![id]).toMatchObject({ lastSeq: 2, me: { joinedSeq: 1 } });
  model.run([...next, ...next, { do: 'clear', where: 0 }]);
  it.deliver();
  await settled();
  expect(it.store.get().conversations).toEqual({});
  model.run([{ do: 'send', who: 1, where: 0 }, ...next, { do: 'trim', left: 0, where: 0 }]);
  it.deliver();
  await settled();
  expect(it.views()).toEqual(model.snapshot().conversations);
  expect(it.views()).toMatchObject([{ lastSeq: 6, lastMessage: null }]);
  it.follower.stop();
});

test('a conversation that was cleared when it was read, and written in when it came, is read again', async () => {
  const model = new Model().run([{ do: 'direct', with: 0 }]);
  const it = world(model);
  it.follower.start();
  await soon();
  const answers: (() => void)[] = [];
  it.answerAfter(() => new Promise((resolve) => answers.push(resolve)));
  const said: Action = { do: 'send', who: 1, where: 0 };
  const clear: Action = { do: 'clear', where: 0 };
  model.run([clear, said, clear]);
  it.deliver();
  await soon();
  model.run([said]);
  it.deliver();
  for (const answer of answers.splice(0)) answer();
  await soon();
  expect(it.views()).toEqual([]);
  for (const answer of answers.splice(0)) answer();
  await soon();
  expect(it.views()).toEqual(model.snapshot().conversations);
  expect(it.views()).toMatchObject([{ lastSeq: 2 }]);
  it.follower.stop();
});

test('who comes into a group with a history, and is not told of its newest message, loads it', async () => {
  const model = new Model().run([
    { do: 'group', with: [1, 2] },
    { do: 'send', who: 1, where: 0 },
    { do: 'update', how: 1, where: 0 },
    { do: 'remove', who: 0, where: 0 },
  ]);
  const it = world(model);
  it.follower.start();
  await soon();
  expect(it.views()).toEqual([]);
  const { event } = model.run([{ do: 'add', who: 0, where: 0 }]).log.at(-1)!;
  it.send(it.at(model.log.length), {
    ...(event as Extract<StreamItem, { type: 'member.added' }>),
    lastMessage: null,
  });
  expect(it.views()).toMatchObject([{ lastSeq: 1, lastMessage: null }]);
  await soon();
  expect(it.views()).toEqual(model.snapshot().conversations);
  it.follower.stop();
});

test('a page that was asked for before the first snapshot waits for it', async () => {
  const model = new Model().run([{ do: 'direct', with: 0 }]);
  const it = world(model);
  it.follower.start();
  const { id } = model.snapshot().conversations[0]!;
  const loaded = it.follower.load(
    async () => ({ cursor: it.at(model.log.length), members: model.members(id) }),
    (state, { members }) => mergeMembers(state, id, members),
  );
  await soon();
  await loaded;
  expect(Object.keys(it.store.get().conversations![id]!.members!)).toContain(ME.id);
  it.follower.stop();
});

test('a page that was asked for before a fresh snapshot is asked for again', async () => {
  const model = new Model().run([{ do: 'group', with: [1, 2] }]);
  const it = world(model);
  it.follower.start();
  await soon();
  const { id } = model.snapshot().conversations[0]!;
  const arrivals: (() => void)[] = [];
  const loaded = it.follower.load(
    async () => {
      const page = { cursor: it.at(model.log.length), members: model.members(id) };
      await new Promise<void>((resolve) => arrivals.push(resolve));
      return page;
    },
    (state, { members }) => mergeMembers(state, id, members),
  );
  model.run([{ do: 'add', who: 3, where: 0 }]);
  it.prune();
  await settled();
  arrivals[0]!();
  await soon();
  arrivals[1]!();
  await loaded;
  expect(Object.keys(it.store.get().conversations![id]!.members!)).toHaveLength(4);
  it.follower.stop();
});

test('an item of another log, or without a cursor, is not taken: a fresh snapshot is', async () => {
  for (const cursor of ['other.2', 'nonsense']) {
    const it = world(new Model().run([{ do: 'direct', with: 0 }]));
    it.follower.start();
    await soon();
    it.model.run([{ do: 'send', who: 1, where: 0 }]);
    it.send(cursor, it.model.log[1]!.event);
    expect(it.views()[0]!.lastSeq).toBe(0);
    expect(it.seen).toEqual([]);
    await settled();
    expect(it.bootstraps).toEqual(['e.1', 'e.2']);
    expect(it.views()[0]!.lastSeq).toBe(1);
    it.follower.stop();
  }
});
