import type { ChatEvent, ConversationView, Message, PublicUser, StreamItem } from '@parley/contract';
import { clientMessageIdOf } from '@parley/contract/message-id';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyEvent, recognise } from '../src/sync/apply-event.ts';
import {
  type ChatState,
  type ConversationState,
  emptyState,
  hasMoreBefore,
  mergeConversation,
  mergeMembers,
  mergePage,
  statusAt,
  takeBootstrap,
  takeSent,
  unreadOf,
} from '../src/sync/state.ts';
import { type Action, actions, ME, Model, viewsIn } from './model.ts';

const begin = (model: Model): ChatState => takeBootstrap(emptyState, model.snapshot());
const fold = (state: ChatState, log: Logged[]): ChatState => log.reduce(follow, state);
type Logged = Model['log'][number];

/** As a client does: it loads a conversation that it does not know when somebody writes in it. */
function follow(state: ChatState, { event, snapshot }: Logged): ChatState {
  const next = applyEvent(state, event);
  const unknown = toLoad(state, next, event);
  const view = viewsIn(snapshot).find(({ id }) => id === unknown);
  return view ? mergeConversation(next, view) : next;
}

function toLoad(before: ChatState, after: ChatState, event: ChatEvent): string | undefined {
  if (event.type === 'message.created')
    return after.conversations?.[event.message.conversationId] ? undefined : event.message.conversationId;
  // Somebody who has come again is not told of a message to which they had reacted.
  return event.type === 'member.added' && !event.lastMessage && !before.conversations?.[event.conversation.id]
    ? event.conversation.id
    : undefined;
}

/** How a conversation is kept is told as it is when the log is read. */
function asReadNow(event: ChatEvent, model: Model): ChatEvent {
  if (event.type !== 'membership.updated') return event;
  const view = viewsIn(model.snapshot()).find(({ id }) => id === event.conversationId);
  if (view?.me.joinedAt !== event.joinedAt) return event;
  const { isArchived, pinnedAt, mutedUntil, notify, isMarkedUnread } = view.me;
  return { ...event, settings: { isArchived, pinnedAt, mutedUntil, notify, isMarkedUnread } };
}

/** News of this person alone, of which a gap leaves out nothing. */
const OWN = ['message.hidden', 'membership.updated', 'conversation.cleared', 'draft.updated'];

/** The conversation whose news an event is. */
const roomOf = (event: ChatEvent): string | undefined =>
  OWN.includes(event.type)
    ? undefined
    : 'message' in event
      ? event.message.conversationId
      : 'conversation' in event
        ? event.conversation.id
        : 'conversationId' in event
          ? event.conversationId
          : undefined;

/** What a state and a snapshot have in common. */
const viewOf = ({ members: _, timeline: __, ...view }: ConversationState): ConversationView => view;
const viewsOf = (state: ChatState) =>
  Object.fromEntries(Object.entries(state.conversations ?? {}).map(([id, known]) => [id, viewOf(known)]));

const shownOf = (state: ChatState) => {
  const { friends, friendRequests, contacts, blocks, scheduled, stories } = state;
  return { conversations: viewsOf(state), friends, friendRequests, contacts, blocks, scheduled, stories };
};

/** That a state has all that it claims to have. */
function expectHonest(state: ChatState, model: Model): void {
  for (const conversation of Object.values(state.conversations!)) {
    const { id, timeline, members, lastSeq } = conversation;
    expect(unreadOf(conversation)).toBe(model.unread(id));
    const inRange = ({ seq }: Message) => seq >= timeline.from && seq <= timeline.to;
    expect(timeline.messages).toEqual(model.visible(id).filter(inRange));
    // Beyond the newest there may be what this person has deleted for themselves.
    if (timeline.isAtEnd) expect(timeline.to).toBeGreaterThanOrEqual(lastSeq);
    if (members) expect(new Set(Object.values(members))).toEqual(new Set(model.members(id)));
  }
}

