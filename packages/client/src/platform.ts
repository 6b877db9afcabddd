import type { IndexedDb } from './indexed-db.ts';

/**
 * The few globals that every runtime of the client has, by their shape alone: the core is compiled without DOM
 * and without Node types, and is read at the moment of use, so that a test's fake timers are seen.
 */
interface Platform {
  setTimeout(run: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
  /** React Native has none without a polyfill. */
  crypto?: { getRandomValues(bytes: Uint8Array): Uint8Array };
  AbortController: new () => { signal: object; abort(): void };
  WebSocket?: WebSocketConstructor;
  fetch?: Fetch;
  indexedDB?: IndexedDb;
  navigator?: { locks?: Locks };
  /** What server-sent events come as; React Native has none. */
  MessageEvent?: unknown;
  /** Browsers only: whether the page can be seen, and the events of its window. */
  document?: { visibilityState?: string };
  addEventListener?(type: string, listener: () => void): void;
  removeEventListener?(type: string, listener: () => void): void;
}

/** What the client uses of Web Locks: the tabs of one origin share them. */
export interface Locks {
  request<Value>(
    name: string,
    options: { ifAvailable?: boolean; signal?: object },
    work: (lock: object | null) => Promise<Value>,
  ): Promise<Value>;
}

/** What the client uses of a WebSocket. The browser's, Node's, React Native's and `ws`'s have it. */
export interface WebSocketLike {
  binaryType: string;
  send(data: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(
    type: 'open' | 'message' | 'error' | 'close',
    listener: (event: { type: string; data?: unknown; code?: number; reason?: string }) => void,
  ): void;
}
export type WebSocketConstructor = new (url: string) => WebSocketLike;

/** What the client uses of `fetch`. */
export type Fetch = (
  url: string,
  init?: { method?: string; headers?: Record<string, string>; body?: string; credentials?: 'include' },
) => Promise<FetchResponse>;

export interface FetchResponse {
  readonly ok: boolean;
  readonly status: number;
  json(): Promise<unknown>;
}

export const platform = globalThis as unknown as Platform;

/** Lets an error of the application's own listener surface without breaking the client that called it. */
export function rethrowLater(error: unknown): void {
  platform.setTimeout(() => {
    throw error;
  }, 0);
}
