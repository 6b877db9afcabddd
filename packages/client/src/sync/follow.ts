import type { Message, StreamItem } from '@parley/contract';
import type { Store } from '../store.ts';
import { timed } from '../timed.ts';
import { applyEvent, type ReceivedEvent, recognise } from './apply-event.ts';
import { createBackoff } from './backoff.ts';
import type { ConnectionNews } from './connection.ts';
import { advance, type Cursor, formatCursor, parseCursor } from './cursor.ts';
import { createLoading, type Loading } from './loading.ts';
import { type ConversationPage, conversationToLoad, createMissing } from './missing.ts';
import { createNap, type Nap } from './nap.ts';
import { ANSWER_WITHIN_MS } from './retry.ts';
import { type Bootstrap, type ChatState, takeBootstrap } from './state.ts';

/** What following the log needs of the server. */
export interface Source {
  bootstrap(signal: object): Promise<Bootstrap>;
  conversation(conversationId: string, signal: object): Promise<ConversationPage>;
  /** Subscribes to what comes after a cursor. */
  stream(after: string, listener: StreamListener): { unsubscribe(): void };
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
  load: Loading['load'];
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
  const waiting = new Set<() => void>();
  const loading = createLoading({ store, cursor: () => cursor, ready });
  const missing = createMissing({ store, load: loading.load, read: source.conversation });

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
    loading.startOver();
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
      loading.startOver();
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
    loading.applied(position, event);
    const before = store.get();
    const after = applyEvent(before, event);
    store.set(after);
    if (event.type === 'message.created') arrived([event.message]);
    const unknown = conversationToLoad(before, after, event);
    if (unknown && run) missing.fetch(run, unknown);
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
      loading.startOver();
      missing.forget();
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
    load: loading.load,
    ready,
  };
}
