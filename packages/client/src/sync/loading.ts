import type { Store } from '../store.ts';
import { applyEvent, type ReceivedEvent } from './apply-event.ts';
import { type Cursor, parseCursor } from './cursor.ts';
import type { ChatState } from './state.ts';

export interface LoadingParts {
  store: Store<ChatState>;
  /** How far the state has the log; null while it is not known. */
  cursor(): Cursor | null;
  /** Resolves when there is a state to load into, or nobody is signed in to have one. */
  ready(): Promise<void>;
}

/** Takes pages into a state that the stream goes on changing meanwhile. */
export interface Loading {
  /** Loads a page into the state; it converges with whatever the stream brings meanwhile. */
  load<Page extends { cursor: string }>(
    read: () => Promise<Page>,
    merge: (state: ChatState, page: Page) => ChatState,
  ): Promise<Page>;
  /** The stream has brought an event. */
  applied(position: number, event: ReceivedEvent): void;
  /** The state is another one, or lacks what was left out: a page that was asked for before is asked for again. */
  startOver(): void;
}

export function createLoading({ store, cursor, ready }: LoadingParts): Loading {
  let generation = 0;
  let underWay = 0;
  /** What was applied since the first of the loads under way began. */
  const events: { position: number; event: ReceivedEvent }[] = [];

  /** Applies again what a page may not show yet. */
  const replay = (state: ChatState, at: Cursor): ChatState =>
    events
      .filter(({ position }) => position > at.position)
      .reduce((next, { event }) => applyEvent(next, event), state);

  return {
    async load(read, merge) {
      for (;;) {
        await ready();
        const asked = generation;
        underWay += 1;
        try {
          const page = await read();
          const at = parseCursor(page.cursor);
          if (asked !== generation) continue;
          if (at && at.epoch === cursor()?.epoch) store.set(replay(merge(store.get(), page), at));
          return page;
        } finally {
          underWay -= 1;
          if (underWay === 0) events.length = 0;
        }
      }
    },
    applied(position, event) {
      if (underWay > 0) events.push({ position, event });
    },
    startOver() {
      generation += 1;
      events.length = 0;
    },
  };
}
