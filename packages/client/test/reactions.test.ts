import type { ChatEvent, Message } from '@parley/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyEvent } from '../src/sync/apply-event.ts';
import { type ChatState, emptyState, mergePage, takeBootstrap } from '../src/sync/state.ts';
import { type Action, ME, Model } from './model.ts';

const START: Action[] = [
  { do: 'group', with: [1, 2] },
  { do: 'send', who: 0, where: 0 },
  { do: 'send', who: 1, where: 0 },
];

/** Somebody of three reacts to the first of two messages in one of three ways, or takes it back. */
const reacting = fc.array(
  fc.record({
    do: fc.constant('react' as const),
    who: fc.nat(2),
    how: fc.nat(2),
    which: fc.constant(1),
    where: fc.constant(0),
  }),
  { maxLength: 12, size: 'max' },
);

/** A state that knows both messages, and what comes after it. */
function begin(list: readonly Action[]) {
  const model = new Model().run(START);
  const conversationId = model.snapshot().conversations[0]!.id;
  const page = { from: 1, to: 2, hasMoreBefore: false, hasMoreAfter: false, cursor: '' };
  const messages = model.visible(conversationId);
  const before = mergePage(takeBootstrap(emptyState, model.snapshot()), conversationId, {
    ...page,
    messages,
  });
  const known = model.log.length;
  const events = model
    .run(list)
    .log.slice(known)
    .map(({ event }) => event);
  return { model, before, events, conversationId };
}

const fold = (state: ChatState, events: ChatEvent[]): ChatState => events.reduce(applyEvent, state);

const first = (state: ChatState, id: string): Message => state.conversations![id]!.timeline.messages[0]!;

test('reactions come out the same, in the same order, wherever the stream goes back to', () => {
  fc.assert(
    fc.property(reacting, fc.nat(), (list, from) => {
      const { model, before, events, conversationId } = begin(list);
      const end = fold(before, events);
      expect(first(end, conversationId)).toEqual(model.visible(conversationId)[0]);
      const again = fold(end, events.slice(from % (events.length + 1)));
      expect(first(again, conversationId)).toEqual(first(end, conversationId));
    }),
    { numRuns: 500 },
  );
});

test('one’s own is one’s own, whoever else reacts in the same way', () => {
  const react = (who: number): Action => ({ do: 'react', who, how: 0, which: 1, where: 0 });
  const { before, events, conversationId } = begin([react(0), react(1), react(0)]);
  const seen = events.map((_, at) => first(fold(before, events.slice(0, at + 1)), conversationId).reactions);
  expect(seen).toEqual([
    [{ emoji: '👍', count: 1, isMine: true }],
    [{ emoji: '👍', count: 2, isMine: true }],
    [{ emoji: '👍', count: 1, isMine: false }],
  ]);
});

test('what comes late to a message that is deleted, or not known, changes nothing', () => {
  const { before, conversationId } = begin([]);
  const place = { conversationId, seq: 1 };
  const deletion = {
    type: 'message.deleted',
    ...place,
    actorId: ME.id,
    deletedAt: '2026-11-20T10:00:00.000Z',
  };
  const state = applyEvent(before, deletion as ChatEvent);
  const pinned = { type: 'message.pinned', actorId: ME.id, pinnedAt: '2026-11-20T10:00:00.000Z' } as const;
  const reaction = { type: 'reaction.added', userId: ME.id, emoji: '👍', count: 1 } as const;
  for (const event of [
    { ...pinned, ...place },
    { ...reaction, ...place },
  ])
    expect(applyEvent(state, event)).toEqual(state);
  for (const event of [
    { ...pinned, ...place, seq: 7 },
    { ...reaction, ...place, conversationId: ME.id },
  ])
    expect(applyEvent(state, event)).toBe(state);
});

test('a pin is shown, and goes with its message', () => {
  const { before, conversationId } = begin([]);
  const place = { conversationId, seq: 1, actorId: ME.id };
  const at = '2026-11-20T10:00:00.000Z';
  const pinned = applyEvent(before, { type: 'message.pinned', ...place, pinnedAt: at });
  expect(first(pinned, conversationId).pinnedAt).toBe(at);
  expect(fold(pinned, [{ type: 'message.unpinned', ...place }])).toEqual(before);
  const deleted = fold(pinned, [{ type: 'message.deleted', ...place, deletedAt: at }]);
  expect(first(deleted, conversationId)).not.toHaveProperty('pinnedAt');
});

test('a draft is of the membership in which it was written', () => {
  const { before, conversationId } = begin([]);
  const draft = { text: 'I think', updatedAt: '2026-11-20T10:00:00.000Z' };
  const { joinedAt } = before.conversations![conversationId]!.me;
  const event = { type: 'draft.updated', conversationId, draft } as const;
  const written = applyEvent(before, { ...event, joinedAt });
  expect(written.conversations![conversationId]!.draft).toEqual(draft);
  expect(applyEvent(written, { ...event, joinedAt, draft: null })).toEqual(before);
  expect(applyEvent(before, { ...event, joinedAt: '2026-11-20T09:00:00.000Z' })).toBe(before);
});
