import type { Message } from '@parley/contract';
import { describe, expect, test } from 'vitest';
import { applyEvent, type ReceivedEvent } from '../src/sync/apply-event.ts';
import { mentionsWith } from '../src/sync/mentions.ts';
import { receiptOf } from '../src/sync/receipts.ts';
import {
  type ChatState,
  type ConversationState,
  emptyState,
  markDelivered,
  markRead,
  takeBootstrap,
  totalsOf,
} from '../src/sync/state.ts';
import { ME, Model } from './model.ts';

/** A group of two, and so many messages of the other one. Every third calls `me`: by name, or with everybody. */
function group(messages: number): { state: ChatState; id: string; other: string; model: Model } {
  const model = new Model().run([
    { do: 'group', with: [1] },
    ...Array.from({ length: messages }, () => ({ do: 'send', who: 1, where: 0 }) as const),
  ]);
  const state = takeBootstrap(emptyState, model.snapshot());
  const [id] = Object.keys(state.conversations!) as [string];
  const other = model.members(id).find(({ user }) => user.id !== ME.id)!.user.id;
  return { state, id, other, model };
}

const one = (state: ChatState): ConversationState => Object.values(state.conversations!)[0]!;
const after = (state: ChatState, ...events: ReceivedEvent[]): ChatState => events.reduce(applyEvent, state);

test.each([
  [1, 'read'],
  [2, 'read'],
  [3, 'delivered'],
  [4, 'sent'],
] as const)('a message with seq %i is %s to whoever has read 2 and got 3', (seq, receipt) => {
  expect(receiptOf({ readSeq: 2, deliveredSeq: 3 }, { seq })).toBe(receipt);
});

describe('marks', () => {
  test('of what has come never fall behind those of reading, whoever tells of them', () => {
    const { state, id: conversationId } = group(5);
    const read = (readSeq: number): ReceivedEvent => ({
      type: 'receipt.read',
      conversationId,
      marks: [{ userId: ME.id, readSeq }],
    });
    const delivered = (deliveredSeq: number): ReceivedEvent => ({
      type: 'receipt.delivered',
      conversationId,
      marks: [{ userId: ME.id, deliveredSeq }],
    });
    const marks = (...events: ReceivedEvent[]) => one(after(state, ...events)).me;
    expect(marks(delivered(3))).toMatchObject({ readSeq: 0, deliveredSeq: 3 });
    expect(marks(delivered(3), read(2))).toMatchObject({ readSeq: 2, deliveredSeq: 3 });
    expect(marks(delivered(3), read(4), delivered(3))).toMatchObject({ readSeq: 4, deliveredSeq: 4 });
    expect(marks(delivered(3), delivered(1))).toMatchObject({ readSeq: 0, deliveredSeq: 3 });
    const own = (readSeq: number, deliveredSeq: number) =>
      one(markDelivered(markRead(state, conversationId, readSeq), conversationId, deliveredSeq)).me;
    expect(own(1, 3)).toMatchObject({ readSeq: 1, deliveredSeq: 3 });
    expect(own(4, 3)).toMatchObject({ readSeq: 4, deliveredSeq: 4 });
    expect(own(0, 99)).toMatchObject({ readSeq: 0, deliveredSeq: 5 });
    expect(markDelivered(state, conversationId, 0)).toBe(state);
  });
});

describe('marked as unread', () => {
  const marked = () => {
    const { state, id, other } = group(2);
    const { joinedAt, ...settings } = one(state).me;
    const { isArchived, pinnedAt, mutedUntil, notify } = settings;
    const event: ReceivedEvent = {
      type: 'membership.updated',
      conversationId: id,
      joinedAt,
      settings: { isArchived, pinnedAt, mutedUntil, notify, isMarkedUnread: true },
    };
    return { state: after(markRead(state, id, 2), event), id, other };
  };

  test('counts as a conversation, with no message, until this person reads on or sends', () => {
    const { state, id, other } = marked();
    const isMarked = (next: ChatState) => one(next).me.isMarkedUnread;
    expect(totalsOf(state)).toEqual({
      total: 0,
      mentions: 0,
      threads: [],
      conversations: [{ conversationId: id, unread: 0, mentions: 0 }],
    });
    const read = (userId: string): ReceivedEvent => ({
      type: 'receipt.read',
      conversationId: id,
      marks: [{ userId, readSeq: 2 }],
    });
    const sent = (senderId: string): ReceivedEvent => ({
      type: 'message.created',
      message: { ...one(state).lastMessage!, seq: 3, senderId },
    });
    expect([read(other), sent(other)].map((event) => isMarked(after(state, event)))).toEqual([true, true]);
    expect([read(ME.id), sent(ME.id)].map((event) => isMarked(after(state, event)))).toEqual([false, false]);
    expect(isMarked(markRead(state, id, 1))).toBe(false);
    expect(isMarked(markDelivered(state, id, 2))).toBe(true);
    const delivered: ReceivedEvent = {
      type: 'receipt.delivered',
      conversationId: id,
      marks: [{ userId: ME.id, deliveredSeq: 2 }],
    };
    expect(isMarked(after(state, delivered))).toBe(true);
    expect(totalsOf(after(state, read(ME.id))).conversations).toEqual([]);
  });
});

describe('unread mentions', () => {
  test('are dropped with what is read, and with what is erased', () => {
    const { state, id: conversationId, other } = group(9);
    expect(one(state).mentions).toEqual([3, 6, 9]);
    expect(totalsOf(state)).toMatchObject({ total: 9, mentions: 3 });
    expect(one(markRead(state, conversationId, 3)).mentions).toEqual([6, 9]);
    const at = '2026-11-20T10:00:00.000Z';
    const erased: ReceivedEvent = {
      type: 'messages.erased',
      conversationId,
      senderId: other,
      at,
      mentions: [3, 9],
    };
    expect(one(after(state, erased)).mentions).toEqual([6]);
  });

  test('stay the newest of very many', () => {
    const known = { ...one(group(9).state), lastSeq: 2_000, skipped: [] };
    const mentions = Array.from({ length: 1_000 }, (_, n) => n + 1);
    const message = {
      ...known.lastMessage!,
      seq: 1_500,
      senderId: 'x',
      mentions: { userIds: [ME.id] },
    } as Message;
    const next = mentionsWith({ ...known, mentions }, message, ME.id);
    expect([next.length, next[0], next.at(-1)]).toEqual([1_000, 2, 1_500]);
  });

  test('of a message that this person does not see are none, whatever becomes of it', () => {
    const { state, id: conversationId, model } = group(3);
    const message = model.visible(conversationId)[2]!;
    const hidden = after(state, {
      type: 'message.hidden',
      conversationId,
      seq: 3,
      lastMessage: model.visible(conversationId)[1]!,
    });
    expect(one(hidden).mentions).toEqual([]);
    expect(one(after(hidden, { type: 'message.edited', message })).mentions).toEqual([]);
    const next = after(hidden, { type: 'message.created', message: { ...message, seq: 4 } });
    expect(one(after(next, { type: 'message.edited', message })).mentions).toEqual([4]);
  });
});
