import {
  type ChatState,
  type ConversationState,
  type ConversationView,
  conversationsOf,
  threadsOf,
  totalsOf,
  type Unread,
} from '@parley/client';
import { useCallback, useMemo } from 'react';
import { useChat } from './context.ts';
import { sameFields, sameItems } from './same.ts';
import { useChatState } from './use-chat-state.ts';
import { type Load, useLoad, useSilentLoad } from './use-load.ts';

/**
 * The conversations that are known, the most recently active first; undefined before they are. What an application has for
 * itself, such as archived ones, it leaves out.
 */
export function useConversations(): readonly ConversationView[] | undefined {
  const select = useMemo(() => {
    const viewOf = createViews();
    return (state: ChatState) => state.conversations && conversationsOf(state).map(viewOf);
  }, []);
  return useChatState(select, sameItems);
}

/** The threads that this person follows; with a conversation, those about its messages. */
export function useThreads(conversationId?: string): readonly ConversationView[] | undefined {
  const select = useMemo(() => {
    const viewOf = createViews();
    return (state: ChatState) => state.conversations && threadsOf(state, conversationId).map(viewOf);
  }, [conversationId]);
  return useChatState(select, sameItems);
}

/** One conversation, without its messages and members; undefined until it is known. It is loaded if need be. */
export function useConversation(conversationId: string): ConversationView | undefined {
  const { key, load } = useMissing(conversationId);
  useSilentLoad(key, load);
  const select = useMemo(() => {
    const viewOf = createViews();
    return ({ conversations }: ChatState) => {
      const known = conversations?.[conversationId];
      return known && viewOf(known);
    };
  }, [conversationId]);
  return useChatState(select);
}

/** Loads a conversation that the first snapshot did not bring. */
export function useKnown(conversationId: string): Load {
  const { key, load } = useMissing(conversationId);
  return useLoad(key, load);
}

function useMissing(conversationId: string): { key: string | null; load: () => Promise<void> } {
  const { conversations } = useChat();
  const isMissing = useChatState(
    useCallback(
      ({ conversations }) => conversations !== undefined && !conversations[conversationId],
      [conversationId],
    ),
  );
  return { key: isMissing ? conversationId : null, load: () => conversations.load({ conversationId }) };
}

/** What is unread in all that is known, and which of it calls this person; undefined before that is known. */
export const useUnread = (): Unread | undefined => useChatState(unreadIn, sameUnread);

const unreadIn = (state: ChatState): Unread | undefined => state.conversations && totalsOf(state);

const sameUnread = (a: Unread | undefined, b: Unread | undefined): boolean =>
  a === b ||
  (a !== undefined &&
    b !== undefined &&
    a.total === b.total &&
    a.mentions === b.mentions &&
    sameEach(a.conversations, b.conversations) &&
    sameEach(a.threads, b.threads));

const sameEach = (a: readonly object[], b: readonly object[]): boolean =>
  a.length === b.length && a.every((item, n) => sameFields(item, b[n]!));

/** Conversations without what is shown elsewhere: each stays the same object until something of it is another. */
function createViews(): (known: ConversationState) => ConversationView {
  const views = new Map<string, { known: ConversationState; view: ConversationView }>();
  return (known) => {
    const before = views.get(known.id);
    if (before?.known === known) return before.view;
    const { members: _, timeline: __, ...fresh } = known;
    const view = before && sameFields(before.view, fresh) ? before.view : fresh;
    views.set(known.id, { known, view });
    return view;
  };
}
