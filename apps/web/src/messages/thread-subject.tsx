import type { ChatState, ConversationView, Message } from '@parley/client';
import { useChat, useChatState } from '@parley/client/react';
import { useCallback } from 'react';
import { useAsked } from '../chat/use-asked.ts';
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
  const asked = useAsked(known ? undefined : `${conversationId} ${seq}`, async () => {
    const { messages } = await chat.api.messages.list.query({ conversationId, around: seq, limit: 1 });
    return findMessage(messages, seq);
  });
  return known ?? asked;
}
