import type { Member, OwnUser } from '@parley/contract';
import { createTRPCClient } from '@trpc/client';
import type { Api, AppRouter } from './api-type.ts';
import { isParleyError } from './errors.ts';
import { type Fetch, platform, rethrowLater, type WebSocketConstructor } from './platform.ts';
import { type AuthOptions, createSession, memoryStorage, type Storage } from './session.ts';
import { createStore, type Readable } from './store.ts';
import type { ReceivedEvent } from './sync/apply-event.ts';
import { type ConnectionStatus, createConnection } from './sync/connection.ts';
import { createFollower } from './sync/follow.ts';
import { createReadMarks } from './sync/read-marks.ts';
import { ANSWER_WITHIN_MS } from './sync/retry.ts';
import { createSender, type Sending } from './sync/sender.ts';
import {
  type ChatState,
  emptyState,
  type MessagePage,
  mergeConversation,
  mergeMembers,
  mergePage,
} from './sync/state.ts';
import { timed } from './timed.ts';
import { type EventSourceConstructor, httpTransport, openLink, socketTransport } from './transport.ts';

export interface ClientOptions {
  /** Where the server is: `https://chat.example.com`. */
  url: string;
  /** One WebSocket for everything, or, where sockets are blocked, HTTP with server-sent events. */
  transport: 'ws' | 'sse';
  auth?: AuthOptions;
  /** Where the session is kept, so that it outlives a restart. Nowhere, if not given. */
  storage?: Storage;
  /** For runtimes that have none of their own. */
  WebSocket?: WebSocketConstructor;
  fetch?: Fetch;
  /** Needed with `sse`: the class of the package `eventsource`. */
  EventSource?: EventSourceConstructor;
}

/** A client of one server, for one person at a time. */
export interface ChatClient {
  /** Makes an account and signs in. Errors: those of `auth.register`. */
  register(input: Parameters<Api['auth']['register']['mutate']>[0]): Promise<OwnUser>;
  /** Signs in; the state fills right after. Errors: those of `auth.login`. */
  login(input: Parameters<Api['auth']['login']['mutate']>[0]): Promise<OwnUser>;
  /** Signs out and forgets everything on this device, what was not sent included. Rejects if the server could not be told. */
  logout(): Promise<void>;
  /** The server's procedures, typed. What is asked here does not go into the state. */
  readonly api: Api;
  /** Calls back for each event of this type, after the state has it, until the function it returns is called. */
  on<Type extends ReceivedEvent['type']>(
    type: Type,
    listener: (event: Extract<ReceivedEvent, { type: Type }>) => void,
  ): () => void;
  readonly connection: Readable<ConnectionStatus>;
  readonly state: Readable<ChatState>;
  readonly messages: {
    /** Puts a message into the outbox: it shows in the state at once, and goes out as soon as it can. */
    send(input: { conversationId: string; text: string }): Sending;
    /**
     * Loads a page: the newest messages, or those `before`, `after` or `around` a seq. It joins the timeline if
     * it touches what is known of it. Errors: `NOT_FOUND`.
     */
    load(input: MessageRange): Promise<MessagePage>;
    /**
     * Marks a conversation as read up to a seq: in the state at once, at the server as soon as it can. Resolves
     * when the server has it. Errors: `NOT_FOUND`.
     */
    markRead(input: { conversationId: string; seq: number }): Promise<void>;
  };
  readonly conversations: {
    /** Loads one conversation into the state, such as one older than the first load brought. Errors: `NOT_FOUND`. */
    load(input: { conversationId: string }): Promise<void>;
    /** Loads everybody in a conversation into the state. Errors: `NOT_FOUND`. */
    loadMembers(input: { conversationId: string }): Promise<Member[]>;
  };
  /** Ends the connection for good. What was not sent is given up. */
  close(): Promise<void>;
}

/** At most one of the three seqs, none of them included but the one in the middle. */
export interface MessageRange {
  conversationId: string;
  /** 1 to 100; 50 if not given. */
  limit?: number;
  before?: number;
  after?: number;
  around?: number;
}

