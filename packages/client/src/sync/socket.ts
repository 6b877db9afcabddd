import { platform, rethrowLater, type WebSocketConstructor, type WebSocketLike } from '../platform.ts';

/** A socket that is not open after this long is given up: a black hole answers neither yes nor no. */
const OPEN_WITHIN_MS = 10_000;

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

/** Hears of each socket when it is made and when it has closed. */
export interface SocketWatch {
  made(socket: { close(): void }): void;
  closed(socket: { close(): void }): void;
}

/**
 * A WebSocket class that ends when it is told to. The one below it may wait for the other side's goodbye, over a
 * half-open link for minutes; here `close()` means closed, and the event comes at once. One that never opened
 * has an `error` first, always.
 */
export function promptSocket(Base: WebSocketConstructor, watch: SocketWatch): new (url: string) => object {
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
    #failed = false;
    #opened = false;

    constructor(url: string) {
      this.#below = new Base(url);
      this.#below.addEventListener('open', (event) => {
        if (this.readyState !== CONNECTING) return;
        platform.clearTimeout(this.#timer);
        this.readyState = OPEN;
        this.#opened = true;
        this.#dispatch('open', event);
      });
      this.#below.addEventListener('message', (event) => {
        if (this.readyState === OPEN) this.#dispatch('message', event);
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
      if (this.readyState === OPEN) this.#below.send(data);
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

    #fail(event: SocketEvent): void {
      this.#failed = true;
      this.#dispatch('error', event);
    }

    #end(event: SocketEvent): void {
      if (this.readyState === CLOSED) return;
      this.readyState = CLOSED;
      platform.clearTimeout(this.#timer);
      watch.closed(this);
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
