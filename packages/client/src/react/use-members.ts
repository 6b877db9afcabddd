import { type ChatState, type Member, type Message, type Receipt, receiptOf } from '@parley/client';
import { useCallback, useMemo } from 'react';
import { useChat } from './context.ts';
import { useChatState } from './use-chat-state.ts';
import { useSilentLoad } from './use-load.ts';

/** Everybody in a conversation; undefined until they are loaded, which this does. */
export function useMembers(conversationId: string): readonly Member[] | undefined {
  useLoadedMembers(conversationId, true);
  const members = useChatState(
    useCallback(({ conversations }) => conversations?.[conversationId]?.members, [conversationId]),
  );
  return useMemo(() => members && Object.values(members), [members]);
}

/**
 * How far a message of one's own has come: in a direct conversation with the other one; in any other the least of all who were
 * in it then, so that `read` means by everybody. Undefined until that is known.
 */
export function useReceipt({
  conversationId,
  seq,
}: Pick<Message, 'conversationId' | 'seq'>): Receipt | undefined {
  const isGroup = useChatState(
    useCallback(
      ({ conversations }) => {
        const known = conversations?.[conversationId];
        return known !== undefined && known.kind !== 'direct';
      },
      [conversationId],
    ),
  );
  useLoadedMembers(conversationId, isGroup);
  const select = useCallback(
    (state: ChatState): Receipt | undefined => {
      const known = state.conversations?.[conversationId];
      if (known?.kind === 'direct') return known.peer ? receiptOf(known.peer, { seq }) : undefined;
      return known?.members && leastOf(Object.values(known.members), state.me?.id, seq);
    },
    [conversationId, seq],
  );
  return useChatState(select);
}

function leastOf(members: Member[], me: string | undefined, seq: number): Receipt | undefined {
  const others = members.filter(({ user, joinedSeq }) => user.id !== me && joinedSeq < seq);
  if (others.length === 0) return undefined;
  return receiptOf(
    {
      readSeq: Math.min(...others.map(({ readSeq }) => readSeq)),
      deliveredSeq: Math.min(...others.map(({ deliveredSeq }) => deliveredSeq)),
    },
    { seq },
  );
}

function useLoadedMembers(conversationId: string, isWanted: boolean): void {
  const chat = useChat();
  // A snapshot takes them away: what was told of them meanwhile is not known.
  const isMissing = useChatState(
    useCallback(
      ({ conversations }) => {
        const known = conversations?.[conversationId];
        return known !== undefined && !known.members;
      },
      [conversationId],
    ),
  );
  useSilentLoad(isWanted && isMissing ? conversationId : null, () =>
    chat.conversations.loadMembers({ conversationId }),
  );
}
