// One conversation: its messages in both directions, what is being sent, who writes, a file.
import { createClient, type Message, type OutgoingMessage, webStorage } from '@parley/client';
import {
  ChatProvider,
  useChat,
  useConversation,
  useFileLink,
  useIsTakingLong,
  useMessages,
  useReceipt,
  useSend,
  useTyping,
  useUpload,
} from '@parley/client/react';
import { useEffect } from 'react';

const chat = createClient({ url: 'https://chat.example.com', storage: webStorage(localStorage) });

export const App = ({ conversationId }: { conversationId: string }) => (
  <ChatProvider client={chat}>
    <Conversation conversationId={conversationId} />
  </ChatProvider>
);

function Conversation({ conversationId }: { conversationId: string }) {
  const conversation = useConversation(conversationId);
  const { messages, sending, hasOlder, hasNewer, loadOlder, loadNewer, toLatest, error } =
    useMessages(conversationId);
  const isTakingLong = useIsTakingLong();
  const typing = useTyping(conversationId);
  const { markRead } = useChat().messages;
  const newest = hasNewer ? undefined : messages?.at(-1)?.seq;
  useEffect(() => {
    if (newest !== undefined) markRead({ conversationId, seq: newest }).catch(() => {});
  }, [markRead, conversationId, newest]);
  if (error) return <p role="alert">{error.message}</p>;
  // Unknown is not empty.
  if (!conversation || !messages) return <p>…</p>;
  return (
    <main>
      <h1>{conversation.title ?? conversation.peer?.user.username}</h1>
      {isTakingLong && <p role="status">No connection. What you write is kept.</p>}
      {hasOlder && (
        <button type="button" onClick={loadOlder}>
          Older
        </button>
      )}
      {messages.map((message) => (
        <Bubble key={message.id} message={message} />
      ))}
      {hasNewer && (
        <button type="button" onClick={loadNewer}>
          Newer
        </button>
      )}
      {hasNewer && (
        <button type="button" onClick={toLatest}>
          To the latest
        </button>
      )}
      {sending.map((item) => (
        <Waiting key={item.clientMessageId} item={item} />
      ))}
      {typing.length > 0 && <p>…</p>}
      <Composer conversationId={conversationId} />
    </main>
  );
}

function Bubble({ message }: { message: Message }) {
  const receipt = useReceipt(message);
  return (
    <p>
      {message.text}{' '}
      {message.attachments?.map((file) => (
        <Picture key={file.id} fileId={file.id} />
      ))}{' '}
      <small>{receipt}</small>
    </p>
  );
}

function Picture({ fileId }: { fileId: string }) {
  const src = useFileLink(fileId, { thumbnail: true });
  return src ? <img src={src} alt="" /> : null;
}

function Waiting({ item }: { item: OutgoingMessage }) {
  const { messages } = useChat();
  const act = messages.sending(item.clientMessageId);
  return (
    <p>
      {item.text} <small>{item.status}</small>
      {item.status === 'failed' && (
        <button type="button" onClick={() => act?.retry()}>
          Again
        </button>
      )}
      {item.status === 'failed' && (
        <button type="button" onClick={() => act?.cancel()}>
          Leave it
        </button>
      )}
    </p>
  );
}

function Composer({ conversationId }: { conversationId: string }) {
  const chat = useChat();
  const send = useSend(conversationId);
  const { upload, state } = useUpload();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const text = String(new FormData(event.currentTarget).get('text'));
        send({ text });
        event.currentTarget.reset();
      }}
    >
      <input name="text" onKeyDown={() => chat.typing(conversationId)} />
      <input
        type="file"
        onChange={async ({ target }) => {
          const file = target.files?.[0];
          if (!file) return;
          const { id } = await upload(file, { name: file.name, purpose: 'message' }).done;
          send({ attachments: [id] });
        }}
      />
      {state?.status === 'sending' && <progress value={state.sent} max={state.size} />}
    </form>
  );
}
