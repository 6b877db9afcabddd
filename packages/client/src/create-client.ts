import type { OwnUser } from '@parley/contract';
import type { Api } from './api-type.ts';
import type { ChatClient, ClientOptions } from './chat-client.ts';
import { isParleyError } from './errors.ts';
import { createFileLinks } from './files/links.ts';
import { createListeners } from './listeners.ts';
import { createOutgoing } from './outgoing.ts';
import { reachServer, type Server, sourceOf, within } from './server.ts';
import { createStore } from './store.ts';
import { readAllMembers } from './sync/all-members.ts';
import type { ReceivedEvent } from './sync/apply-event.ts';
import { createConnection } from './sync/connection.ts';
import { markArrivals } from './sync/deliveries.ts';
import { createFollower, type Follower } from './sync/follow.ts';
import { createOnce } from './sync/once.ts';
import { createPages } from './sync/pages.ts';
import { ANSWER_WITHIN_MS } from './sync/retry.ts';
import { dropEphemeral, emptyState, mergeConversation, mergeMembers } from './sync/state.ts';
import { createTyping } from './sync/typing.ts';
import { timed } from './timed.ts';
import { followPlatform } from './wake-events.ts';

/** A client. With a kept session, or with `auth.getToken`, it connects by itself; else after `login`. */
export function createClient(options: ClientOptions): ChatClient {
  const server = reachServer(options);
  const { api, strangers, session, refreshTokenIn, transport } = server;
  const store = createStore(emptyState);
  const connection = createConnection();
  const listeners = createListeners();
  let running = false;
  let closed = false;

  const outgoing = createOutgoing(server, store, connection, options.storage);
  const links = createFileLinks((fileId) => api.files.link.query({ fileId }));
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
    arrived: outgoing.arrived,
    over: outgoing.over,
  });
  const conversations = conversationLoads(server, follower);
  const pages = createPages({
    store,
    read: (range) => api.messages.list.query(range),
    load: follower.load,
    async loadConversation(conversationId) {
      await follower.ready();
      if (!store.get().conversations?.[conversationId]) await conversations.load({ conversationId });
    },
    arrived: outgoing.arrived,
  });
  const stopMarking = options.delivered === 'manual' ? () => {} : markArrivals(store, outgoing.markDelivered);

  connection.status.subscribe((status) => {
    if (status !== 'live') forgetEphemeral();
  });
  const stopListening = followPlatform(wake, () => {
    connection.tell('offline');
    if (transport.resumes) transport.drop();
    else follower.drop();
  });
  store.subscribe(({ me }) => {
    // With the application's own tokens, the first snapshot says whose they are.
    if (running && me) outgoing.open(me.id);
  });
  session.status.subscribe((status) => {
    if (status !== 'expired') return;
    stop('expired');
    // Logged in again, they go on; whatever another tab does meanwhile to log out is not undone.
    void outgoing.close();
  });
  void session.restore().then(() => {
    if (session.status.get() !== 'signed-in' || closed) return;
    const userId = session.userId();
    if (userId) outgoing.open(userId);
    start();
  });

  function wake(): void {
    transport.wake();
    follower.wake();
  }

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
    transport.open({ lost: () => connection.tell('lost'), moved: follower.again });
    follower.start();
  }

  function stop(news: 'expired' | 'closed'): void {
    running = false;
    connection.tell(news);
    follower.stop();
    transport.close();
  }

  function giveUp(reason: string): void {
    outgoing.giveUp(new Error(reason));
    links.clear();
  }

  /** Somebody else's state and outbox are not shown, nor sent, to whoever comes next. */
  function forget(reason: string): void {
    giveUp(reason);
    store.set(emptyState);
  }

  async function enter(answer: Awaited<ReturnType<Api['auth']['login']['mutate']>>): Promise<OwnUser> {
    const { user, sessionId, accessToken, accessTokenExpiresAt, refreshToken } = answer;
    stop('closed');
    if (store.get().me?.id !== user.id) {
      await outgoing.close();
      forget('Somebody else has signed in');
    }
    await session.adopt({ sessionId, accessToken, accessTokenExpiresAt, refreshToken, userId: user.id });
    outgoing.open(user.id);
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
      const wiped = outgoing.wipe();
      forget('Signed out');
      await Promise.all([wiped, session.forget()]);
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
    connection: {
      get: connection.status.get,
      subscribe: connection.status.subscribe,
      isTakingLong: connection.isTakingLong,
    },
    wake,
    state: { get: store.get, subscribe: store.subscribe },
    messages: {
      send(draft) {
        if (draft.conversationId !== undefined) typing.sent(draft.conversationId);
        return outgoing.send(draft);
      },
      sending: outgoing.sending,
      markRead: ({ conversationId, seq }) => outgoing.markRead(conversationId, seq),
      markDelivered: ({ conversationId, seq }) => outgoing.markDelivered(conversationId, seq),
      ...pages,
    },
    conversations,
    files: { upload: outgoing.upload, link: links.link },
    typing: typing.pressed,
    setPresence: async (status) => void (await api.presence.set.mutate({ status })),
    async close() {
      closed = true;
      stop('closed');
      stopMarking();
      stopListening();
      const saved = outgoing.close();
      giveUp('The client was closed');
      await saved;
    },
  };
}

function conversationLoads({ api }: Server, { load }: Follower): ChatClient['conversations'] {
  const once = createOnce();
  return {
    load: ({ conversationId }) =>
      once(conversationId, async () => {
        await load(
          () => api.conversations.get.query({ conversationId }),
          (state, { conversation }) => mergeConversation(state, conversation),
        );
      }),
    loadMembers: ({ conversationId }) =>
      once(`${conversationId} members`, async () => {
        const { members } = await load(
          () => readAllMembers((after) => api.conversations.members.query({ conversationId, after })),
          (state, all) => mergeMembers(state, conversationId, all.members),
        );
        return members;
      }),
  };
}
