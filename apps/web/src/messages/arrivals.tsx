import type { Message } from '@parley/client';
import { useChat, useMe } from '@parley/client/react';
import { useEffect, useState } from 'react';
import { summaryOf } from '../conversations/conversation-row.tsx';
import { nameOf, usePerson } from '../people/names.ts';

/** Reads out what others say while one is here. The list itself keeps quiet: it also shows what is old. */
export function Arrivals({ conversationId }: { conversationId: string }) {
  const chat = useChat();
  const me = useMe();
  const [newest, setNewest] = useState<Message>();
  const sender = usePerson(newest?.senderId);
  useEffect(
    () =>
      chat.on('message.created', ({ message }) => {
        if (message.conversationId === conversationId && message.senderId !== me?.id) setNewest(message);
      }),
    [chat, conversationId, me?.id],
  );
  return (
    <p className="unseen" aria-live="polite">
      {newest && sender && `${nameOf(sender)}: ${summaryOf(newest)}`}
    </p>
  );
}
