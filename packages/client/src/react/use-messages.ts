import {
  type ChatState,
  hasMoreAfter,
  hasMoreBefore,
  type Message,
  type OutgoingMessage,
} from '@parley/client';
import { useCallback, useMemo, useState } from 'react';
import { useChat } from './context.ts';
import { sameFields, sameItems } from './same.ts';
import { useChatState } from './use-chat-state.ts';
import { useKnown } from './use-conversations.ts';
import { type Load, useLoad } from './use-load.ts';

/** A conversation's messages as far as they are loaded, and how to load more of them. */
export interface Messages extends Load {
  /** In the order of `seq`; undefined until the conversation is known. */
  messages: readonly Message[] | undefined;
  /** Own ones that are not among them yet; none while newer ones are not loaded. `messages.sending` retries and cancels. */
  sending: readonly OutgoingMessage[];
  hasOlder: boolean;
  /** Also: new messages are counted and not shown, until `loadNewer` has come to the end, or `toLatest`. */
  hasNewer: boolean;
  /** These never reject: what goes wrong is in `error`. */
  loadOlder(): Promise<void>;
  loadNewer(): Promise<void>;
  jumpTo(seq: number): Promise<void>;
  toLatest(): Promise<void>;
}

/** A screen is filled at least so far before anybody scrolls. */
const FIRST = 20;

export function useMessages(conversationId: string): Messages {
  const chat = useChat();
  const shown = useShown(conversationId);
  const { messages = NONE, from, hasOlder, hasNewer } = shown;
  const isScarce = hasOlder && !hasNewer && messages.length < FIRST;
  const known = useKnown(conversationId);
  const first = useLoad(isScarce ? `${conversationId} ${from}` : null, () =>
    chat.messages.loadOlder({ conversationId }),
  );
  const { track, isLoading, error } = useTracked(conversationId);
  const loads = useMemo(() => {
    const { loadOlder, loadNewer, jumpTo, toLatest } = chat.messages;
    const at = () => chat.state.get().conversations?.[conversationId];
    const has = (more: typeof hasMoreAfter): boolean => {
      const conversation = at();
      return conversation !== undefined && more(conversation);
    };
    const nothing = Promise.resolve();
    return {
      loadOlder: () => (has(hasMoreBefore) ? track(() => loadOlder({ conversationId })) : nothing),
      loadNewer: () => (has(hasMoreAfter) ? track(() => loadNewer({ conversationId })) : nothing),
      jumpTo: (seq: number) => track(() => jumpTo({ conversationId, seq })),
      toLatest: () => (has(hasMoreAfter) ? track(() => toLatest({ conversationId })) : nothing),
    };
  }, [chat, conversationId, track]);
  return {
    messages: shown.messages,
    sending: shown.sending,
    hasOlder,
    hasNewer,
    ...loads,
    isLoading: isLoading || known.isLoading || first.isLoading,
    error: error ?? known.error ?? first.error,
  };
}

interface Shown {
  messages: readonly Message[] | undefined;
  sending: readonly OutgoingMessage[];
  hasOlder: boolean;
  hasNewer: boolean;
  from: number;
}

const NONE: readonly never[] = [];

function useShown(conversationId: string): Shown {
  const select = useCallback(
    ({ conversations, outbox }: ChatState): Shown => {
      const known = conversations?.[conversationId];
      if (!known) return { messages: undefined, sending: NONE, hasOlder: false, hasNewer: false, from: 0 };
      const hasNewer = hasMoreAfter(known);
      const isHere = ({ conversationId: id, toUserId }: OutgoingMessage) =>
        id === conversationId || (toUserId !== undefined && toUserId === known.peer?.user.id);
      return {
        messages: known.timeline.messages,
        sending: hasNewer ? NONE : outbox.filter(isHere),
        hasOlder: hasMoreBefore(known),
        hasNewer,
        from: known.timeline.from,
      };
    },
    [conversationId],
  );
  return useChatState(select, sameShown);
}

const sameShown = (a: Shown, b: Shown): boolean =>
  sameItems(a.sending, b.sending) && sameFields({ ...a, sending: NONE }, { ...b, sending: NONE });

/** What somebody asked for in this conversation: how much of it is under way, and what went wrong the last time. */
function useTracked(conversationId: string) {
  const idle = { conversationId, pending: 0, error: undefined as Error | undefined };
  const [kept, setKept] = useState(idle);
  const tracked = kept.conversationId === conversationId ? kept : idle;
  const track = useCallback(
    async (work: () => Promise<void>): Promise<void> => {
      const change = (by: number, error: Error | undefined): void =>
        setKept((last) => {
          const pending = last.conversationId === conversationId ? last.pending : 0;
          return { conversationId, pending: Math.max(0, pending + by), error };
        });
      change(1, undefined);
      await work().then(
        () => change(-1, undefined),
        (error: Error) => change(-1, error),
      );
    },
    [conversationId],
  );
  return { track, isLoading: tracked.pending > 0, error: tracked.error };
}
