import type { Availability, Member, OwnUser } from '@parley/contract';
import type { Api } from './api-type.ts';
import type { EventSourceConstructor } from './event-source.ts';
import type { UploadContent } from './files/content.ts';
import type { Upload, UploadOptions } from './files/upload.ts';
import type { Fetch, WebSocketConstructor } from './platform.ts';
import type { AuthOptions } from './session.ts';
import type { Storage } from './storage.ts';
import type { Readable } from './store.ts';
import type { ReceivedEvent } from './sync/apply-event.ts';
import type { ConnectionStatus } from './sync/connection.ts';
import type { NewMessage } from './sync/outbox.ts';
import type { Pages } from './sync/pages.ts';
import type { Sending } from './sync/sender.ts';
import type { ChatState } from './sync/state.ts';

export interface ClientOptions {
  /** Where the server is: `https://chat.example.com`. */
  url: string;
  /**
   * `ws`: one WebSocket for everything. `sse`: HTTP with server-sent events. `auto`, if not given: a WebSocket, and where
   * sockets are blocked and HTTP is not, server-sent events until one opens. React Native has none: there it is `ws`.
   */
  transport?: 'auto' | 'ws' | 'sse';
  auth?: AuthOptions;
  /**
   * Where the session, what was not sent and marks are kept, so that they outlive a restart: `webStorage(localStorage)`,
   * `indexedDbStorage()` or `asyncStorage(AsyncStorage)`. Nowhere, if not given.
   */
  storage?: Storage;
  /** For runtimes that have none of their own. */
  WebSocket?: WebSocketConstructor;
  fetch?: Fetch;
  /**
   * Whether whatever comes to this device is marked as delivered by itself (`auto`, if not given), at most once a second and
   * conversation; or by the application, with `messages.markDelivered`.
   */
  delivered?: 'auto' | 'manual';
  /** Instead of the class of the package `eventsource`, for runtimes that need another. */
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
   * Signs out and forgets everything of this person on this device, what was not sent included. Rejects if the server could not
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
  readonly connection: Readable<ConnectionStatus> & {
    /** Whether it has not been live for five seconds, although somebody is signed in: time to say so. */
    readonly isTakingLong: Readable<boolean>;
  };
  /**
   * Connects now instead of at the end of a wait, and finds out in 3 seconds whether a connection that seems open still
   * is: for when there is a network again, or somebody looks again. In browsers it is called by itself.
   */
  wake(): void;
  readonly state: Readable<ChatState>;
  /** With them, a conversation's timeline in the state is loaded page by page, in both directions and from anywhere. */
  readonly messages: Pages & {
    /**
     * Puts a message into the outbox: it shows in the state as soon as it is stored, with a storage that answers at once
     * or without one immediately, and goes out as soon as it can. It has a `text` or a `ciphertext`, and what goes with
     * it. It goes into a conversation, or to a person, `toUserId`, with whom one is opened if there is none. A draft that
     * is kept there stays: the application takes it away, `api.drafts.set`. Throws `TOO_MANY`, of `outbox`, when 500
     * are not sent.
     */
    send(draft: NewMessage): Sending;
    /**
     * One of the outbox, by its key, to retry or cancel it, from before a restart too. Undefined once it is sent or
     * cancelled.
     */
    sending(clientMessageId: string): Sending | undefined;
    /**
     * Marks a conversation as read up to a seq: in the state at once, at the server as soon as it can. Resolves
     * when the server has it. Errors: `NOT_FOUND`.
     */
    markRead(input: { conversationId: string; seq: number }): Promise<void>;
    /**
     * The same for what has come to this device: so that others see it as delivered. Only needed where the option
     * `delivered` is `manual`; whatever is read has come, too.
     */
    markDelivered(input: { conversationId: string; seq: number }): Promise<void>;
  };
  readonly conversations: {
    /** Loads one conversation into the state, such as one older than the first load brought. Errors: `NOT_FOUND`. */
    load(input: { conversationId: string }): Promise<void>;
    /** Loads everybody in a conversation into the state, page by page. Errors: `NOT_FOUND`. */
    loadMembers(input: { conversationId: string }): Promise<Member[]>;
  };
  readonly files: {
    /**
     * Uploads a file, so that it can be used by its id: in a message's `attachments`, as an avatar, as an icon, in a story. It
     * goes on where it broke off when the link is lost or the server starts anew, but not when this application does.
     * Errors of `done`: those of `uploads.create` and `uploads.complete`.
     */
    upload(content: UploadContent, options: UploadOptions): Upload;
    /**
     * An address to download or show a file, for the next minutes; with `thumbnail`, the smaller one of an image. It is
     * asked for once and kept as long as it is good. Errors: `NOT_FOUND`.
     */
    link(input: { fileId: string; thumbnail?: boolean }): Promise<string>;
  };
  /**
   * Somebody presses keys in a conversation: call it at each of them. It says so to the others at most every three
   * seconds, and sending ends it. While there is no connection it does nothing.
   */
  typing(conversationId: string): void;
  /** Sets how this person wants to be taken, on all devices. The state has it as `me.availability`. */
  setPresence(status: Availability): Promise<void>;
  /** Ends the connection for good. What was not sent is given up, or kept for the next start, if there is a `storage`. */
  close(): Promise<void>;
}
