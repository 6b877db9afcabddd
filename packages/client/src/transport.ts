import {
  createWSClient,
  httpBatchLink,
  httpLink,
  httpSubscriptionLink,
  splitLink,
  type TRPCLink,
  type TRPCWebSocketClient,
  wsLink,
} from '@trpc/client';
import superjson from 'superjson';
import type { AppRouter } from './api-type.ts';
import type { Fetch, WebSocketConstructor } from './platform.ts';
import type { Session } from './session.ts';
import { createBackoff } from './sync/backoff.ts';
import { promptSocket, type SocketWatch } from './sync/socket.ts';

/** How calls of somebody who is signed in reach the server. */
export interface Transport {
  link: TRPCLink<AppRouter>;
  /** Whether a lost connection comes back by itself, with its subscriptions; if not, they have to be made anew. */
  readonly resumes: boolean;
  /** Begins to keep a connection, and tells each time it is lost or does not come about. */
  open(onLost: () => void): void;
  /** The stream's subscription was answered with `UNAUTHENTICATED`. */
  refused(): void;
  /** Ends the connection; calls that wait for an answer are rejected. */
  close(): void;
}

/**
 * An `EventSource` class whose requests go through the `fetch` in its second argument, as that of the package
 * `eventsource` does. A browser's own one cannot send the token.
 */
export type EventSourceConstructor = new (url: string, init: never) => object;

/** The server's word that it does not take a token, as a close code. */
const UNAUTHENTICATED = 4401;
/** A silent connection is asked for a sign of life after the one, and given up after the other. */
const KEEP_ALIVE = { enabled: true, intervalMs: 15_000, pongTimeoutMs: 10_000 };
/** Calls of one turn of the loop in one request; a page's address stays below what proxies take. */
const BATCH = { maxItems: 10, maxURLLength: 4_000 };

/** For `auth.login`, `auth.register` and `auth.refresh`: plain HTTP, without a token. */
export const openLink = (url: string, fetch: Fetch): TRPCLink<AppRouter> =>
  httpLink({ url: `${url}/trpc`, transformer: superjson, fetch: fetch as never });

/**
 * Everything over one socket. While none is kept, as before a login, calls go over HTTP and are answered as any
 * stranger's.
 */
export function socketTransport(
  url: string,
  WebSocket: WebSocketConstructor,
  fetch: Fetch,
  session: Session,
): Transport {
  const overHttp = callLink(url, authorised(fetch, session));
  let kept: { client: TRPCWebSocketClient; link: TRPCLink<AppRouter>; sockets: Sockets } | null = null;

  function connect(sockets: Sockets, onLost: () => void): TRPCWebSocketClient {
    const backoff = createBackoff();
    let token: string | null = null;
    const client = createWSClient({
      url: `${url.replace(/^http/, 'ws')}/trpc`,
      WebSocket: promptSocket(WebSocket, sockets) as never,
      keepAlive: KEEP_ALIVE,
      retryDelayMs: () => backoff.next(),
      async connectionParams() {
        // A second socket beside an open one: the server has announced that the first one's token ends.
        if (sockets.open > 1 && token !== null) session.retire(token);
        token = await session.token();
        if (token === null) throw new Error('Nobody is signed in');
        return { token };
      },
      onOpen: () => backoff.succeeded(),
      onClose(cause) {
        if (cause?.code === UNAUTHENTICATED && token !== null) session.refused(token);
      },
    });
    client.connectionState.subscribe({ next: ({ error }) => error && onLost() });
    return client;
  }

  return {
    link: (runtime) => {
      const http = overHttp(runtime);
      return (operation) => (kept ? kept.link(runtime)(operation) : http(operation));
    },
    resumes: true,
    open(onLost) {
      const sockets = keepSockets();
      const client = connect(sockets, onLost);
      kept = { client, link: wsLink({ client, transformer: superjson }), sockets };
    },
    // The server closes the socket then, which says the same.
    refused() {},
    close() {
      void kept?.client.close();
      // tRPC would wait for what has no answer yet: it has none once its socket is closed.
      kept?.sockets.end();
      kept = null;
    },
  };
}

interface Sockets extends SocketWatch {
  /** How many are open, or on the way to it. */
  readonly open: number;
  /** Closes them all, and whatever is made from now on. */
  end(): void;
}

function keepSockets(): Sockets {
  const sockets = new Set<{ close(): void }>();
  let ended = false;
  return {
    get open() {
      return sockets.size;
    },
    made(socket) {
      sockets.add(socket);
      if (ended) socket.close();
    },
    closed: (socket) => void sockets.delete(socket),
    end() {
      ended = true;
      for (const socket of sockets) socket.close();
    },
  };
}

/** Everything over HTTP: calls as requests, the stream as server-sent events. */
export function httpTransport(
  url: string,
  EventSource: EventSourceConstructor,
  fetch: Fetch,
  session: Session,
): Transport {
  const ownFetch = authorised(fetch, session);
  let token: string | null = null;
  /** The answer's status says nothing here: a refusal comes as the stream's first event. */
  const streamFetch: Fetch = async (address, init) => {
    token = await session.token();
    return fetch(address, withToken(init, token));
  };
  return {
    link: splitLink({
      condition: ({ type }) => type === 'subscription',
      true: httpSubscriptionLink({
        url: `${url}/trpc`,
        transformer: superjson,
        EventSource: EventSource as never,
        eventSourceOptions: { fetch: streamFetch } as never,
      }),
      false: callLink(url, ownFetch),
    }),
    resumes: false,
    open() {},
    refused() {
      if (token !== null) session.refused(token);
    },
    close() {},
  };
}

const callLink = (url: string, fetch: Fetch): TRPCLink<AppRouter> =>
  httpBatchLink({ url: `${url}/trpc`, transformer: superjson, fetch: fetch as never, ...BATCH });

/** `fetch` with the session's token; once more with another one where the server does not take it. */
function authorised(fetch: Fetch, session: Session): Fetch {
  return async (url, init) => {
    for (;;) {
      const token = await session.token();
      const response = await fetch(url, withToken(init, token));
      if (token === null) return response;
      if (response.status !== 401) {
        session.accepted();
        return response;
      }
      session.refused(token);
      if (session.status.get() !== 'signed-in') return response;
    }
  };
}

const withToken = (init: Parameters<Fetch>[1], token: string | null): Parameters<Fetch>[1] =>
  token === null ? init : { ...init, headers: { ...init?.headers, authorization: `Bearer ${token}` } };
