// What an application writes. It compiles as it stands.
import {
  applyEvent,
  asyncStorage,
  type ChatEvent,
  type ConversationState,
  createClient,
  emptyState,
  hasMoreBefore,
  indexedDbStorage,
  isParleyError,
  type Message,
  memoryStorage,
  unreadOf,
  webStorage,
} from '@parley/client';
import { wakeOnAppState, wakeOnNetInfo } from '@parley/client/react-native';

export const smallest = createClient({ url: 'https://chat.example.com' });
export const inBrowser = createClient({
  url: 'https://chat.example.com',
  storage: webStorage(localStorage),
});
export const stored = [indexedDbStorage(), indexedDbStorage('mine')];

/** What `@react-native-async-storage/async-storage`, `AppState` and `NetInfo` have. */
declare const AsyncStorage: {
  getItem(key: string, callback?: (error?: Error | null) => void): Promise<string | null>;
  setItem(key: string, value: string): Promise<void>;
  removeItem(key: string): Promise<void>;
  getAllKeys(): Promise<readonly string[]>;
};
declare const AppState: {
  addEventListener(
    type: 'change' | 'memoryWarning',
    listener: (state: 'active' | 'background') => void,
  ): { remove(): void };
};
declare const NetInfo: {
  addEventListener(
    listener: (state: { type: 'wifi'; isConnected: true } | { type: 'none'; isConnected: false }) => void,
  ): () => void;
};
export function onPhone(): () => void {
  const chat = createClient({
    url: 'https://chat.example.com',
    storage: asyncStorage(AsyncStorage),
    auth: { storage: { get: () => null, set: async () => {}, remove: async () => {} } },
  });
  const stops = [wakeOnAppState(chat, AppState), wakeOnNetInfo(chat, NetInfo)];
  const isLate: boolean = chat.connection.isTakingLong.get();
  if (isLate) chat.wake();
  for (const { clientMessageId, status } of chat.state.get().outbox)
    if (status === 'failed') chat.messages.sending(clientMessageId)?.retry();
  return () => {
    for (const stop of stops) stop();
  };
}

const chat = createClient({
  url: 'https://chat.example.com',
  transport: 'ws',
  auth: { onSessionExpired: () => {} },
  storage: memoryStorage(),
  WebSocket,
  fetch,
});

export async function main(): Promise<number> {
  const me = await chat.login({ login: 'alice', password: 'a long one indeed' });
  const conversation = await chat.api.conversations.openDirect.mutate({ userId: me.id });
  const sending = chat.messages.send({ conversationId: conversation.id, text: 'hello' });
  const stop = sending.subscribe((state) => {
    if (state.status === 'sent') console.log(state.message.seq);
    if (state.status === 'failed' && isParleyError(state.error, 'NOT_FOUND'))
      console.log(state.error.data.what);
  });
  stop();
  const message: Message = await sending.result;
  try {
    await chat.messages.markRead({ conversationId: conversation.id, seq: message.seq });
  } catch (error) {
    if (isParleyError(error)) {
      const { data } = error;
      if (data.code === 'GROUP_FULL') console.log(data.limit);
      if (data.code === 'BUSY') console.log(data.retryAfter);
    }
    if (isParleyError(error, 'INVALID_INPUT')) for (const { path } of error.data.issues) console.log(path);
  }
  await chat.messages.loadOlder({ conversationId: conversation.id, limit: 20 });
  await chat.messages.jumpTo({ conversationId: conversation.id, seq: 1 });
  const upload = chat.files.upload(new Blob(['tea']), { name: 'tea.txt', purpose: 'message' });
  upload.state.subscribe(({ status, sent, size }) => console.log(status, sent, size));
  const source: string = await chat.files.link({ fileId: (await upload.done).id, thumbnail: true });
  console.log(source);
  const page = await chat.api.messages.list.query({ conversationId: conversation.id, before: 10 });
  const texts: string[] = page.messages.map(({ text }) => text);
  const subscription = chat.api.events.stream.subscribe(undefined, {
    onData({ id, data }) {
      const cursor: string = id;
      if (data.type === 'message.created') console.log(cursor, data.message.text);
    },
  });
  subscription.unsubscribe();
  return texts.length;
}

chat.on('message.created', ({ message }) => console.log(message.text));
chat.on('member.added', ({ members }) => console.log(members.map(({ user }) => user.username)));
chat.on('friendRequest.created', ({ request }) => console.log(request.direction, request.user.username));
chat.on('block.removed', ({ userId }) => console.log(userId));
chat.on('stream.reset', ({ reason }) => console.log(reason));
chat.on('unknown', ({ type }) => console.log(type));

chat.state.subscribe(({ conversations = {}, outbox, friends, friendRequests, contacts, blocks }) => {
  if (!friends || !friendRequests || !contacts || !blocks) return;
  for (const { user, since } of Object.values(friends)) console.log(user.username, since);
  for (const { user, direction } of Object.values(friendRequests)) console.log(user.username, direction);
  for (const { user, alias } of Object.values(contacts)) if (!blocks[user.id]) console.log(alias);
  for (const conversation of Object.values(conversations)) show(conversation);
  for (const { text, status } of outbox) console.log(text, status);
});

function show(conversation: ConversationState): void {
  const title: string = conversation.title ?? conversation.peer?.user.username ?? '';
  const members = conversation.members === undefined ? 'unknown' : Object.keys(conversation.members).length;
  console.log(
    title,
    members,
    unreadOf(conversation),
    hasMoreBefore(conversation),
    conversation.timeline.messages,
  );
}

const event: ChatEvent = { type: 'session.ended', sessionId: 'x', reason: 'logout' };
export const state = applyEvent(emptyState, event);

export const statuses: Record<ReturnType<typeof chat.connection.get>, string> = {
  idle: '',
  connecting: '',
  live: '',
  'catching-up': '',
  reconnecting: '',
  offline: '',
  unauthorized: '',
};
