import type { Message } from '@parley/contract';
import { clientMessageIdOf, messageId } from '@parley/contract/message-id';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createStore } from '../src/store.ts';
import { applyEvent } from '../src/sync/apply-event.ts';
import { createMarks } from '../src/sync/marks.ts';
import type { OutgoingMessage } from '../src/sync/outbox.ts';
import { createSender, type Sending } from '../src/sync/sender.ts';
import { type ChatState, emptyState, markRead, takeBootstrap } from '../src/sync/state.ts';
import { ME, Model } from './model.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const soon = () => vi.advanceTimersByTimeAsync(0);
const later = () => vi.advanceTimersByTimeAsync(120_000);

/** What becomes of one attempt: stored or not, answered or not, refused, or a passing fault. */
type Fate = 'ok' | 'lost before' | 'lost after' | 'silence' | 'refused' | 'BUSY' | 'INTERNAL';

const model = new Model().run([
  { do: 'direct', with: 0 },
  { do: 'direct', with: 1 },
]);
const [A, B] = model.snapshot().conversations.map(({ id }) => id) as [string, string];

/** A sender, and a server that stores by key and meets each attempt with the next fate. */
function world(given: readonly Fate[] = []) {
  const fates = [...given];
  const store = createStore<ChatState>(takeBootstrap(emptyState, model.snapshot()));
  const stored: Message[] = [];
  let online = true;
  let attempts = 0;

  function keep({ clientMessageId, conversationId = A, text = '' }: OutgoingMessage): Message {
    const id = messageId(ME.id, clientMessageId);
    const known = stored.find((message) => message.id === id);
    if (known) return known;
    const seq = stored.filter((message) => message.conversationId === conversationId).length + 1;
    const message = { id, conversationId, seq, senderId: ME.id, text, createdAt: '' };
    stored.push(message);
    return message;
  }

  const sender = createSender(
    store,
    async (item) => {
      attempts += 1;
      const fate = fates.shift() ?? 'ok';
      if (fate === 'refused') throw refusal('NOT_FOUND', 404);
      if (fate === 'BUSY') throw refusal('BUSY', 503);
      if (fate === 'INTERNAL') throw refusal('INTERNAL', 500);
      if (fate === 'lost before') throw new Error('the socket closed');
      const message = keep(item);
      if (fate === 'lost after') throw new Error('the socket closed');
      if (fate === 'silence') return new Promise(() => {});
      return message;
    },
    () => online,
  );
  return {
    store,
    stored,
    sender,
    attempts: () => attempts,
    go(to: 'online' | 'offline') {
      online = to === 'online';
      if (online) sender.resume();
    },
    /** The stream brings what is stored, up to here. */
    stream(upTo = stored.length) {
      for (const message of stored.slice(0, upTo)) {
        store.set(applyEvent(store.get(), { type: 'message.created', message }));
        sender.arrived([message]);
      }
    },
  };
}

const refusal = (code: string, httpStatus: number) =>
  Object.assign(new Error(code), { data: { code, httpStatus, retryAfter: 1, what: 'conversation' } });

const fates = fc.array(
  fc.constantFrom<Fate>('ok', 'ok', 'lost before', 'lost after', 'silence', 'refused', 'BUSY', 'INTERNAL'),
  { maxLength: 40 },
);

