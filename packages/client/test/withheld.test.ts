import type { ChatEvent, Member, Message, SeqRange } from '@parley/contract';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyEvent } from '../src/sync/apply-event.ts';
import {
  type Bootstrap,
  type ChatState,
  type ConversationState,
  emptyState,
  markRead,
  mergeConversation,
  takeBootstrap,
  takeSent,
  unreadOf,
} from '../src/sync/state.ts';
import { type Action, ME, Model } from './model.ts';

const begin = (model: Model): ChatState => takeBootstrap(emptyState, model.snapshot());
const theOne = (state: ChatState): ConversationState => Object.values(state.conversations!)[0]!;

const SAY: Action = { do: 'send', who: 1, where: 0 };
const ANSWER: Action = { do: 'send', who: 0, where: 0 };
const WITHHOLD: Action = { do: 'withhold', where: 0 };
const REVEAL: Action = { do: 'reveal', where: 0 };
/** `me` has read all but so many, from 1 to 9: an even number chooses `me`, and says how many by what is left of nine. */
const readAllBut = (back: number): Action => ({
  do: 'read',
  where: 0,
  who: back % 2 === 0 ? back + 8 : back - 1,
});

/** The state after what happened in a direct conversation, by the stream alone. */
function streamed(...actions: Action[]): ChatState {
  const model = new Model().run([{ do: 'direct', with: 0 }]);
  const start = begin(model);
  return model
    .run(actions)
    .log.slice(1)
    .reduce((state, { event }) => applyEvent(state, event), start);
}

/** The messages of a conversation that somebody has been told of and has not read, counted one by one. */
function countUnread(events: ChatEvent[], marked: number): number {
  const messages = events.flatMap((event) => (event.type === 'message.created' ? event.message : []));
  const marks = events.flatMap((event) => (event.type === 'receipt.read' ? event.marks : []));
  const own = [
    ...messages.filter(({ senderId }) => senderId === ME.id).map(({ seq }) => seq),
    ...marks.filter(({ userId }) => userId === ME.id).map(({ readSeq }) => readSeq),
  ];
  const readSeq = Math.max(marked, 0, ...own);
  return messages.filter(({ seq }) => seq > readSeq).length;
}

