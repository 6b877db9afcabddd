import type { ConversationView, Message, StreamItem } from '@parley/contract';
import type { Store } from '../store.ts';
import { timed } from '../timed.ts';
import { applyEvent, type ReceivedEvent, recognise } from './apply-event.ts';
import { createBackoff } from './backoff.ts';
import type { ConnectionNews } from './connection.ts';
import { advance, type Cursor, formatCursor, parseCursor } from './cursor.ts';
import { createNap, type Nap } from './nap.ts';
import { ANSWER_WITHIN_MS, isRefusal, retryAfter } from './retry.ts';
import { type Bootstrap, type ChatState, mergeConversation, takeBootstrap } from './state.ts';

/** What following the log needs of the server. */
export interface Source {
  bootstrap(signal: object): Promise<Bootstrap>;
  conversation(conversationId: string, signal: object): Promise<ConversationPage>;
  /** Subscribes to what comes after a cursor. */
  stream(after: string, listener: StreamListener): { unsubscribe(): void };
}

/** What `conversations.get` answers. */
export interface ConversationPage {
  conversation: ConversationView;
  isListed: boolean;
  cursor: string;
}

export interface StreamListener {
  started(): void;
  item(cursor: string, item: StreamItem): void;
  /** Nothing more comes: the subscription failed, or its connection was lost. */
  ended(): void;
}

export interface FollowerParts {
  source: Source;
  store: Store<ChatState>;
  tell(news: ConnectionNews): void;
  emit(event: ReceivedEvent): void;
  /** Messages that came by the stream or a snapshot. */
  arrived(messages: Message[]): void;
  /** What the server does not know yet, put over a snapshot of it. */
  over(state: ChatState): ChatState;
}

/** Keeps the state as the server's log has it. */
export interface Follower {
  start(): void;
  stop(): void;
  /** Whatever waits before it tries again, tries again now. */
  wake(): void;
  /** Takes the stream up anew from where it is, at once: its connection is another one. */
  again(): void;
  /** Its connection is lost. */
  drop(): void;
  /** Loads a page into the state; it converges with whatever the stream brings meanwhile. */
  load<Page extends { cursor: string }>(
    read: () => Promise<Page>,
    merge: (state: ChatState, page: Page) => ChatState,
  ): Promise<Page>;
  /** Resolves when a snapshot has been taken, or nobody is signed in to take one. */
  ready(): Promise<void>;
}

/** From a start to a stop. */
interface Run {
  stopped: boolean;
  /** The stream is to be taken up anew without a wait. */
  again: boolean;
  nap: Nap;
  /** Ends the subscription that there is. */
  end: () => void;
}

/**
 * First a snapshot, then the stream from its cursor, for as long as it runs. When the stream ends it is taken up
 * where it ended; when the server cannot honour the cursor, with a fresh snapshot, one at a time and with a
 * wait before each. What was passed once is not applied again, and the cursor never goes back.
 */
