import type { OwnUser } from '@parley/contract';
import type { Api } from './api-type.ts';
import type { ChatClient, ClientOptions, MessageRange } from './chat-client.ts';
import { isParleyError } from './errors.ts';
import { createListeners } from './listeners.ts';
import { reachServer, type Server, sourceOf, within } from './server.ts';
import { createStore, type Store } from './store.ts';
import { readAllMembers } from './sync/all-members.ts';
import type { ReceivedEvent } from './sync/apply-event.ts';
import { createConnection } from './sync/connection.ts';
import { createFollower, type Follower } from './sync/follow.ts';
import { createMarks } from './sync/marks.ts';
import { ANSWER_WITHIN_MS } from './sync/retry.ts';
import { createSender, type Sender } from './sync/sender.ts';
import {
  type ChatState,
  dropEphemeral,
  emptyState,
  markDelivered,
  markRead,
  mergeConversation,
  mergeMembers,
  mergePage,
} from './sync/state.ts';
import { createTyping } from './sync/typing.ts';
import { timed } from './timed.ts';

/** A client. With a kept session, or with `auth.getToken`, it connects by itself; else after `login`. */
export function createClient(options: ClientOptions): ChatClient {
  const server = reachServer(options);
  const { api, strangers, session, refreshTokenIn, transport } = server;
  const store = createStore(emptyState);
  const connection = createConnection();
  const listeners = createListeners();
  let running = false;
  let closed = false;

  function canSend(): boolean {
    const status = connection.status.get();
    if (!transport.resumes) return status !== 'idle' && status !== 'unauthorized';
    return status === 'live' || status === 'catching-up';
  }

  const sender = createSender(
    store,
    ({ status: _, unanswered: __, message: ___, error: ____, ...draft }, signal) =>
      api.messages.send.mutate(draft, within(signal)),
    canSend,
  );
  const marks = {
    read: createMarks(
      store,
      markRead,
      (conversationId, seq, signal) => api.messages.markRead.mutate({ conversationId, seq }, within(signal)),
      canSend,
    ),
    delivered: createMarks(
      store,
      markDelivered,
      (conversationId, seq, signal) =>
        api.messages.markDelivered.mutate({ conversationId, seq }, within(signal)),
      canSend,
    ),
  };
  const typing = createTyping(
    store,
    (signal, conversationId) => api.typing[signal].mutate({ conversationId }),
    () => connection.status.get() === 'live',
  );
  const follower = createFollower({
    source: sourceOf(server),
    store,
    tell: connection.tell,
    emit: hear,
    arrived: sender.arrived,
    over: (state) => marks.read.over(marks.delivered.over(state)),
  });

  connection.status.subscribe((status) => {
    if (status !== 'live') forgetEphemeral();
    if (status !== 'live' && status !== 'catching-up') return;
    sender.resume();
    marks.read.resume();
    marks.delivered.resume();
  });
  session.status.subscribe((status) => {
    if (status === 'expired') stop('expired');
  });
  void session.restore().then(() => {
    if (session.status.get() === 'signed-in') start();
  });

  function hear(event: ReceivedEvent): void {
    if (event.type === 'stream.caught-up') session.accepted();
    if (event.type === 'session.ended' && event.sessionId === session.id()) session.expire();
    typing.heard(event);
    listeners.emit(event);
  }

  /** It is told afresh behind the next catching up. */
  function forgetEphemeral(): void {
    typing.clear();
    store.set(dropEphemeral(store.get()));
  }

  function start(): void {
    if (running || closed) return;
    running = true;
    connection.tell('open');
    transport.open(() => connection.tell('lost'));
    follower.start();
  }

  function stop(news: 'expired' | 'closed'): void {
    running = false;
    connection.tell(news);
    follower.stop();
    transport.close();
  }

  function giveUp(reason: string): void {
    const error = new Error(reason);
    sender.clear(error);
    marks.read.clear(error);
    marks.delivered.clear(error);
  }

  /** Somebody else's state and outbox are not shown, nor sent, to whoever comes next. */
  function forget(reason: string): void {
    giveUp(reason);
    store.set(emptyState);
  }

  async function enter(answer: Awaited<ReturnType<Api['auth']['login']['mutate']>>): Promise<OwnUser> {
    const { user, sessionId, accessToken, accessTokenExpiresAt, refreshToken } = answer;
    stop('closed');
    if (store.get().me?.id !== user.id) forget('Somebody else has signed in');
    await session.adopt({ sessionId, accessToken, accessTokenExpiresAt, refreshToken });
    store.set({ ...store.get(), me: user });
    start();
    return user;
  }

  async function logout(): Promise<void> {
    const known = session.status.get() === 'signed-in';
    stop('closed');
    try {
      if (known) await timed(ANSWER_WITHIN_MS, (signal) => api.auth.logout.mutate(undefined, within(signal)));
    } catch (error) {
      if (!isParleyError(error, 'UNAUTHENTICATED')) throw error;
    } finally {
      forget('Signed out');
      await session.forget();
    }
  }

  return {
    async register(input) {
      const answer = await strangers.auth.register.mutate({ ...input, refreshTokenIn });
      return answer.status === 'signed-in' ? enter(answer) : null;
    },
    login: async (input) => enter(await strangers.auth.login.mutate({ ...input, refreshTokenIn })),
    logout,
    api,
    on: listeners.on,
    connection: { get: connection.status.get, subscribe: connection.status.subscribe },
    state: { get: store.get, subscribe: store.subscribe },
    messages: {
      send(draft) {
        if (draft.conversationId !== undefined) typing.sent(draft.conversationId);
        return sender.send(draft);
      },
      markRead: ({ conversationId, seq }) => marks.read.mark(conversationId, seq),
      markDelivered: ({ conversationId, seq }) => marks.delivered.mark(conversationId, seq),
      ...messageLoads(server, store, follower, sender),
    },
    conversations: conversationLoads(server, follower),
    typing: typing.pressed,
    setPresence: async (status) => void (await api.presence.set.mutate({ status })),
    async close() {
      closed = true;
      stop('closed');
      giveUp('The client was closed');
    },
  };
}

function conversationLoads({ api }: Server, { load }: Follower): ChatClient['conversations'] {
  return {
    async load({ conversationId }) {
      await load(
        () => api.conversations.get.query({ conversationId }),
        (state, { conversation }) => mergeConversation(state, conversation),
      );
    },
    async loadMembers({ conversationId }) {
      const { members } = await load(
        () => readAllMembers((after) => api.conversations.members.query({ conversationId, after })),
        (state, all) => mergeMembers(state, conversationId, all.members),
      );
      return members;
    },
  };
}

function messageLoads(
  server: Server,
  store: Store<ChatState>,
  follower: Follower,
  sender: Sender,
): Pick<ChatClient['messages'], 'load'> {
  const conversations = conversationLoads(server, follower);
  return {
    async load(range: MessageRange) {
      const { conversationId } = range;
      await follower.ready();
      if (!store.get().conversations?.[conversationId]) await conversations.load({ conversationId });
      const page = await follower.load(
        () => server.api.messages.list.query(range),
        (state, messages) => mergePage(state, conversationId, messages),
      );
      sender.arrived(page.messages);
      return page;
    },
  };
}