describe('unread, where messages are withheld', () => {
  type Step =
    | { step: 'act'; action: Action }
    /** The server's view of a moment is taken: of this one, one that has passed, or one that the stream has not reached. */
    | { step: 'load' | 'gap' | 'mark'; n: number };
  const steps = fc.array(
    fc.oneof(
      {
        weight: 6,
        arbitrary: fc
          .oneof(
            fc.constantFrom(SAY, SAY, ANSWER, WITHHOLD, WITHHOLD, REVEAL),
            fc.integer({ min: 1, max: 9 }).map(readAllBut),
          )
          .map((action): Step => ({ step: 'act', action })),
      },
      fc.record({ step: fc.constantFrom('load' as const, 'gap' as const, 'mark' as const), n: fc.nat(60) }),
    ),
    { maxLength: 60 },
  );

  test('is what one counts one by one, whatever was read and whichever views were loaded', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const model = new Model().run([{ do: 'direct', with: 0 }]);
        model.run(list.flatMap((step) => (step.step === 'act' ? step.action : [])));
        const events = model.log.map(({ event }) => event);
        const viewAt = (at: number): Bootstrap['conversations'][0] =>
          model.log[at]!.snapshot.conversations[0]!;
        let state = takeBootstrap(emptyState, model.log[0]!.snapshot);
        const { id } = theOne(state);
        // How far the stream has come, how far the state is, and how far this device has marked it.
        let [at, known, marked] = [0, 0, 0];
        for (const step of list) {
          if (step.step === 'act') {
            at = Math.min(at + 1, events.length - 1);
            state = applyEvent(state, events[at]!);
          } else if (step.step === 'load') {
            const of = step.n % events.length;
            state = mergeConversation(state, viewAt(of));
            known = Math.max(known, of);
          } else if (step.step === 'gap') {
            // It stands for what comes next by the stream: it is not older than that, nor than what was loaded.
            at = Math.max(at, known, step.n % events.length);
            const conversation = viewAt(at);
            state = applyEvent(state, { type: 'stream.gapped', conversationId: id, conversation });
          } else {
            const { lastSeq } = theOne(state);
            const seq = lastSeq + 1 - (step.n % 12);
            marked = Math.max(marked, Math.min(seq, lastSeq));
            state = markRead(state, id, seq);
          }
          known = Math.max(known, at);
          expect(unreadOf(theOne(state))).toBe(countUnread(events.slice(0, known + 1), marked));
          const { skipped, lastSeq, me } = theOne(state);
          for (const [n, [from, to]] of skipped.entries()) {
            expect(from).toBeGreaterThan(skipped[n - 1] ? skipped[n - 1]![1] + 1 : me.readSeq);
            expect(to).toBeGreaterThanOrEqual(from);
            expect(to).toBeLessThan(lastSeq);
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('is never below nothing', () => {
    const known = theOne(streamed(SAY));
    expect(unreadOf({ ...known, skipped: [[1, 5]] })).toBe(0);
    expect(unreadOf({ ...known, me: { ...known.me, readSeq: 3 } })).toBe(0);
  });
});

describe('what a message jumps over', () => {
  test('was withheld, and is not unread', () => {
    const known = theOne(streamed(SAY, WITHHOLD, WITHHOLD, SAY, WITHHOLD, SAY));
    expect(known).toMatchObject({ lastSeq: 6, me: { readSeq: 0 } });
    expect(known.skipped).toEqual([
      [2, 3],
      [5, 5],
    ]);
    expect(unreadOf(known)).toBe(3);
    expect(known.timeline.messages.map(({ seq }) => seq)).toEqual([1, 4, 6]);
  });

  test('behind a range that reaches to the end makes one of both', () => {
    const state = streamed(SAY, WITHHOLD, WITHHOLD, SAY);
    const known = theOne(state);
    const { message } = newest(known);
    const half: SeqRange[] = [[2, 2]];
    const before = { ...state, conversations: { [known.id]: { ...known, lastSeq: 2, skipped: half } } };
    const event: ChatEvent = { type: 'message.created', message };
    expect(theOne(applyEvent(before, event)).skipped).toEqual([[2, 3]]);
  });

  test('is told once: the same message again, or an older one, changes nothing', () => {
    const state = streamed(SAY, WITHHOLD, SAY, SAY);
    for (const message of theOne(state).timeline.messages)
      expect(applyEvent(state, { type: 'message.created', message })).toEqual(state);
  });

  test('begins where one has read, if that is further than what one has seen', () => {
    // The mark was set on another device, which named a seq beyond what there is to see.
    const before = [SAY, WITHHOLD, WITHHOLD, WITHHOLD, readAllBut(1), WITHHOLD];
    const known = theOne(streamed(...before, SAY));
    expect(known).toMatchObject({ lastSeq: 6, me: { readSeq: 3 }, skipped: [[4, 5]] });
    expect(unreadOf(known)).toBe(1);
    // Whether or not the mark of who sends it is kept.
    const state = streamed(...before);
    const alone = { ...theOne(state), peer: null, members: undefined };
    const told = { ...state, conversations: { [alone.id]: alone } };
    const event: ChatEvent = { type: 'message.created', ...newest(known) };
    expect(theOne(applyEvent(told, event)).skipped).toEqual([[4, 5]]);
  });

  test('ends the moment one answers', () => {
    const known = theOne(streamed(SAY, WITHHOLD, SAY, WITHHOLD, ANSWER));
    expect(known).toMatchObject({ lastSeq: 5, skipped: [], me: { readSeq: 5 } });
    expect(unreadOf(known)).toBe(0);
  });
});

describe('one’s own mark cuts what was skipped', () => {
  const state = streamed(SAY, WITHHOLD, WITHHOLD, WITHHOLD, SAY, WITHHOLD, SAY);
  const { id } = theOne(state);
  const at = (readSeq: number): [readSeq: number, skipped: SeqRange[], unread: number] => {
    const known = theOne(markRead(state, id, readSeq));
    return [known.me.readSeq, known.skipped, unreadOf(known)];
  };

  test('on this device', () => {
    expect(at(0)).toEqual([
      0,
      [
        [2, 4],
        [6, 6],
      ],
      3,
    ]);
    expect(at(1)).toEqual([
      1,
      [
        [2, 4],
        [6, 6],
      ],
      2,
    ]);
    expect(at(3)).toEqual([
      3,
      [
        [4, 4],
        [6, 6],
      ],
      2,
    ]);
    expect(at(4)).toEqual([4, [[6, 6]], 2]);
    expect(at(6)).toEqual([6, [], 1]);
    expect(at(9)).toEqual([7, [], 0]);
  });

  test('and from another one, on whatever topic the server tells it', () => {
    for (const readSeq of [1, 3, 4, 6, 7]) {
      const marks = [{ userId: ME.id, readSeq }];
      const told = applyEvent(state, { type: 'receipt.read', conversationId: id, marks });
      expect(told).toEqual(markRead(state, id, readSeq));
      expect(applyEvent(told, { type: 'receipt.read', conversationId: id, marks })).toBe(told);
    }
  });

  test('and by the answer to a send', () => {
    const { message } = newest(theOne(state));
    const sent = { ...message, seq: 9, senderId: ME.id };
    expect(theOne(takeSent(state, 'a key', sent))).toMatchObject({ lastSeq: 9, skipped: [] });
  });

  test('but the other one’s mark does not', () => {
    const peer = theOne(state).peer as Member;
    const marks = [{ userId: peer.user.id, readSeq: 7 }];
    const { skipped } = theOne(applyEvent(state, { type: 'receipt.read', conversationId: id, marks }));
    expect(skipped).toBe(theOne(state).skipped);
  });
});

describe('two that know something of a conversation', () => {
  const model = new Model().run([{ do: 'direct', with: 0 }]);
  const views = [SAY, WITHHOLD, SAY, readAllBut(1), WITHHOLD, WITHHOLD, SAY].map(
    (action) => model.run([action]).snapshot().conversations[0]!,
  );
  const [early, late] = [views[2]!, views.at(-1)!];
  const start = takeBootstrap(emptyState, { ...model.snapshot(), conversations: [] });

  test('whichever is further decides, cut by the further mark', () => {
    expect(early).toMatchObject({ lastSeq: 3, skipped: [[2, 2]], me: { readSeq: 0 } });
    expect(late).toMatchObject({ lastSeq: 6, skipped: [[4, 5]], me: { readSeq: 2 } });
    const both: SeqRange[] = [[4, 5]];
    for (const order of [
      [early, late],
      [late, early],
    ]) {
      const known = theOne(order.reduce(mergeConversation, start));
      expect(known).toMatchObject({ lastSeq: 6, me: { readSeq: 2 }, skipped: both });
      expect(unreadOf(known)).toBe(2);
    }
  });

  test('a mark of this device that the server does not have yet stays, and cuts what the server tells', () => {
    const ahead = markRead(mergeConversation(start, { ...late, lastSeq: 6 }), late.id, 4);
    const known = theOne(mergeConversation(ahead, late));
    expect(known).toMatchObject({ me: { readSeq: 4 }, skipped: [[5, 5]] });
    const behindGap = applyEvent(ahead, {
      type: 'stream.gapped',
      conversationId: late.id,
      conversation: late,
    });
    expect(theOne(behindGap)).toMatchObject({ me: { readSeq: 4 }, skipped: [[5, 5]] });
  });

  test('a view takes its ranges with it into a conversation that was not known', () => {
    expect(theOne(mergeConversation(start, late)).skipped).toEqual([[4, 5]]);
    const told = applyEvent(start, { type: 'stream.gapped', conversationId: late.id, conversation: late });
    expect(theOne(told).skipped).toEqual([[4, 5]]);
  });
});

describe('a conversation whose beginning is told', () => {
  const created = (model: Model) =>
    model.log.find(({ event }) => event.type === 'conversation.created')!.event;

  test('when the one who began it is unblocked: nothing of it is there yet, nor ever comes of what was', () => {
    const model = new Model().run([{ do: 'hidden direct', with: 0 }, WITHHOLD, WITHHOLD]);
    const start = begin(model);
    expect(start.conversations).toEqual({});
    model.run([REVEAL]);
    const revealed = applyEvent(start, created(model));
    expect(theOne(revealed)).toMatchObject({ lastSeq: 0, skipped: [], lastMessage: null });
    expect(unreadOf(theOne(revealed))).toBe(0);
    const { event } = model.run([SAY]).log.at(-1)!;
    const spoken = theOne(applyEvent(revealed, event));
    expect(spoken).toMatchObject({ lastSeq: 3, skipped: [[1, 2]] });
    expect(unreadOf(spoken)).toBe(1);
  });

  test('once more, to the one who began it: it changes nothing', () => {
    const state = streamed(SAY, WITHHOLD, SAY, readAllBut(2));
    const model = new Model().run([{ do: 'direct', with: 0 }]);
    const event = created(model) as Extract<ChatEvent, { type: 'conversation.created' }>;
    expect(event.conversation.id).toBe(theOne(state).id);
    expect(applyEvent(state, event)).toBe(state);
    const older = { ...event, conversation: { ...event.conversation, title: 'an old one', memberCount: 1 } };
    expect(applyEvent(state, older)).toBe(state);
  });

  test('once more, with more than is known: only what grows is taken', () => {
    const state = streamed(SAY, SAY);
    const { conversation, members, ...event } = created(
      new Model().run([{ do: 'direct', with: 0 }]),
    ) as Extract<ChatEvent, { type: 'conversation.created' }>;
    const told = applyEvent(state, {
      ...event,
      conversation: { ...conversation, lastSeq: 3, title: 'another' },
      members: members.map((member) => ({ ...member, readSeq: 2, role: 'owner' })),
    });
    const known = theOne(state);
    expect(theOne(told)).toEqual({
      ...known,
      lastSeq: 3,
      me: { ...known.me, readSeq: 2, deliveredSeq: 2 },
      peer: { ...known.peer, readSeq: 2, deliveredSeq: 2 },
    });
  });
});

const newest = ({ lastMessage }: ConversationState): { message: Message } => ({ message: lastMessage! });
