import type { Message } from '@parley/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as outbox from '../src/sync/outbox.ts';

const message = (id: string): Message => ({
  id,
  conversationId: 'c0',
  seq: 1,
  senderId: 'me',
  text: id,
  createdAt: '2026-11-20T10:00:00.000Z',
});

type Step = { step: 'enqueue' | 'go' | 'lost' | 'sent' | 'failed' | 'retry' | 'cancel'; n: number };
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    step: fc.constantFrom('enqueue', 'enqueue', 'go', 'go', 'lost', 'sent', 'failed', 'retry', 'cancel'),
    n: fc.nat(20),
  }) as fc.Arbitrary<Step>,
  { maxLength: 80 },
);

const ADDRESSES = [
  { conversationId: 'c0' },
  { conversationId: 'c1' },
  { toUserId: 'u0' },
  { toUserId: 'u1' },
];

/** Runs the steps, with whatever a step is about chosen among those it can be about. */
function run(list: Step[], look: (box: outbox.Outbox) => void = () => {}) {
  let box: outbox.Outbox = [];
  const made: string[] = [];
  const gone: string[] = [];
  const choose = (status: string, n: number): string =>
    box.filter((item) => item.status === status)[n % 7]?.clientMessageId ?? 'nobody';
  for (const { step, n } of list) {
    if (step === 'enqueue') {
      made.push(`m${made.length}`);
      box = outbox.enqueue(box, { clientMessageId: made.at(-1)!, ...ADDRESSES[n % 4]!, text: '' });
    } else if (step === 'go') {
      for (const { clientMessageId } of outbox.due(box)) box = outbox.markSending(box, clientMessageId);
    } else if (step === 'lost') box = outbox.markUnanswered(box, choose('sending', n));
    else if (step === 'sent') {
      const id = choose('sending', n);
      box = outbox.markSent(box, id, message(id));
    } else if (step === 'failed') box = outbox.markFailed(box, choose('sending', n), new Error('no'));
    else if (step === 'retry') box = outbox.retry(box, choose('failed', n));
    else {
      const id = choose(n % 2 ? 'queued' : 'failed', n);
      const before = box.length;
      box = outbox.cancel(box, id);
      if (box.length < before) gone.push(id);
    }
    look(box);
  }
  return { box, made, gone };
}

test('nothing is lost or doubled, whatever happens', () => {
  fc.assert(
    fc.property(steps, (list) => {
      const { box, made, gone } = run(list);
      expect([...box.map(({ clientMessageId }) => clientMessageId), ...gone].sort()).toEqual(made.toSorted());
    }),
  );
});

test('to each conversation and each person one is on its way, and none overtakes another', () => {
  fc.assert(
    fc.property(steps, (list) => {
      run(list, (box) => {
        for (const { conversationId, toUserId } of ADDRESSES) {
          const isThere = (item: outbox.OutgoingMessage) =>
            item.conversationId === conversationId && item.toUserId === toUserId;
          const open = box.filter((item) => isThere(item) && /queued|sending/.test(item.status));
          expect(open.slice(1).every(({ status }) => status === 'queued')).toBe(true);
          const due = outbox.due(box).filter(isThere);
          expect(due).toEqual(open[0]?.status === 'queued' ? [open[0]] : []);
        }
      });
    }),
  );
});

test('what went out without an answer cannot be taken back', () => {
  let box = outbox.enqueue([], { clientMessageId: 'a', conversationId: 'c0', text: '' });
  box = outbox.markSending(box, 'a');
  expect(outbox.cancel(box, 'a')).toHaveLength(1);
  box = outbox.markUnanswered(box, 'a');
  expect(outbox.cancel(box, 'a')).toHaveLength(1);
  box = outbox.markFailed(outbox.markSending(box, 'a'), 'a', new Error('no'));
  expect(outbox.cancel(box, 'a')).toHaveLength(0);
});

test('what changes nothing gives back the same outbox', () => {
  fc.assert(
    fc.property(steps, (list) => {
      const { box } = run(list);
      expect(outbox.markSending(box, 'nobody')).toBe(box);
      for (const { clientMessageId, status } of box) {
        if (status !== 'sending') expect(outbox.markUnanswered(box, clientMessageId)).toBe(box);
        if (status === 'sent') expect(outbox.markFailed(box, clientMessageId, new Error('late'))).toBe(box);
      }
    }),
  );
});
