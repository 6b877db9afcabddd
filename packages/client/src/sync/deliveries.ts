import { platform } from '../platform.ts';
import type { Store } from '../store.ts';
import type { ChatState } from './state.ts';

/** Marks go out in rounds, at least this far apart … */
const ROUND_MS = 1_000;
/** … each for so many conversations: somebody who was away for long has something new in all of them. */
const A_ROUND = 5;

/**
 * Marks as delivered whatever of others has come, by the stream, with a snapshot or with a page: of each conversation
 * at most once a second, and the furthest. Returns what ends it.
 */
export function markArrivals(
  store: Store<ChatState>,
  mark: (conversationId: string, seq: number) => unknown,
): () => void {
  const due = new Set<string>();
  let seen: ChatState['conversations'];
  let timer: unknown = null;

  function look({ conversations }: ChatState): void {
    if (conversations === seen) return;
    const before = seen;
    seen = conversations;
    for (const [id, known] of Object.entries(conversations ?? {}))
      if (known !== before?.[id] && arrivedIn(store.get(), id) !== null) due.add(id);
    if (due.size > 0) timer ??= platform.setTimeout(round, 0);
  }

  function round(): void {
    timer = null;
    const now = [...due].slice(0, A_ROUND);
    // Running from here on: marking changes the state, and nothing goes out before the next round.
    if (now.length > 0) timer = platform.setTimeout(round, ROUND_MS);
    for (const id of now) {
      due.delete(id);
      const seq = arrivedIn(store.get(), id);
      if (seq !== null) mark(id, seq);
    }
  }

  look(store.get());
  const unsubscribe = store.subscribe(look);
  return () => {
    unsubscribe();
    platform.clearTimeout(timer);
  };
}

/** The newest message of others in a conversation, if it is not marked yet; null otherwise. */
function arrivedIn({ me, conversations }: ChatState, id: string): number | null {
  const known = conversations?.[id];
  const last = known?.lastMessage;
  if (!me || !last || last.senderId === me.id) return null;
  return last.seq > known.me.deliveredSeq ? last.seq : null;
}
