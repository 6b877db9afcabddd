import { platform } from '../platform.ts';
import type { Store } from '../store.ts';
import { timed } from '../timed.ts';
import { ANSWER_WITHIN_MS, isRefusal, retryAfter } from './retry.ts';
import type { ChatState } from './state.ts';

/** Marks of one kind, each one's own: how far they have read, or how far messages have come. */
export interface Marks {
  /** Moves the mark at once in the state; resolves when the server has it, rejects when it refuses. */
  mark(conversationId: string, seq: number): Promise<void>;
  /** The connection is back: what waited for a retry goes out now. */
  resume(): void;
  /** The marks that the server does not have yet, put into a state that came from it. */
  over(state: ChatState): ChatState;
  /** Those that the server does not have yet, by conversation. */
  wanted(): Record<string, number>;
  /** Gives up everything that waits. */
  clear(reason: Error): void;
}

/** The way of one conversation's mark to the server: one call at a time, and only the furthest mark counts. */
interface Way {
  wanted: number;
  busy: boolean;
  unanswered: number;
  timer: unknown;
  waiting: Waiting[];
}

interface Waiting {
  seq: number;
  resolve: () => void;
  reject: (error: Error) => void;
}

export function createMarks(
  store: Store<ChatState>,
  move: (state: ChatState, conversationId: string, seq: number) => ChatState,
  deliver: (conversationId: string, seq: number, signal: object) => Promise<unknown>,
  canSend: () => boolean,
  changed: () => void = () => {},
): Marks {
  const ways = new Map<string, Way>();

  async function go(conversationId: string, way: Way): Promise<void> {
    if (way.busy || !canSend() || ways.get(conversationId) !== way) return;
    platform.clearTimeout(way.timer);
    way.timer = null;
    way.busy = true;
    const seq = way.wanted;
    try {
      await timed(ANSWER_WITHIN_MS, (signal) => deliver(conversationId, seq, signal));
      answer(conversationId, way, seq, ({ resolve }) => resolve());
    } catch (error) {
      if (isRefusal(error, way.unanswered)) answer(conversationId, way, seq, ({ reject }) => reject(error));
      else
        way.timer = platform.setTimeout(
          () => void go(conversationId, way),
          retryAfter(error, way.unanswered++),
        );
    }
    way.busy = false;
    if (way.timer === null) await go(conversationId, way);
  }

  /** Those who waited for a mark up to `seq` have their answer. */
  function answer(conversationId: string, way: Way, seq: number, tell: (waiting: Waiting) => void): void {
    way.unanswered = 0;
    const answered = way.waiting.filter((waiting) => waiting.seq <= seq);
    way.waiting = way.waiting.filter((waiting) => waiting.seq > seq);
    if (way.wanted <= seq) {
      ways.delete(conversationId);
      changed();
    }
    answered.forEach(tell);
  }

  return {
    mark(conversationId, seq) {
      store.set(move(store.get(), conversationId, seq));
      const way = ways.get(conversationId) ?? {
        wanted: 0,
        busy: false,
        unanswered: 0,
        timer: null,
        waiting: [],
      };
      ways.set(conversationId, way);
      way.wanted = Math.max(way.wanted, seq);
      const told = new Promise<void>((resolve, reject) => {
        way.waiting.push({ seq, resolve, reject });
      });
      told.catch(() => {});
      changed();
      void go(conversationId, way);
      return told;
    },
    resume() {
      for (const [conversationId, way] of ways) void go(conversationId, way);
    },
    over: (state) => [...ways].reduce((next, [id, { wanted }]) => move(next, id, wanted), state),
    wanted: () => Object.fromEntries([...ways].map(([id, { wanted }]) => [id, wanted])),
    clear(reason) {
      const given = [...ways.values()];
      ways.clear();
      for (const way of given) {
        platform.clearTimeout(way.timer);
        for (const { reject } of way.waiting) reject(reason);
      }
    },
  };
}
