import type { Message, Thread } from '@parley/contract';
import { expect, test } from 'vitest';
import { applyEvent } from '../src/sync/apply-event.ts';
import { type ChatState, conversationsOf, emptyState, takeBootstrap, threadsOf } from '../src/sync/state.ts';
import { ME, Model } from './model.ts';

/** A group in which somebody has said something, and `me` has opened the thread about it. */
function world() {
  const model = new Model().run([
    { do: 'group', with: [0] },
    { do: 'send', who: 1, where: 0 },
    { do: 'thread', who: 0, which: 0, where: 0 },
  ]);
  const state = takeBootstrap(emptyState, model.snapshot());
  const [thread] = threadsOf(state);
  const [group] = conversationsOf(state);
  return { model, state, thread: thread!, group: group! };
}

const rootOf = (state: ChatState, id: string): Message => state.conversations![id]!.lastMessage!;

test('threads are conversations, and told apart from all others', () => {
  const { model, state, thread, group } = world();
  expect(thread).toMatchObject({ kind: 'thread', parent: { conversationId: group.id, seq: 1 } });
  expect(Object.keys(state.conversations!)).toHaveLength(2);
  expect(threadsOf(state, group.id)).toEqual([thread]);
  expect(threadsOf(state, thread.id)).toEqual([]);
  expect(threadsOf(emptyState)).toEqual([]);
  expect(conversationsOf(emptyState)).toEqual([]);
  model.run([{ do: 'leave', who: 0, where: 1 }]);
  expect(model.log.at(-1)!.event).toMatchObject({ type: 'member.left', userId: ME.id });
  const without = applyEvent(state, model.log.at(-1)!.event);
  expect([threadsOf(without), conversationsOf(without)]).toEqual([[], [group]]);
});

test('the most recently active conversation comes first', () => {
  const view = (id: string, createdAt: string, at?: string) => {
    const { group } = world();
    const { members: _, timeline: __, ...facts } = group;
    return { ...facts, id, createdAt, lastMessage: at ? { ...group.lastMessage!, createdAt: at } : null };
  };
  const conversations = [
    view('a', '2026-01-01T00:00:00.000Z', '2026-01-05T00:00:00.000Z'),
    view('b', '2026-01-03T00:00:00.000Z'),
    view('c', '2026-01-02T00:00:00.000Z', '2026-01-07T00:00:00.000Z'),
  ];
  const state = takeBootstrap(emptyState, { ...new Model().snapshot(), conversations });
  expect(conversationsOf(state).map(({ id }) => id)).toEqual(['c', 'a', 'b']);
});

test('a message shows how its thread stands, which only grows, and keeps it when it is told once more', () => {
  const { state, thread, group } = world();
  const told = (next: ChatState, change: Thread, seq = 1) =>
    applyEvent(next, { type: 'thread.updated', conversationId: group.id, seq, thread: change });
  const at = '2026-11-20T11:00:00.000Z';
  const three = { id: thread.id, replies: 3, lastReplyAt: at };
  const grown = told(state, three);
  expect(rootOf(grown, group.id).thread).toEqual(three);
  expect(told(grown, { ...three, replies: 2 })).toEqual(grown);
  expect(told(grown, three, 7)).toEqual(grown);
  const { thread: _, ...plain } = rootOf(grown, group.id);
  const edited = applyEvent(grown, { type: 'message.edited', message: { ...plain, text: 'other' } });
  expect(rootOf(edited, group.id)).toMatchObject({ text: 'other', thread: three });
  expect(applyEvent(grown, { type: 'message.created', message: plain })).toEqual(grown);
});

test('a deleted message shows no thread, also when there is another reply', () => {
  const { state, thread, group } = world();
  const place = { conversationId: group.id, seq: 1 };
  const deletedAt = '2026-11-20T11:00:00.000Z';
  const gone = applyEvent(state, { type: 'message.deleted', ...place, actorId: ME.id, deletedAt });
  expect(rootOf(gone, group.id).thread).toBeUndefined();
  const more = { id: thread.id, replies: 9, lastReplyAt: deletedAt };
  expect(applyEvent(gone, { type: 'thread.updated', ...place, thread: more })).toEqual(gone);
  const { thread: _, ...deleted } = { ...rootOf(state, group.id), deletedAt };
  const edited = applyEvent(state, { type: 'message.edited', message: deleted });
  expect(rootOf(edited, group.id).thread).toBeUndefined();
});
