import type { MessageContent, Sending } from '@parley/client';
import { useCallback } from 'react';
import { useChat } from './context.ts';

/** Sends into a conversation: what was sent shows at once, in `sending` of `useMessages`. */
export function useSend(conversationId: string): (content: MessageContent) => Sending {
  const { messages } = useChat();
  return useCallback(
    (content: MessageContent) => messages.send({ ...content, conversationId }),
    [messages, conversationId],
  );
}