describe('whatever becomes of the attempts', () => {
  type Step = { step: 'send' | 'offline' | 'online' | 'stream' | 'retry' | 'cancel' | 'wait'; n: number };
  const steps = fc.array(
    fc.record({
      step: fc.constantFrom('send', 'send', 'send', 'offline', 'online', 'stream', 'retry', 'cancel', 'wait'),
      n: fc.nat(9),
    }) as fc.Arbitrary<Step>,
    { maxLength: 40 },
  );

  test('each message is stored once, in order, or known as refused or taken back', async () => {
    await fc.assert(
      fc.asyncProperty(fates, steps, async (list, todo) => {
        const it = world(list);
        const sent: (Sending & { conversationId: string })[] = [];
        const failed = new Set<Sending>();
        for (const { step, n } of todo) {
          if (step === 'send') {
            const conversationId = n % 2 ? A : B;
            const sending = it.sender.send({ conversationId, text: `text ${sent.length}` });
            sent.push(Object.assign(sending, { conversationId }));
            sending.subscribe(({ status }) => status === 'failed' && failed.add(sending));
          } else if (step === 'stream') it.stream(n);
          else if (step === 'retry') sent[n]?.retry();
          else if (step === 'cancel') sent[n]?.cancel();
          else if (step === 'wait') await later();
          else it.go(step);
          await soon();
        }
        it.go('online');
        for (let n = 0; n < 10; n += 1) await later();
        it.stream();

        const keys = it.stored.map(clientMessageIdOf);
        expect(new Set(keys).size).toBe(keys.length);
        for (const sending of sent) {
          const { status } = sending.get();
          expect(status).toMatch(/sent|failed|cancelled/);
          if (status === 'sent') expect(keys).toContain(sending.clientMessageId);
          // One that failed may have been stored by an earlier attempt, whose answer was lost.
          if (status === 'cancelled' && !failed.has(sending))
            expect(keys).not.toContain(sending.clientMessageId);
        }
        const unsettled = it.store
          .get()
          .outbox.map(({ clientMessageId, status }) => [clientMessageId, status]);
        const left = sent.filter((sending) => sending.get().status === 'failed');
        expect(new Set(unsettled)).toEqual(
          new Set(left.map((sending) => [sending.clientMessageId, 'failed'])),
        );
        const retried = todo.some(({ step }) => step === 'retry');
        for (const conversation of retried ? [] : [A, B]) {
          const wanted = sent.filter(({ conversationId }) => conversationId === conversation);
          const kept = it.stored.filter(({ conversationId }) => conversationId === conversation);
          const order = wanted
            .map(({ clientMessageId }) => clientMessageId)
            .filter((key) => keys.includes(key));
          expect(kept.map(clientMessageIdOf)).toEqual(order);
        }
      }),
      { numRuns: 300 },
    );
  });
});

test('a message shows before it goes out, and waits for the connection', async () => {
  const it = world();
  it.go('offline');
  const sending = it.sender.send({ conversationId: A, text: 'hello' });
  expect(it.store.get().outbox).toMatchObject([{ text: 'hello', status: 'queued' }]);
  await later();
  expect(sending.get().status).toBe('queued');
  expect(it.attempts()).toBe(0);
  it.go('online');
  await soon();
  expect(sending.get()).toMatchObject({ status: 'sent', message: { text: 'hello', seq: 1 } });
  await expect(sending.result).resolves.toMatchObject({ text: 'hello' });
});

test('its states come in order, and the answer counts at once', async () => {
  const it = world(['lost before', 'ok']);
  const sending = it.sender.send({ conversationId: A, text: 'hello' });
  const states: string[] = [sending.get().status];
  sending.subscribe(({ status }) => states.push(status));
  await later();
  expect(states).toEqual(['sending', 'queued', 'sending', 'sent']);
  const conversation = it.store.get().conversations![A]!;
  expect(conversation).toMatchObject({ lastSeq: 1, me: { readSeq: 1 }, timeline: { to: 0 } });
  expect(it.store.get().outbox).toMatchObject([{ status: 'sent' }]);
  it.stream();
  expect(it.store.get().outbox).toEqual([]);
});

test('what is sent to a person goes out in order, and is where the server put it', async () => {
  const it = world(['lost after', 'ok']);
  const toUserId = it.store.get().conversations![A]!.peer!.user.id;
  const sendings = ['one', 'two'].map((text) => it.sender.send({ toUserId, text }));
  expect(it.store.get().outbox).toMatchObject([
    { toUserId, status: 'sending' },
    { toUserId, status: 'queued' },
  ]);
  await later();
  expect(await Promise.all(sendings.map(({ result }) => result))).toMatchObject([
    { conversationId: A, seq: 1, text: 'one' },
    { conversationId: A, seq: 2, text: 'two' },
  ]);
  it.stream();
  it.stream();
  expect(it.store.get().outbox).toEqual([]);
});

test('the stream may be faster than the answer', async () => {
  const it = world(['silence']);
  const sending = it.sender.send({ conversationId: A, text: 'hello' });
  await soon();
  it.stream();
  await expect(sending.result).resolves.toMatchObject({ text: 'hello' });
  await later();
  expect(it.attempts()).toBe(1);
});