/** A client. With a kept session, or with `auth.getToken`, it connects by itself; else after `login`. */
export function createClient(options: ClientOptions): ChatClient {
  const url = options.url.replace(/\/+$/, '');
  const fetch = options.fetch ?? ((address, init) => platform.fetch!(address, init));
  const strangers = createTRPCClient<AppRouter>({ links: [openLink(url, fetch)] });
  const session = createSession(options.auth ?? {}, options.storage ?? memoryStorage(), (refreshToken) =>
    timed(ANSWER_WITHIN_MS, (signal) => strangers.auth.refresh.mutate({ refreshToken }, within(signal))),
  );
  const transport = createTransport();
  const api = createTRPCClient<AppRouter>({ links: [transport.link] });
  const store = createStore(emptyState);
  const connection = createConnection();
  const listeners = new Map<string, Set<(event: never) => void>>();
  let running = false;
  let closed = false;

  function createTransport() {
    if (options.transport === 'sse') {
      if (!options.EventSource)
        throw new Error("The transport 'sse' needs an EventSource, see ClientOptions");
      return httpTransport(url, options.EventSource, fetch, session);
    }
    const WebSocket = options.WebSocket ?? platform.WebSocket;
    if (!WebSocket) throw new Error('This runtime has no WebSocket: pass one');
    return socketTransport(url, WebSocket, fetch, session);
  }

  function canSend(): boolean {
    const status = connection.status.get();
    if (options.transport === 'sse') return status !== 'idle' && status !== 'unauthorized';
    return status === 'live' || status === 'catching-up';
  }

  const sender = createSender(
    store,
    ({ conversationId, text, clientMessageId }, signal) =>
      api.messages.send.mutate({ conversationId, text, clientMessageId }, within(signal)),
    canSend,
  );
  const readMarks = createReadMarks(
    store,
    (conversationId, seq, signal) => api.messages.markRead.mutate({ conversationId, seq }, within(signal)),
    canSend,
  );
  const follower = createFollower({
    source: {
      bootstrap: (signal) => api.sync.bootstrap.query(undefined, within(signal)),
      conversation: (conversationId, signal) =>
        api.conversations.get.query({ conversationId }, within(signal)),
      stream: (lastEventId, { started, item, ended }) =>
        api.events.stream.subscribe(
          { lastEventId },
          {
            onStarted: started,
            onData: ({ id, data }) => item(id, data),
            onError(error) {
              if (isParleyError(error, 'UNAUTHENTICATED')) transport.refused();
              ended();
            },
            onComplete: ended,
            // A socket comes back by itself, with its subscriptions. An EventSource is made anew: with our
            // cursor and our back-off.
            onConnectionStateChange: ({ error }) => options.transport === 'sse' && error && ended(),
          },
        ),
    },
    store,
    tell: connection.tell,
    emit,
    arrived: sender.arrived,
    over: readMarks.over,
  });

  connection.status.subscribe((status) => {
    if (status !== 'live' && status !== 'catching-up') return;
    sender.resume();
    readMarks.resume();
  });
  session.status.subscribe((status) => {
    if (status === 'expired') void stop('expired');
  });
  void session.restore().then(() => {
    if (session.status.get() === 'signed-in') start();
  });

  function emit(event: ReceivedEvent): void {
    if (event.type === 'stream.caught-up') session.accepted();
    if (event.type === 'session.ended' && event.sessionId === session.id()) session.expire();
    for (const listener of [...(listeners.get(event.type) ?? [])]) {
      try {
        listener(event as never);
      } catch (error) {
        rethrowLater(error);
      }
    }
  }

  function start(): void {
    if (running || closed) return;
    running = true;
    connection.tell('open');
    transport.open(() => connection.tell('lost'));
    follower.start();
  }

  async function stop(news: 'expired' | 'closed'): Promise<void> {
    running = false;
    connection.tell(news);
    follower.stop();
    await transport.close();
  }

  /** Somebody else's state and outbox are not shown, nor sent, to whoever comes next. */
  function forget(reason: string): void {
    const error = new Error(reason);
    sender.clear(error);
    readMarks.clear(error);
    store.set(emptyState);
  }

  async function enter(answer: Awaited<ReturnType<Api['auth']['login']['mutate']>>): Promise<OwnUser> {
    const { user, ...tokens } = answer;
    await stop('closed');
    if (store.get().me?.id !== user.id) forget('Somebody else has signed in');
    await session.adopt(tokens);
    store.set({ ...store.get(), me: user });
    start();
    return user;
  }

  async function loadConversation(conversationId: string): Promise<void> {
    await follower.load(
      () => api.conversations.get.query({ conversationId }),
      (state, page) => mergeConversation(state, page.conversation),
    );
  }

  async function loadMessages(input: MessageRange): Promise<MessagePage> {
    const { conversationId } = input;
    await follower.ready();
    if (!store.get().conversations?.[conversationId]) await loadConversation(conversationId);
    const page = await follower.load(
      () => api.messages.list.query(input),
      (state, messages) => mergePage(state, conversationId, messages),
    );
    sender.arrived(page.messages);
    return page;
  }

  return {
    register: async (input) => enter(await strangers.auth.register.mutate(input)),
    login: async (input) => enter(await strangers.auth.login.mutate(input)),
    async logout() {
      const known = session.status.get() === 'signed-in';
      await stop('closed');
      try {
        if (known)
          await timed(ANSWER_WITHIN_MS, (signal) => api.auth.logout.mutate(undefined, within(signal)));
      } catch (error) {
        if (!isParleyError(error, 'UNAUTHENTICATED')) throw error;
      } finally {
        forget('Signed out');
        await session.forget();
      }
    },
    api,
    on(type, listener) {
      const entry = (event: never): void => listener(event);
      const entries = listeners.get(type) ?? new Set();
      listeners.set(type, entries.add(entry));
      return () => void entries.delete(entry);
    },
    connection: { get: connection.status.get, subscribe: connection.status.subscribe },
    state: { get: store.get, subscribe: store.subscribe },
    messages: {
      send: ({ conversationId, text }) => sender.send(conversationId, text),
      load: loadMessages,
      markRead: ({ conversationId, seq }) => readMarks.mark(conversationId, seq),
    },
    conversations: {
      load: ({ conversationId }) => loadConversation(conversationId),
      async loadMembers({ conversationId }) {
        const page = await follower.load(
          () => api.conversations.members.query({ conversationId }),
          (state, { members }) => mergeMembers(state, conversationId, members),
        );
        return page.members;
      },
    },
    async close() {
      closed = true;
      await stop('closed');
      const error = new Error('The client was closed');
      sender.clear(error);
      readMarks.clear(error);
    },
  };
}

/** A call's options. tRPC's types want a DOM's signal; ours is known by its shape. */
const within = (signal: object): { signal: never } => ({ signal: signal as never });
