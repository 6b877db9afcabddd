import type { Message } from '@parley/contract';
import { clientMessageIdOf, messageId } from '@parley/contract/message-id';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { isParleyError } from '../src/errors.ts';
import { memoryStorage, type Storage } from '../src/storage.ts';
import { createStore } from '../src/store.ts';
import { type KeptOutbox, keepOutbox } from '../src/sync/kept-outbox.ts';
import { createMarks, type Marks } from '../src/sync/marks.ts';
import type { OutgoingMessage } from '../src/sync/outbox.ts';
import { createSender, type Sender } from '../src/sync/sender.ts';
import { type ChatState, emptyState, markRead } from '../src/sync/state.ts';
import { createLocks } from './locks.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const soon = () => vi.advanceTimersByTimeAsync(0);
const later = () => vi.advanceTimersByTimeAsync(120_000);
const A = { conversationId: 'a' };
const B = { conversationId: 'b' };

/** A server that stores by key, and loses an answer when the test wants it. */
function createServer() {
  const stored: Message[] = [];
  let fate: 'ok' | 'answer lost' | 'refused' = 'ok';
  return {
    stored,
    fate(next: typeof fate) {
      fate = next;
    },
    texts: () => stored.map(({ text }) => text),
    async take(userId: string, { clientMessageId, conversationId = '', text = '' }: OutgoingMessage) {
      if (fate === 'refused') throw refusal();
      const id = messageId(userId, clientMessageId);
      const known = stored.find((message) => message.id === id);
      const message = known ?? {
        id,
        conversationId,
        text,
        seq: stored.length + 1,
        senderId: userId,
        createdAt: '',
      };
      if (!known) stored.push(message);
      if (fate === 'answer lost') throw new Error('the socket closed');
      return message;
    },
  };
}

const refusal = () =>
  Object.assign(new Error('no'), { data: { code: 'NOT_FOUND', httpStatus: 404, what: 'conversation' } });

const ALICE = '00000000-0000-4000-8000-00000000000a';
const BOB = '00000000-0000-4000-8000-00000000000b';

/** What a client is, as far as its outbox goes. It lives until it is closed, or until nobody looks at it any more. */
function start(
  storage: Storage | undefined,
  { server = createServer(), userId = ALICE, online = false, locks = undefined as never } = {},
) {
  const store = createStore<ChatState>(emptyState);
  let [isOnline, isDead] = [online, false];
  const told: [string, number][] = [];
  const canSend = (): boolean => isOnline && !isDead && kept.isReady();
  const alive: Storage | undefined = storage && {
    get: storage.get,
    keys: storage.keys,
    set: (key, value) => (isDead ? undefined : storage.set(key, value)),
    remove: (key) => (isDead ? undefined : storage.remove(key)),
  };
  const kept: KeptOutbox = keepOutbox({
    storage: alive,
    locks,
    content: () => ({ items: sender.content(), read: marks.wanted(), delivered: {} }),
    restored({ items, read }) {
      sender.restore(items);
      for (const [id, seq] of Object.entries(read)) void marks.mark(id, seq);
    },
    ready() {
      sender.resume();
      marks.resume();
    },
  });
  const sender: Sender = createSender(store, (item) => server.take(userId, item), canSend, kept.save);
  const marks: Marks = createMarks(
    store,
    markRead,
    async (id, seq) => void told.push([id, seq]),
    canSend,
    kept.save,
  );
  store.subscribe(() => kept.saveSoon());
  kept.open(userId);
  return {
    sender,
    marks,
    kept,
    store,
    server,
    told,
    shown: () => store.get().outbox.map(({ text, status }) => `${text} ${status}`),
    say: (text: string, to = A) => sender.send({ ...to, text }),
    connect() {
      isOnline = true;
      sender.resume();
      marks.resume();
    },
    /** The page is gone, without a goodbye. */
    kill() {
      isDead = true;
    },
    async close() {
      const saved = kept.close();
      sender.clear(new Error('The client was closed'));
      await saved;
    },
    async logout() {
      const wiped = kept.wipe();
      sender.clear(new Error('Signed out'));
      await wiped;
    },
  };
}

/** A storage that takes its time, each time as long as it is told. */
function slowStorage(ms = () => 20): Storage & { inside: Storage } {
  const inside = memoryStorage();
  const after = async <Value>(work: () => Value): Promise<Awaited<Value>> => {
    await new Promise((resolve) => setTimeout(resolve, ms()));
    return await work();
  };
  return {
    inside,
    get: (key) => after(() => inside.get(key)),
    set: (key, value) => after(() => inside.set(key, value)),
    remove: (key) => after(() => inside.remove(key)),
    keys: () => after(() => inside.keys()),
  };
}