test('a refused message fails, holds up nothing, and can be sent again or dropped', async () => {
  const it = world(['refused', 'ok', 'refused', 'ok']);
  const [first, second] = [
    it.sender.send({ conversationId: A, text: 'one' }),
    it.sender.send({ conversationId: A, text: 'two' }),
  ];
  await soon();
  expect(first.get()).toMatchObject({ status: 'failed', error: { data: { code: 'NOT_FOUND' } } });
  expect(second.get().status).toBe('sent');
  await expect(first.result).rejects.toMatchObject({ data: { code: 'NOT_FOUND' } });
  first.retry();
  await soon();
  expect(first.get().status).toBe('failed');
  first.retry();
  await soon();
  expect(first.get().status).toBe('sent');
  expect(first.cancel()).toBe(false);
});

test('what never went out can be taken back', async () => {
  const it = world();
  it.go('offline');
  const [first, second] = [
    it.sender.send({ conversationId: A, text: 'one' }),
    it.sender.send({ conversationId: A, text: 'two' }),
  ];
  expect(first.cancel()).toBe(true);
  expect(first.cancel()).toBe(false);
  it.go('online');
  await soon();
  expect([first, second].map((sending) => sending.get().status)).toEqual(['cancelled', 'sent']);
  expect(it.stored.map(({ text }) => text)).toEqual(['two']);
});

test('giving up tells everybody who waits', async () => {
  const it = world(['silence']);
  const sendings = [
    it.sender.send({ conversationId: A, text: 'one' }),
    it.sender.send({ conversationId: A, text: 'two' }),
  ];
  await soon();
  it.sender.clear(new Error('Signed out'));
  for (const sending of sendings) await expect(sending.result).rejects.toThrow('Signed out');
  expect(it.store.get().outbox).toEqual([]);
  await later();
  expect(it.attempts()).toBe(1);
});

describe('read marks', () => {
  function marks(answers: (() => Promise<unknown>)[] = []) {
    const noisy = new Model().run([
      { do: 'direct', with: 0 },
      ...Array.from({ length: 9 }, () => ({ do: 'send', who: 1, where: 0 }) as const),
    ]);
    const store = createStore<ChatState>(takeBootstrap(emptyState, noisy.snapshot()));
    const told: number[] = [];
    let online = true;
    const readMarks = createMarks(
      store,
      markRead,
      (_, seq) => {
        told.push(seq);
        return answers.shift()?.() ?? Promise.resolve();
      },
      () => online,
    );
    return {
      store,
      told,
      readMarks,
      noisy,
      readSeq: () => store.get().conversations![A]!.me.readSeq,
      go(to: 'online' | 'offline') {
        online = to === 'online';
        if (online) readMarks.resume();
      },
    };
  }

  test('show at once, go out one at a time, and only the furthest', async () => {
    let answer = (): void => {};
    const it = marks([() => new Promise<void>((resolve) => (answer = resolve))]);
    const all = [1, 5, 3, 4].map((seq) => it.readMarks.mark(A, seq));
    expect(it.readSeq()).toBe(5);
    expect(it.told).toEqual([1]);
    answer();
    await Promise.all(all);
    expect(it.told).toEqual([1, 5]);
  });

  test('wait for the connection, and go out again when there was no answer', async () => {
    const it = marks([() => Promise.reject(new Error('the socket closed'))]);
    it.go('offline');
    const marked = it.readMarks.mark(A, 4);
    await later();
    expect(it.told).toEqual([]);
    it.go('online');
    await later();
    await marked;
    expect(it.told).toEqual([4, 4]);
  });

  test('survive a fresh snapshot, and never point beyond what there is', async () => {
    const it = marks();
    it.go('offline');
    void it.readMarks.mark(A, 7);
    it.store.set(it.readMarks.over(takeBootstrap(it.store.get(), it.noisy.snapshot())));
    expect(it.readSeq()).toBe(7);
    void it.readMarks.mark(A, 99);
    expect(it.readSeq()).toBe(9);
  });

  test('a refusal is told, and does not stop the next', async () => {
    const it = marks([() => Promise.reject(refusal('NOT_FOUND', 404))]);
    const [first, second] = [it.readMarks.mark(A, 1), it.readMarks.mark(A, 2)];
    await expect(first).rejects.toMatchObject({ data: { code: 'NOT_FOUND' } });
    await second;
    expect(it.told).toEqual([1, 2]);
  });
});