describe('the state', () => {
  test('is what a fresh snapshot tells, after every event', () => {
    fc.assert(
      fc.property(actions, (list) => {
        const model = new Model();
        let state = begin(model);
        for (const { event, snapshot } of model.run(list).log) {
          state = follow(state, { event, snapshot });
          expect(shownOf(state)).toEqual(shownOf(takeBootstrap(emptyState, snapshot)));
        }
      }),
    );
  });

  test('has every message of the range that its timelines claim, and the members it claims', () => {
    fc.assert(
      fc.property(actions, actions, (before, after) => {
        const model = new Model().run(before);
        let state = begin(model);
        for (const id of Object.keys(state.conversations!))
          state = mergeMembers(state, id, model.members(id));
        const known = model.log.length;
        state = fold(state, model.run(after).log.slice(known));
        expectHonest(state, model);
      }),
    );
  });

  test('stays the same when an event is applied again', () => {
    fc.assert(
      fc.property(actions, (list) => {
        const model = new Model();
        let state = begin(model);
        for (const logged of model.run(list).log) {
          state = follow(state, logged);
          expect(follow(state, logged)).toEqual(state);
        }
      }),
    );
  });

  test('comes out the same when the stream goes back to any point and on again', () => {
    fc.assert(
      fc.property(actions, fc.nat(), (list, from) => {
        const model = new Model();
        const start = begin(model);
        const { log } = model.run(list);
        const end = fold(start, log);
        const again = fold(end, log.slice(from % (log.length + 1)));
        expect(shownOf(again)).toEqual(shownOf(end));
        expectHonest(again, model);
      }),
    );
  });

  test('comes out the same from any snapshot on the way', () => {
    fc.assert(
      fc.property(actions, fc.nat(), (list, at) => {
        const model = new Model();
        const start = begin(model);
        const { log } = model.run(list);
        const cut = at % (log.length + 1);
        const snapshot = model.log[cut - 1]?.snapshot;
        const from = snapshot ? takeBootstrap(emptyState, snapshot) : start;
        expect(shownOf(fold(from, log.slice(cut)))).toEqual(shownOf(fold(start, log)));
      }),
    );
  });

  test('comes out the same over a gap: told of one conversation as a whole, of the rest event by event', () => {
    fc.assert(
      fc.property(actions, fc.nat(), fc.nat(), fc.nat(), (list, which, from, to) => {
        const model = new Model();
        const start = begin(model);
        const { log } = model.run(list);
        const [cut, end] = [from % (log.length + 1), to % (log.length + 1)];
        const rooms = [...new Set(log.flatMap(({ event }) => roomOf(event) ?? []))];
        const room = rooms[which % rooms.length];
        if (!room || cut > end) return;
        // The view may be younger than the end of the gap: what follows it then comes again.
        const view = viewsIn(model.snapshot()).find(({ id }) => id === room) ?? null;
        const before = fold(start, log.slice(0, cut));
        const told = applyEvent(before, { type: 'stream.gapped', conversationId: room, conversation: view });
        const state = fold(
          told,
          log
            .slice(cut)
            .filter(({ event }, index) => roomOf(event) !== room || cut + index >= end)
            .map(({ event, snapshot }) => ({ event: asReadNow(event, model), snapshot })),
        );
        expect(shownOf(state)).toEqual(shownOf(fold(start, log)));
        expectHonest(state, model);
      }),
    );
  });

  test('is not touched by the reducer: values are only replaced', () => {
    fc.assert(
      fc.property(actions, (list) => {
        const model = new Model();
        let state = freeze(begin(model));
        for (const logged of model.run(list).log) state = freeze(follow(state, logged));
      }),
    );
  });
});

describe('a page of history', () => {
  const seq = fc.integer({ min: 1, max: 60 });

  test('joins the timeline only if it touches it, and leaves no gap', () => {
    fc.assert(
      fc.property(seq, seq, fc.array(fc.tuple(seq, fc.nat(20))), (early, late, pages) => {
        const model = new Model().run([{ do: 'direct', with: 0 }, ...sends(early)]);
        let state = begin(model);
        const [id] = Object.keys(state.conversations!) as [string];
        const all = model.run(sends(late)).visible(id);
        const count = all.length;
        const take = (from: number, to: number): ConversationState => {
          const [hasMoreBefore, hasMoreAfter] = [from > 1, to < count];
          const messages = all.slice(from - 1, to);
          state = mergePage(state, id, { messages, from, to, hasMoreBefore, hasMoreAfter, cursor: 'e.0' });
          return state.conversations![id]!;
        };
        for (const [start, size] of pages) {
          const { timeline } = take(Math.min(start, count), Math.min(start + size, count));
          expect(timeline.messages).toEqual(all.slice(timeline.from - 1, timeline.to));
          expect(timeline.to).toBeGreaterThanOrEqual(early);
        }
        const whole = take(1, count);
        expect(whole.timeline.messages).toEqual(all);
        expect(hasMoreBefore(whole)).toBe(false);
      }),
    );
  });

  test('that is ahead of the stream is not taken back by what the stream still brings', () => {
    const model = new Model().run([{ do: 'direct', with: 0 }]);
    const start = begin(model);
    const known = model.log.length;
    const ahead = model.run(sends(6)).snapshot().conversations[0]!;
    let state = mergeConversation(start, ahead);
    for (const { event } of model.log.slice(known)) {
      state = applyEvent(state, event);
      expect(state.conversations![ahead.id]).toMatchObject({ lastSeq: 6, me: ahead.me });
    }
    let entered = mergeConversation({ ...start, conversations: {} }, ahead);
    for (const { event } of model.log.slice(known)) {
      entered = applyEvent(entered, event);
      expectHonest(entered, model);
    }
  });

  test('takes back nothing that only grows', () => {
    const model = new Model().run([{ do: 'direct', with: 0 }, ...sends(3)]);
    const old = model.snapshot().conversations[0]!;
    const members = model.members(old.id);
    const state = mergeMembers(
      begin(model.run([...sends(6), { do: 'send', who: 0, where: 0 }])),
      old.id,
      model.members(old.id),
    );
    const merged = mergeMembers(mergeConversation(state, old), old.id, members);
    expect(merged).toEqual(state);
  });
});

