import { platform, rethrowLater, type WebSocketConstructor, type WebSocketLike } from '../platform.ts';
import { framesOf } from './frames.ts';

/** A socket that is not open after this long is given up: a black hole answers neither yes nor no. */
const OPEN_WITHIN_MS = 10_000;
/** What is sent has an answer within this time, or the other side is asked whether it is still there. */
const ANSWER_WITHIN_MS = 5_000;
/** Asked, it shows a sign of life within this time, or the socket is given up. */
const PROOF_WITHIN_MS = 3_000;

type SocketEvent = {
  data?: unknown;
  code?: number | undefined;
  reason?: string | undefined;
  message?: string;
};
type EventName = 'open' | 'message' | 'error' | 'close';
type SocketListener = (this: unknown, event: SocketEvent) => void;

const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;

export type PromptSocketConstructor = new (
  url: string,
) => WatchedSocket & { addEventListener(type: 'open', listener: () => void): void };

/** What a watch does with a socket. */
export interface WatchedSocket {
  close(): void;
  /** Closes it unless the other side shows a sign of life within 3 s: it opens, or says anything. */
  prove(): void;
}

/** Hears of each socket when it is made and when it has closed. */
export interface SocketWatch {
  made(socket: WatchedSocket): void;
  closed(socket: WatchedSocket, opened: boolean): void;
}

/**
 * A WebSocket class that ends when it is told to. The one below it may wait for the other side's goodbye, over a
 * half-open link for minutes; here `close()` means closed, and the event comes at once. One that never opened
 * has an `error` first, always. And it does not wait for minutes for what never comes: silence after something was
 * sent makes it ask.
 */
export function promptSocket(Base: WebSocketConstructor, watch: SocketWatch): PromptSocketConstructor {
  return class PromptSocket {
    static readonly CONNECTING = CONNECTING;
    static readonly OPEN = OPEN;
    static readonly CLOSING = CLOSING;
    static readonly CLOSED = CLOSED;
    readonly OPEN = OPEN;
    readyState = CONNECTING;
    readonly #below: WebSocketLike;
    readonly #listeners = new Map<EventName, Set<SocketListener>>();
    readonly #timer: unknown;
    #silence: unknown = null;
    #proof: unknown = null;
    /** Of each PING that has no PONG yet, in order, whether it was our own: nobody above hears of those. */
    readonly #pings: boolean[] = [];
    #failed = false;
    #opened = false;

    constructor(url: string) {
      try {
        this.#below = new Base(url);
      } catch (error) {
        // A page may not open any, for one.
        watch.closed(this, false);
        throw error;
      }
      this.#below.addEventListener('open', (event) => {
        if (this.readyState !== CONNECTING) return;
        platform.clearTimeout(this.#timer);
        this.readyState = OPEN;
        this.#opened = true;
        this.#heard();
        this.#dispatch('open', event);
      });
      this.#below.addEventListener('message', (event) => {
        if (this.readyState !== OPEN) return;
        this.#heard();
        const isOwn = event.data === 'PONG' && this.#pings.shift();
        if (!isOwn) this.#dispatch('message', event);
      });
      this.#below.addEventListener('error', (event) => {
        if (this.readyState < CLOSING) this.#fail(event);
      });
      this.#below.addEventListener('close', (event) => this.#end(event));
      this.#timer = platform.setTimeout(() => this.close(), OPEN_WITHIN_MS);
      watch.made(this);
    }

    set binaryType(type: string) {
      this.#below.binaryType = type;
    }

    send(data: string): void {
      if (this.readyState !== OPEN) return;
      if (data === 'PING') this.#pings.push(false);
      for (const frame of framesOf(data)) this.#below.send(frame);
      if (data !== 'PONG') this.#silence ??= platform.setTimeout(() => this.prove(), ANSWER_WITHIN_MS);
    }

    prove(): void {
      if (this.#proof !== null || this.readyState >= CLOSING) return;
      this.#proof = platform.setTimeout(() => this.close(), PROOF_WITHIN_MS);
      if (this.readyState !== OPEN) return;
      this.#pings.push(true);
      this.#below.send('PING');
    }

    close(code?: number, reason?: string): void {
      if (this.readyState >= CLOSING) return;
      this.readyState = CLOSING;
      this.#below.close(code, reason);
      platform.setTimeout(() => this.#end({ code: code ?? 1005, reason: reason ?? '' }), 0);
    }

    addEventListener(type: EventName, listener: SocketListener): void {
      const listeners = this.#listeners.get(type) ?? new Set();
      this.#listeners.set(type, listeners.add(listener));
    }

    removeEventListener(type: EventName, listener: SocketListener): void {
      this.#listeners.get(type)?.delete(listener);
    }

    /** A sign of life. */
    #heard(): void {
      platform.clearTimeout(this.#silence);
      platform.clearTimeout(this.#proof);
      this.#silence = null;
      this.#proof = null;
    }

    #fail(event: SocketEvent): void {
      this.#failed = true;
      this.#dispatch('error', event);
    }

    #end(event: SocketEvent): void {
      if (this.readyState === CLOSED) return;
      this.readyState = CLOSED;
      platform.clearTimeout(this.#timer);
      this.#heard();
      watch.closed(this, this.#opened);
      if (!this.#opened && !this.#failed) this.#fail(event);
      // tRPC makes the error of the calls that waited from this, message included.
      const { code, reason } = event;
      this.#dispatch('close', { code, reason, message: 'The connection was closed' });
    }

    #dispatch(type: EventName, event: SocketEvent): void {
      for (const listener of [...(this.#listeners.get(type) ?? [])]) {
        try {
          listener.call(this, event);
        } catch (error) {
          rethrowLater(error);
        }
      }
    }
  };
}
