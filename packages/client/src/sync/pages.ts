import type { Store } from '../store.ts';
import { createOnce } from './once.ts';
import {
  type ChatState,
  hasMoreAfter,
  hasMoreBefore,
  jumpToPage,
  type MessagePage,
  mergePage,
} from './state.ts';

/** Which page of a conversation is asked for: at most one of the three seqs. */
type Range = { before: number } | { after: number } | { around: number } | object;

/** What loading pages of messages needs. */
export interface PagesParts {
  store: Store<ChatState>;
  read(range: Range & { conversationId: string; limit: number | undefined }): Promise<MessagePage>;
  /** Loads a page into the state, so that it converges with what the stream brings meanwhile. */
  load(
    read: () => Promise<MessagePage>,
    merge: (state: ChatState, page: MessagePage) => ChatState,
  ): Promise<MessagePage>;
  /** Loads a conversation that is not in the state, once there is one. */
  loadConversation(conversationId: string): Promise<void>;
  /** Messages that came with a page. */
  arrived(messages: MessagePage['messages']): void;
}

/** Where to load a page. */
export interface PageInput {
  conversationId: string;
  /** Messages a page: 1 to 100; 50 if not given. */
  limit?: number;
}

/** A conversation's timeline, page by page. Errors of each: `NOT_FOUND`. */
export interface Pages {
  /** Loads the page before what is known, if there is one: see `hasMoreBefore`. */
  loadOlder(input: PageInput): Promise<void>;
  /** Loads the page behind what is known, if the timeline stands away from the end: see `hasMoreAfter`. */
  loadNewer(input: PageInput): Promise<void>;
  /**
   * Loads what is around a message, unless it is known. If that does not touch what is known, the timeline stands there from
   * then on, away from the end.
   */
  jumpTo(input: PageInput & { seq: number }): Promise<void>;
  /** Brings the timeline back to the end, where it follows the stream. */
  toLatest(input: PageInput): Promise<void>;
}

export function createPages({ store, read, load, loadConversation, arrived }: PagesParts): Pages {
  /** One page a conversation and direction at a time: who scrolls asks for the next one again and again. */
  const once = createOnce();
  /** The last jump in each conversation: an answer that comes after a later jump's is not taken. */
  const jumps = new Map<string, object>();

  const timelineOf = (conversationId: string) => store.get().conversations?.[conversationId]?.timeline;

  async function known(conversationId: string) {
    await loadConversation(conversationId);
    return store.get().conversations?.[conversationId];
  }

  async function extend(
    { conversationId, limit }: PageInput,
    hasMore: typeof hasMoreBefore,
    range: (timeline: { from: number; to: number } | undefined) => Range,
  ): Promise<void> {
    const conversation = await known(conversationId);
    if (!conversation || !hasMore(conversation)) return;
    // The range as it is then: the page may be asked for once more, after a fresh snapshot.
    const { messages } = await load(
      () => read({ conversationId, limit, ...range(timelineOf(conversationId)) }),
      (state, page) => mergePage(state, conversationId, page),
    );
    arrived(messages);
  }

  async function jump({ conversationId, limit }: PageInput, range: Range): Promise<void> {
    const mine = {};
    jumps.set(conversationId, mine);
    try {
      const { messages } = await load(
        () => read({ conversationId, limit, ...range }),
        (state, page) =>
          jumps.get(conversationId) === mine ? jumpToPage(state, conversationId, page) : state,
      );
      arrived(messages);
    } finally {
      if (jumps.get(conversationId) === mine) jumps.delete(conversationId);
    }
  }

  return {
    loadOlder: (input) =>
      once(`${input.conversationId} older`, () =>
        extend(input, hasMoreBefore, (timeline) => (timeline ? { before: timeline.from } : {})),
      ),
    loadNewer: (input) =>
      once(`${input.conversationId} newer`, () =>
        extend(input, hasMoreAfter, (timeline) => (timeline ? { after: timeline.to } : {})),
      ),
    async jumpTo({ seq, ...input }) {
      const conversation = await known(input.conversationId);
      if (!conversation) return;
      const { from, to } = conversation.timeline;
      if (seq < from || seq > to) return jump(input, { around: seq });
      // What is on its way to somewhere else is not wanted any more.
      jumps.delete(input.conversationId);
    },
    async toLatest(input) {
      const conversation = await known(input.conversationId);
      if (!conversation) return;
      if (hasMoreAfter(conversation)) return jump(input, {});
      jumps.delete(input.conversationId);
    },
  };
}