export function createFollower({ source, store, tell, emit, arrived, over }: FollowerParts): Follower {
  let run: Run | null = null;
  let cursor: Cursor | null = null;
  /** Counts the snapshots: a page that was asked for before the last one is asked for again. */
  let generation = 0;
  let loading = 0;
  /** What was applied since the first of the loads under way began. */
  const applied: { position: number; event: ReceivedEvent }[] = [];
  const waiting = new Set<() => void>();
  /** Of each conversation that is loaded, how often the stream has spoken of it meanwhile. */
  const wanted = new Map<string, number>();

  async function follow(current: Run): Promise<void> {
    const backoff = createBackoff();
    while (!current.stopped) {
      try {
        if (!cursor) await takeSnapshot(current);
        if (cursor && !current.stopped) await listen(current, cursor, backoff.succeeded);
      } catch {
        // What went wrong is of no use to anybody but as a status: it is tried again.
      }
      if (current.stopped) return;
      if (!current.again) {
        tell('lost');
        await current.nap.sleep(backoff.next());
      }
      current.again = false;
    }
  }

  async function takeSnapshot(current: Run): Promise<void> {
    const snapshot = await timed(ANSWER_WITHIN_MS, (signal) => source.bootstrap(signal));
    const at = parseCursor(snapshot.cursor);
    if (current.stopped || !at) return;
    generation += 1;
    applied.length = 0;
    cursor = at;
    store.set(over(takeBootstrap(store.get(), snapshot)));
    const { conversations, threads } = snapshot;
    arrived([...conversations, ...threads].flatMap(({ lastMessage }) => lastMessage ?? []));
    release();
  }

  /** Resolves when the subscription has ended, for whatever reason. */
  async function listen(current: Run, from: Cursor, onCaughtUp: () => void): Promise<void> {
    const ended = new Promise<void>((resolve) => {
      current.end = resolve;
    });
    const { end } = current;
    current.again = false;
    const subscription = source.stream(formatCursor(from), {
      started: () => tell('started'),
      ended: end,
      item(id, item) {
        const event = recognise(item);
        if (current.stopped || !cursor) return;
        if (event.type === 'stream.caught-up') onCaughtUp();
        take(cursor, parseCursor(id), event);
        if (!cursor) end();
      },
    });
    await ended;
    subscription.unsubscribe();
  }

  /** One item of the stream. Without a cursor afterwards, a fresh snapshot is needed. */
  function take(here: Cursor, at: Cursor | null, event: ReceivedEvent): void {
    if (event.type === 'stream.reset' || at?.epoch !== here.epoch) {
      cursor = null;
      if (event.type !== 'stream.reset') return;
    } else if (event.type === 'stream.caught-up') {
      cursor = advance(here, at);
      tell('caught-up');
    } else if (event.type === 'stream.gapped') {
      // A page that was asked for before may lack what was left out.
      generation += 1;
      applied.length = 0;
      store.set(over(applyEvent(store.get(), event)));
    } else if (event.type === 'presence.changed' || event.type === 'typing') {
      // No fact of the log: it comes with the cursor as it stands, and moves nothing.
      store.set(applyEvent(store.get(), event));
    } else if (at.position > here.position) {
      cursor = at;
      apply(at.position, event);
    } else {
      return;
    }
    emit(event);
  }

  function apply(position: number, event: ReceivedEvent): void {
    if (loading > 0) applied.push({ position, event });
    const before = store.get();
    const after = applyEvent(before, event);
    store.set(after);
    if (event.type === 'message.created') arrived([event.message]);
    const unknown = conversationToLoad(before, after, event);
    if (unknown && run) want(run, unknown);
  }

  async function load<Page extends { cursor: string }>(
    read: () => Promise<Page>,
    merge: (state: ChatState, page: Page) => ChatState,
  ): Promise<Page> {
    for (;;) {
      await ready();
      const asked = generation;
      loading += 1;
      try {
        const page = await read();
        const at = parseCursor(page.cursor);
        if (asked !== generation) continue;
        if (at && at.epoch === cursor?.epoch) store.set(replay(merge(store.get(), page), at));
        return page;
      } finally {
        loading -= 1;
        if (loading === 0) applied.length = 0;
      }
    }
  }

  /** Applies again what a page may not show yet. */
  const replay = (state: ChatState, at: Cursor): ChatState =>
    applied
      .filter(({ position }) => position > at.position)
      .reduce((next, { event }) => applyEvent(next, event), state);

  function want(current: Run, id: string): void {
    const times = (wanted.get(id) ?? 0) + 1;
    wanted.set(id, times);
    if (times === 1) void fetchConversation(current, id);
  }

  /**
   * Loads a conversation that the stream spoke of, until it is there, or the server refuses, or it was cleared again
   * and nothing has been said in it since.
   */
  async function fetchConversation(current: Run, id: string): Promise<void> {
    const read = () => timed(ANSWER_WITHIN_MS, (signal) => source.conversation(id, signal));
    for (let failures = 0; !current.stopped; failures += 1) {
      try {
        const asked = wanted.get(id);
        await load(read, takeLoaded);
        if (store.get().conversations?.[id] || wanted.get(id) === asked) break;
      } catch (error) {
        if (isRefusal(error, failures)) break;
        await current.nap.sleep(retryAfter(error, failures));
      }
    }
    wanted.delete(id);
  }

  function ready(): Promise<void> {
    if (cursor || !run) return Promise.resolve();
    return new Promise((resolve) => waiting.add(resolve));
  }

  function release(): void {
    for (const resolve of waiting) resolve();
    waiting.clear();
  }

  return {
    start() {
      run = { stopped: false, again: false, nap: createNap(), end() {} };
      void follow(run);
    },
    stop() {
      if (!run) return;
      run.stopped = true;
      run.end();
      run.nap.wake();
      run = null;
      cursor = null;
      generation += 1;
      wanted.clear();
      release();
    },
    wake: () => run?.nap.wake(),
    again() {
      if (!run) return;
      run.again = true;
      run.end();
      run.nap.wake();
    },
    drop: () => run?.end(),
    load,
    ready,
  };
}

/** One that was cleared again meanwhile is not shown. */
const takeLoaded = (state: ChatState, { conversation, isListed }: ConversationPage): ChatState =>
  isListed || state.conversations?.[conversation.id] ? mergeConversation(state, conversation) : state;

/** The id of a conversation that has to be loaded, since an event alone does not tell enough of it. */
function conversationToLoad(before: ChatState, after: ChatState, event: ReceivedEvent): string | null {
  if (event.type === 'message.created') {
    const { conversationId } = event.message;
    return after.conversations?.[conversationId] ? null : conversationId;
  }
  if (event.type !== 'member.added') return null;
  const { id } = event.conversation;
  const entered = before.conversations?.[id] ? undefined : after.conversations?.[id];
  return entered && entered.lastSeq > (entered.lastMessage?.seq ?? entered.me.joinedSeq) ? id : null;
}