const keysOf = (storage: Storage): string[] => [...(storage.keys() as string[])];
const textsIn = (storage: Storage): string[] =>
  keysOf(storage).flatMap((key) =>
    JSON.parse(storage.get(key) as string).items.map(({ text }: { text: string }) => text),
  );

describe('a restart', () => {
  test('keeps what was not sent, which goes out in order, before what comes after', async () => {
    const storage = memoryStorage();
    const first = start(storage);
    await soon();
    for (const text of ['one', 'two', 'three']) first.say(text);
    first.kill();
    const second = start(storage);
    second.say('four');
    await soon();
    expect(second.shown()).toEqual(['one queued', 'two queued', 'three queued', 'four queued']);
    second.connect();
    await later();
    expect(second.server.texts()).toEqual(['one', 'two', 'three', 'four']);
    expect(keysOf(storage)).toEqual([]);
  });

  test('sends what was stored without an answer with the same key: it is there once', async () => {
    const storage = memoryStorage();
    const server = createServer();
    const first = start(storage, { server, online: true });
    await soon();
    server.fate('answer lost');
    const { clientMessageId } = first.say('one');
    await soon();
    first.kill();
    expect(server.texts()).toEqual(['one']);
    server.fate('ok');
    const second = start(storage, { server });
    await soon();
    // Nobody can take it back: it may be there.
    expect(second.sender.sending(clientMessageId)?.cancel()).toBe(false);
    second.connect();
    await later();
    expect(server.stored.map(clientMessageIdOf)).toEqual([clientMessageId]);
  });

  test('what was on its way cannot be taken back, whenever the page went', async () => {
    const storage = memoryStorage();
    const server = { ...createServer(), take: () => new Promise<never>(() => {}) };
    const first = start(storage, { server, online: true });
    await soon();
    const { clientMessageId } = first.say('one');
    await soon();
    first.kill();
    const second = start(storage);
    await soon();
    expect(second.sender.sending(clientMessageId)?.cancel()).toBe(false);
    expect(second.shown()).toEqual(['one queued']);
  });

  test('what never went out can be taken back, and what was refused be sent again or dropped', async () => {
    const storage = memoryStorage();
    const server = createServer();
    server.fate('refused');
    const first = start(storage, { server, online: true });
    await soon();
    const [one, two] = [first.say('one'), first.say('two')];
    await later();
    first.kill();
    server.fate('ok');
    const second = start(storage, { server });
    const three = second.say('three');
    await soon();
    expect(second.shown()).toEqual(['one failed', 'two failed', 'three queued']);
    const restored = second.sender.sending(one.clientMessageId)!;
    const state = restored.get();
    expect(state.status === 'failed' && isParleyError(state.error, 'NOT_FOUND')).toBe(true);
    await expect(restored.result).rejects.toThrow('no');
    restored.retry();
    expect(second.sender.sending(two.clientMessageId)!.cancel()).toBe(true);
    expect(three.cancel()).toBe(true);
    second.connect();
    await expect(restored.result).resolves.toMatchObject({ text: 'one' });
    await later();
    expect(server.texts()).toEqual(['one']);
    expect(keysOf(storage)).toEqual([]);
  });

  test('keeps marks that the server does not have', async () => {
    const storage = memoryStorage();
    const first = start(storage);
    await soon();
    void first.marks.mark('a', 7);
    void first.marks.mark('a', 3);
    void first.marks.mark('b', 1);
    first.kill();
    const second = start(storage);
    await soon();
    expect(second.marks.wanted()).toEqual({ a: 7, b: 1 });
    second.connect();
    await later();
    expect(second.told).toEqual([
      ['a', 7],
      ['b', 1],
    ]);
    expect(keysOf(storage)).toEqual([]);
  });

  test('after a goodbye is the same', async () => {
    const storage = memoryStorage();
    const first = start(storage);
    await soon();
    const sending = first.say('one');
    await first.close();
    await expect(sending.result).rejects.toThrow('closed');
    await later();
    const second = start(storage);
    await soon();
    expect(second.shown()).toEqual(['one queued']);
  });

  test('whenever it comes, nothing is lost, doubled or overtaken', async () => {
    type Step = { step: 'say' | 'go' | 'kill' | 'lose' | 'wait'; n: number };
    const steps = fc.array(
      fc.record({
        step: fc.constantFrom('say', 'say', 'say', 'go', 'kill', 'lose', 'wait'),
        n: fc.nat(60),
      }) as fc.Arbitrary<Step>,
      { maxLength: 30 },
    );
    await fc.assert(
      fc.asyncProperty(steps, fc.boolean(), async (list, isSlow) => {
        const storage = isSlow ? slowStorage(() => 15) : memoryStorage();
        const server = createServer();
        let it = start(storage, { server });
        let expected: { text: string; to: string; shown: boolean }[] = [];
        await vi.advanceTimersByTimeAsync(100);
        for (const { step, n } of list) {
          if (step === 'say') {
            const text = `${expected.length} `;
            const to = n % 2 ? A : B;
            const entry = { text, to: to.conversationId, shown: false };
            const look = () => {
              entry.shown ||= it.store.get().outbox.some((item) => item.text === text);
            };
            it.store.subscribe(look);
            it.say(text, to);
            look();
            expected.push(entry);
          } else if (step === 'go') it.connect();
          else if (step === 'lose') server.fate(n % 2 ? 'answer lost' : 'ok');
          else if (step === 'wait') await vi.advanceTimersByTimeAsync(n);
          else {
            it.kill();
            // What did not show yet may be lost.
            expected = expected.map((entry) => ({ ...entry }));
            it = start(storage, { server });
            await vi.advanceTimersByTimeAsync(200);
          }
        }
        server.fate('ok');
        it.connect();
        for (let n = 0; n < 5; n += 1) await later();
        for (const where of ['a', 'b']) {
          const there = server.stored.filter(({ conversationId }) => conversationId === where);
          const texts = there.map(({ text }) => text);
          const said = expected.filter(({ to }) => to === where);
          // In order, each once, and all that were shown.
          expect(texts).toEqual(said.map(({ text }) => text).filter((text) => texts.includes(text)));
          expect(texts).toEqual(
            expect.arrayContaining(said.filter(({ shown }) => shown).map(({ text }) => text)),
          );
        }
        expect(await Promise.all([storage.keys(), later()]).then(([keys]) => keys)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a storage', () => {
  test('that answers at once has a message before it shows', async () => {
    const storage = memoryStorage();
    const it = start(storage);
    await soon();
    let inStorage: string[] = [];
    it.store.subscribe(() => {
      inStorage = textsIn(storage);
    });
    it.say('one');
    expect(inStorage).toEqual(['one']);
    expect(it.shown()).toEqual(['one queued']);
  });

  test('that takes its time has it before it shows, too; many go into it together', async () => {
    const storage = slowStorage();
    let writes = 0;
    const it = start({
      ...storage,
      set(key, value) {
        writes += 1;
        return storage.set(key, value);
      },
    });
    await vi.advanceTimersByTimeAsync(50);
    it.store.subscribe(({ outbox }) => {
      expect(textsIn(storage.inside)).toEqual(expect.arrayContaining(outbox.map(({ text }) => text)));
    });
    for (const text of ['one', 'two', 'three']) it.say(text);
    expect(it.shown()).toEqual([]);
    await vi.advanceTimersByTimeAsync(50);
    expect(it.shown()).toEqual(['one queued', 'two queued', 'three queued']);
    expect(writes).toBe(2);
  });

  test('takes back what is cancelled before it shows', async () => {
    const storage = slowStorage();
    const it = start(storage);
    await vi.advanceTimersByTimeAsync(50);
    const [one] = [it.say('one'), it.say('two')];
    expect(one.cancel()).toBe(true);
    await later();
    expect(it.shown()).toEqual(['two queued']);
    expect(textsIn(storage.inside)).toEqual(['two']);
  });

  test.each<[string, () => unknown]>([
    [
      'at once',
      () => {
        throw new Error('full');
      },
    ],
    ['after a while', () => Promise.reject(new Error('full'))],
    ['by never answering', () => new Promise(() => {})],
  ])('that fails %s keeps nothing from being shown and sent', async (_, set) => {
    const surfaced: string[] = [];
    const { setTimeout: real } = globalThis;
    vi.spyOn(globalThis, 'setTimeout').mockImplementation(((run: () => void, ms: number) =>
      real(() => {
        try {
          run();
        } catch (error) {
          surfaced.push((error as Error).message);
        }
      }, ms)) as never);
    const it = start({ ...memoryStorage(), set }, { online: true });
    await soon();
    const sending = it.say('one');
    await later();
    expect(sending.get().status).toBe('sent');
    expect(surfaced[0]).toMatch(/full|No answer/);
    vi.restoreAllMocks();
  });

  test.each([
    '',
    '{',
    'null',
    '1',
    '[]',
    '{"version":2,"items":[{"clientMessageId":"x","conversationId":"a","text":"from the future"}]}',
    '{"version":1}',
    '{"version":1,"items":7,"read":[]}',
    '{"version":1,"items":[null,7,{},{"clientMessageId":1,"conversationId":"a"},{"clientMessageId":"x"}],"read":{"a":"x"},"delivered":"no"}',
  ])('with something else in it is none the worse: %s', async (text) => {
    const storage = memoryStorage();
    await storage.set(`parley.outbox.${ALICE}.somebody`, text);
    const it = start(storage, { online: true });
    await soon();
    expect(it.shown()).toEqual([]);
    expect(it.marks.wanted()).toEqual({});
    it.say('one');
    await later();
    expect(it.server.texts()).toEqual(['one']);
    expect(keysOf(storage)).toEqual([]);
  });

  test('is not needed', async () => {
    const it = start(undefined, { online: true });
    it.say('one');
    expect(it.shown()).toEqual(['one sending']);
    await later();
    expect(it.server.texts()).toEqual(['one']);
  });
});

test('500 wait, and no more', async () => {
  const storage = memoryStorage();
  const it = start(storage);
  await soon();
  for (let n = 0; n < 500; n += 1) it.say(`message ${n}`);
  const refused = (): unknown => {
    try {
      return it.say('one too many');
    } catch (error) {
      return error;
    }
  };
  const error = refused();
  expect(isParleyError(error, 'TOO_MANY') && error.data).toMatchObject({ what: 'outbox', limit: 500 });
  expect(it.shown()).toHaveLength(500);
  it.connect();
  await later();
  expect(it.server.texts()).toHaveLength(500);
  expect(isParleyError(refused())).toBe(false);
});

describe('several tabs over one storage', () => {
  test('each keeps its own, and one that starts takes over what nobody holds', async () => {
    const storage = memoryStorage();
    const locks = createLocks() as never;
    const server = createServer();
    const [one, gone] = [start(storage, { server, locks }), start(storage, { server })];
    await soon();
    one.say('of a tab that lives');
    gone.say('of one that is gone');
    gone.kill();
    const third = start(storage, { server, locks });
    await soon();
    expect(third.shown()).toEqual(['of one that is gone queued']);
    expect(one.shown()).toEqual(['of a tab that lives queued']);
    expect(textsIn(storage).sort()).toEqual(['of a tab that lives', 'of one that is gone']);
    for (const tab of [one, third]) tab.connect();
    await later();
    expect(server.texts().sort()).toEqual(['of a tab that lives', 'of one that is gone']);
    expect(keysOf(storage)).toEqual([]);
  });

  test('a closed one lets go', async () => {
    const storage = memoryStorage();
    const locks = createLocks();
    const first = start(storage, { locks: locks as never });
    await soon();
    first.say('one');
    expect(locks.held()).toHaveLength(1);
    await first.close();
    await soon();
    expect(locks.held()).toEqual([]);
  });

  test('without locks both send, and it is there once', async () => {
    const storage = memoryStorage();
    const server = createServer();
    const one = start(storage, { server });
    await soon();
    one.say('one');
    const other = start(storage, { server });
    await soon();
    expect(other.shown()).toEqual(['one queued']);
    for (const tab of [one, other]) tab.connect();
    await later();
    expect(server.texts()).toEqual(['one']);
  });
});

describe('other people', () => {
  test('never send what somebody has left, who finds it again', async () => {
    const storage = memoryStorage();
    const server = createServer();
    const alice = start(storage, { server });
    await soon();
    alice.say('of alice');
    alice.kill();
    const bob = start(storage, { server, userId: BOB, online: true });
    await soon();
    bob.say('of bob');
    await later();
    expect(server.texts()).toEqual(['of bob']);
    const again = start(storage, { server });
    await soon();
    expect(again.shown()).toEqual(['of alice queued']);
  });

  test('are left alone when somebody logs out, of whom nothing is left', async () => {
    const storage = memoryStorage();
    const locks = createLocks() as never;
    const [one, other] = [start(storage, { locks }), start(storage, { locks })];
    const bob = start(storage, { userId: BOB, locks });
    await soon();
    for (const tab of [one, other, bob]) tab.say('hello');
    expect(keysOf(storage)).toHaveLength(3);
    await one.logout();
    expect(keysOf(storage).map((key) => key.split('.')[2])).toEqual([BOB]);
    await later();
    expect(start(storage).shown()).toEqual([]);
  });

  test('a write that is under way does not bring back what was wiped', async () => {
    const storage = slowStorage();
    const it = start(storage);
    await vi.advanceTimersByTimeAsync(50);
    it.say('one');
    it.say('two');
    const wiping = it.logout();
    await later();
    await wiping;
    expect(keysOf(storage.inside)).toEqual([]);
  });

  test('nor does one of a session that has ended just before', async () => {
    const storage = slowStorage();
    const { set } = storage;
    storage.set = async (key, value) => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      return set(key, value);
    };
    const it = start(storage);
    await vi.advanceTimersByTimeAsync(50);
    it.say('one');
    it.say('two');
    void it.kept.close();
    const wiping = it.logout();
    await later();
    await wiping;
    expect(keysOf(storage.inside)).toEqual([]);
  });
});