const sends = (count: number): Action[] =>
  Array.from({ length: count }, (_, who) => ({ do: 'send', who, where: 0 }));

describe('somebody who comes into a group', () => {
  const group = (): Model => new Model().run([{ do: 'group', with: [1, 2] }, ...sends(3)]);
  const put = (how: 'add' | 'remove', who: number): Action => ({ do: how, who, where: 0 });
  const through = (model: Model, list: Action[]): ChatState => {
    let state = begin(model);
    const known = model.log.length;
    for (const { event, snapshot } of model.run(list).log.slice(known)) {
      state = applyEvent(state, event);
      expect(shownOf(state)).toEqual(shownOf(takeBootstrap(emptyState, snapshot)));
    }
    expectHonest(state, model);
    return state;
  };

  test('has the newest message, where they see what was said before', () => {
    for (const how of [0, 1]) {
      const update: Action = { do: 'update', how, where: 0 };
      const state = through(group(), [update, put('remove', 0), put('add', 0)]);
      const [mine] = Object.values(state.conversations!);
      expect(mine!.timeline.messages.map(({ seq }) => seq)).toEqual(how === 1 ? [3] : []);
      expect(mine).toMatchObject({ lastSeq: 3, me: { joinedSeq: how === 1 ? 0 : 3, readSeq: 3 } });
    }
  });

  test('brings nobody the message back that they have deleted for themselves, nor does a new title', () => {
    const hide: Action = { do: 'hide', which: 0, where: 0 };
    const state = through(group(), [hide, put('add', 3), { do: 'update', how: 1, where: 0 }, put('add', 4)]);
    expect(Object.values(state.conversations!)).toMatchObject([{ lastSeq: 2, memberCount: 5 }]);
  });
});

