import type { Message } from '@parley/client';
import { useConversation, useMessages } from '@parley/client/react';
import { useState } from 'react';
import { describeError } from '../look/describe-error.ts';
import { Arrivals } from './arrivals.tsx';
import { ChatHeader } from './chat-header.tsx';
import { Composer } from './composer.tsx';
import { MessageList } from './message-list.tsx';
import { ThreadSubject } from './thread-subject.tsx';
import './messages.css';

/** What the composer is about, besides a new message. */
export type Subject = { kind: 'reply' | 'edit'; message: Message };

/** One conversation: its messages, and where to write the next. `seq`: the message to begin with. */
export function Chat({ conversationId, seq }: { conversationId: string; seq: string | undefined }) {
  const conversation = useConversation(conversationId);
  const [subject, setSubject] = useState<Subject>();
  if (!conversation) return <NotThere conversationId={conversationId} />;
  return (
    <>
      <ChatHeader conversation={conversation} />
      {conversation.parent && <ThreadSubject parent={conversation.parent} />}
      <MessageList
        conversation={conversation}
        startAt={seq === undefined ? undefined : Number(seq)}
        onSubject={setSubject}
      />
      <Arrivals conversationId={conversationId} />
      <Composer conversation={conversation} subject={subject} onDone={() => setSubject(undefined)} />
    </>
  );
}

/** It is on its way, or gone. */
function NotThere({ conversationId }: { conversationId: string }) {
  const { error } = useMessages(conversationId);
  return <p className="empty quiet">{error ? describeError(error) : 'Loading …'}</p>;
}
