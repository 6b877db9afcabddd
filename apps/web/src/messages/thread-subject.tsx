import type { ChatState, ConversationView, Message } from '@parley/client';
import { useChat, useChatState } from '@parley/client/react';
import { useCallback, useEffect, useState } from 'react';
import { summaryOf } from '../conversations/conversation-row.tsx';
import { nameOf, usePerson } from '../people/names.ts';
import { linkTo } from '../router.ts';
import { findMessage } from './lines.ts';

type Parent = NonNullable<ConversationView['parent']>;

/** The message that a thread is about, and the way to it. */
export function ThreadSubject({ parent }: { parent: Parent }) {
  const message = useMessage(parent);
  const sender = usePerson(message?.senderId);
  if (!message) return null;
  return (
    <a className="subject" href={linkTo('c', parent.conversationId, parent.seq)}>
      {sender && <strong>{nameOf(sender)}</strong>} <span>{summaryOf(message)}</span>
    </a>
  );
}

/** One message of the history: as it is known, else as the server tells it now. */
function useMessage({ conversationId, seq }: Parent): Message | undefined {
  const chat = useChat();
  const find = ({ conversations }: ChatState) =>
    findMessage(conversations?.[conversationId]?.timeline.messages ?? [], seq);
  const known = useChatState(useCallback(find, [conversationId, seq]));
  const [asked, setAsked] = useState<Message>();
  const isMissing = known === undefined && !(asked?.conversationId === conversationId && asked.seq === seq);
  useEffect(() => {
    if (!isMissing) return;
    let wanted = true;
    chat.api.messages.list.query({ conversationId, around: seq, limit: 1 }).then(
      ({ messages }) => wanted && setAsked(findMessage(messages, seq)),
      () => {},
    );
    return () => {
      wanted = false;
    };
  }, [chat, isMissing, conversationId, seq]);
  return known ?? (isMissing ? undefined : asked);
}