describe('what an event does', () => {
  const twoOfUs = (): Model => new Model().run([{ do: 'direct', with: 0 }]);

  test('what is not known yet is unknown, and changes nothing', () => {
    const state = begin(twoOfUs());
    const event = recognise({ type: 'poll.created', question: 'Tea?' } as unknown as StreamItem);
    expect(event).toEqual({ type: 'unknown' });
    expect(applyEvent(state, event)).toBe(state);
  });

  test('members are unknown until they were loaded, or all were named', () => {
    const model = twoOfUs();
    const [id] = Object.keys(begin(model).conversations!) as [string];
    expect(begin(model).conversations![id]!.members).toBeUndefined();
    const fromEvent = fold(takeBootstrap(emptyState, new Model().snapshot()), model.log);
    expect(Object.keys(fromEvent.conversations![id]!.members!)).toHaveLength(2);
  });

  test('a message of mine moves my mark, one of others makes it unread', () => {
    const model = twoOfUs();
    let state = begin(model);
    const [id] = Object.keys(state.conversations!) as [string];
    model.run([
      { do: 'send', who: 1, where: 0 },
      { do: 'send', who: 1, where: 0 },
    ]);
    state = fold(state, model.log);
    expect(unreadOf(state.conversations![id]!)).toBe(2);
    model.run([{ do: 'send', who: 0, where: 0 }]);
    state = fold(state, model.log);
    expect(unreadOf(state.conversations![id]!)).toBe(0);
  });

  test('a mark never goes back', () => {
    const model = twoOfUs().run(Array.from({ length: 5 }, () => ({ do: 'send', who: 1, where: 0 }) as const));
    let state = begin(model);
    const [conversationId] = Object.keys(state.conversations!) as [string];
    for (const readSeq of [4, 2]) {
      const marks = [{ userId: ME.id, readSeq }];
      state = applyEvent(state, { type: 'receipt.read', conversationId, marks });
    }
    expect(state.conversations![conversationId]!.me.readSeq).toBe(4);
  });

  test('what was cleared is gone, also when the conversation was loaded later than that', () => {
    const model = twoOfUs().run(sends(3));
    const start = begin(model);
    const known = model.log.length;
    const theirs: Action = { do: 'send', who: 1, where: 0 };
    const [view] = model.run([theirs, { do: 'clear', where: 0 }, theirs]).snapshot().conversations;
    for (const before of [start, { ...start, conversations: {} }]) {
      const state = fold(mergeConversation(before, view!), model.log.slice(known));
      expect(shownOf(state)).toEqual(shownOf(begin(model)));
      expectHonest(state, model);
      expect(unreadOf(state.conversations![view!.id]!)).toBe(1);
    }
  });

  test('what was cleared is gone, also when something new was sent before that is known', () => {
    const model = twoOfUs().run(sends(3));
    const start = begin(model);
    const known = model.log.length;
    model.run([
      { do: 'clear', where: 0 },
      { do: 'send', who: 0, where: 0 },
    ]);
    const [clearing, sending] = model.log.slice(known) as [Logged, Logged];
    const { message } = sending.event as { message: Message };
    const cleared = follow(takeSent(start, 'key', message), clearing);
    expect(cleared.conversations![message.conversationId]).toMatchObject({
      lastSeq: 4,
      lastMessage: null,
      timeline: { from: 4, to: 3, messages: [] },
    });
    expect(shownOf(follow(cleared, sending))).toEqual(shownOf(begin(model)));
  });

  test('a profile that changes is shown everywhere, one’s own too', () => {
    const model = new Model().run([
      { do: 'direct', with: 0 },
      { do: 'group', with: [1, 2] },
    ]);
    let state = begin(model);
    for (const id of Object.keys(state.conversations!)) state = mergeMembers(state, id, model.members(id));
    const { me, conversations } = state;
    const changed = { status: { text: 'at tea', until: null }, fullName: 'Alice Liddell' };
    for (const { user } of Object.values(conversations!).flatMap(({ members }) => Object.values(members!)))
      state = applyEvent(state, { type: 'user.updated', user: { ...user, ...changed } });
    expect(state.me).toEqual({ ...me, ...changed });
    for (const { members, peer } of Object.values(state.conversations!)) {
      for (const { user } of Object.values(members!)) expect(user).toMatchObject(changed);
      if (peer) expect(peer.user).toMatchObject(changed);
    }
  });

  test('settings are one’s own', () => {
    const state = begin(twoOfUs());
    const settings = { ...state.me!.settings, readReceipts: false };
    expect(applyEvent(state, { type: 'settings.updated', settings }).me).toEqual({ ...state.me, settings });
    expect(applyEvent(emptyState, { type: 'settings.updated', settings })).toBe(emptyState);
  });

  test('a status is shown until it is over', () => {
    const until = '2026-11-20T10:00:00.000Z';
    const at = (status: PublicUser['status'], now: string) => statusAt({ ...ME, status }, Date.parse(now));
    const tea = { text: 'at tea', until };
    expect(at(tea, '2026-11-20T09:59:59.999Z')).toBe(tea);
    expect(at(tea, until)).toBeNull();
    expect(at({ text: 'back', until: null }, '2099-01-01T00:00:00.000Z')).not.toBeNull();
    expect(at(null, until)).toBeNull();
  });

  test('a message in the outbox goes when it comes by the stream', () => {
    const model = twoOfUs();
    const state = begin(model);
    const [conversationId] = Object.keys(state.conversations!) as [string];
    model.run([{ do: 'send', who: 0, where: 0 }]);
    const { message } = model.log.at(-1)!.event as { message: Message };
    const { text } = message;
    const clientMessageId = clientMessageIdOf(message);
    const waiting = { clientMessageId, conversationId, text, status: 'sending', unanswered: 0 } as const;
    const shown = { ...state, outbox: [{ ...waiting, message: undefined, error: undefined }] };
    const after = applyEvent(shown, { type: 'message.created', message });
    expect(after.outbox).toEqual([]);
    expect(after.conversations![conversationId]!.timeline.messages).toEqual([message]);
  });
});

function freeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
}
