// What a component writes. It compiles as it stands.
import { createClient } from '@parley/client';
import {
  ChatProvider,
  useChatState,
  useConversations,
  useFileLink,
  useMembers,
  useMessages,
  useReceipt,
  useSend,
  useStories,
  useUnread,
  useUpload,
} from '@parley/client/react';
import { createElement, type ReactElement } from 'react';

const chat = createClient({ url: 'https://chat.example.com', delivered: 'manual' });

export const App = (): ReactElement => createElement(ChatProvider, { client: chat }, createElement(List));

function List(): ReactElement {
  const conversations = useConversations();
  const total: number | undefined = useUnread()?.total;
  const outbox: number = useChatState((state) => state.outbox.length);
  // @ts-expect-error they may not be known yet
  conversations.length;
  const items = conversations?.map(({ id }) => createElement(Conversation, { key: id, conversationId: id }));
  return createElement('ul', null, total, outbox, items);
}

function Conversation({ conversationId }: { conversationId: string }): ReactElement {
  const { messages, sending, hasOlder, loadOlder, jumpTo, error } = useMessages(conversationId);
  const names: string[] | undefined = useMembers(conversationId)?.map(({ user }) => user.username);
  const send = useSend(conversationId);
  const { upload, state } = useUpload();
  const receipt = useReceipt({ conversationId, seq: 1 });
  const link: string | undefined = useFileLink('file', { thumbnail: true });
  const stories: number | undefined = useStories()?.others.length;
  const act = async (file: File): Promise<void> => {
    if (hasOlder) await loadOlder();
    await jumpTo(messages?.[0]?.replyTo ?? 1);
    const { id } = await upload(file, { name: file.name, purpose: 'message' }).done;
    await send({ text: 'here', attachments: [id] }).result;
  };
  // @ts-expect-error a text is a string
  const wrong = () => send({ text: 1 });
  const texts = [...(messages ?? []), ...sending].map(({ text }) => text);
  const told = [texts, names, error?.message, state?.sent, receipt, link, stories, typeof act, typeof wrong];
  return createElement('li', null, JSON.stringify(told));
}
