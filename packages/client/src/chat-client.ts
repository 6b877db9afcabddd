import type { Availability, Member, OwnUser } from '@parley/contract';
import type { Api } from './api-type.ts';
import type { Fetch, WebSocketConstructor } from './platform.ts';
import type { AuthOptions, Storage } from './session.ts';
import type { Readable } from './store.ts';
import type { ReceivedEvent } from './sync/apply-event.ts';
import type { ConnectionStatus } from './sync/connection.ts';
import type { NewMessage } from './sync/outbox.ts';
import type { Sending } from './sync/sender.ts';
import type { ChatState, MessagePage } from './sync/state.ts';
import type { EventSourceConstructor } from './transport.ts';

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
  /**
   * Makes an account and signs in. Null where the server wants the address verified first: its owner has a mail,
   * `api.auth.verifyEmail` takes what is in it, and then one can log in. Errors: those of `auth.register`.
   */
  register(
    input: Omit<Parameters<Api['auth']['register']['mutate']>[0], 'refreshTokenIn'>,
  ): Promise<OwnUser | null>;
  /** Signs in; the state fills right after. Errors: those of `auth.login`. */
  login(input: Omit<Parameters<Api['auth']['login']['mutate']>[0], 'refreshTokenIn'>): Promise<OwnUser>;
  /**
   * Signs out and forgets everything on this device, what was not sent included. Rejects if the server could not
   * be told.
   */
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
    /**
     * Puts a message into the outbox: it shows in the state at once, and goes out as soon as it can. It has a `text` or
     * a `ciphertext`, and what goes with it. It goes into a conversation, or to a person, `toUserId`, with whom one is
     * opened if there is none. A draft that is kept there stays: the application takes it away, `api.drafts.set`.
     */
    send(draft: NewMessage): Sending;
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
    /**
     * The same for what has come to this device: so that others see it as delivered. The client never says so by itself;
     * whatever is read has come, too.
     */
    markDelivered(input: { conversationId: string; seq: number }): Promise<void>;
  };
  readonly conversations: {
    /** Loads one conversation into the state, such as one older than the first load brought. Errors: `NOT_FOUND`. */
    load(input: { conversationId: string }): Promise<void>;
    /** Loads everybody in a conversation into the state, page by page. Errors: `NOT_FOUND`. */
    loadMembers(input: { conversationId: string }): Promise<Member[]>;
  };
  /**
   * Somebody presses keys in a conversation: call it at each of them. It says so to the others at most every three
   * seconds, and sending ends it. While there is no connection it does nothing.
   */
  typing(conversationId: string): void;
  /** Sets how this person wants to be taken, on all devices. The state has it as `me.availability`. */
  setPresence(status: Availability): Promise<void>;
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
