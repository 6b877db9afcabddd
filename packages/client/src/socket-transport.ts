import { createWSClient, type TRPCLink, type TRPCWebSocketClient, wsLink } from '@trpc/client';
import type { AppRouter } from './api-type.ts';
import type { Fetch, WebSocketConstructor } from './platform.ts';
import type { Session } from './session.ts';
import { createBackoff } from './sync/backoff.ts';
import { createNap, type Nap } from './sync/nap.ts';
import { promptSocket, type SocketWatch, type WatchedSocket } from './sync/socket.ts';
import { transformer } from './transformer.ts';
import { authorised, callLink, type Transport, type TransportNews } from './transport.ts';

/** The server's word that it does not take a token, as a close code. */
const UNAUTHENTICATED = 4401;
/**
 * A silent connection is asked for a sign of life after the one, and given up after the other: the backstop, where
 * nothing is sent whose answer would be missed, see `promptSocket`.
 */
const KEEP_ALIVE = { enabled: true, intervalMs: 15_000, pongTimeoutMs: 10_000 };

const socketUrl = (url: string): string => `${url.replace(/^http/, 'ws')}/trpc`;

/** What becomes of the sockets: whether they open at all. */
export interface SocketNews {
  opened(): void;
  /** One was closed that had never opened. */
  failed(): void;
}

/** What there is from `open` to `close`. */
interface Kept {
  client: TRPCWebSocketClient;
  link: TRPCLink<AppRouter>;
  sockets: Sockets;
  nap: Nap;
}

/**
 * Everything over one socket. While none is kept, as before a login, calls go over HTTP and are answered as any
 * stranger's.
 */
export function socketTransport(
  url: string,
  WebSocket: WebSocketConstructor,
  fetch: Fetch,
  session: Session,
  news: SocketNews = { opened() {}, failed() {} },
): Transport {
  const overHttp = callLink(url, authorised(fetch, session));
  let kept: Kept | null = null;

  function connect(sockets: Sockets, nap: Nap, onLost: () => void): TRPCWebSocketClient {
    const backoff = createBackoff();
    let token: string | null = null;
    let wait = 0;
    const client = createWSClient({
      // tRPC cannot be woken while it waits. So the wait is here, before the socket is made.
      retryDelayMs() {
        wait = backoff.next();
        return 0;
      },
      async url() {
        if (wait > 0) await nap.sleep(wait);
        wait = 0;
        if (sockets.ended) throw new Error('The connection was closed');
        return socketUrl(url);
      },
      WebSocket: promptSocket(WebSocket, sockets) as never,
      keepAlive: KEEP_ALIVE,
      async connectionParams() {
        // A second socket beside an open one: the server has announced that the first one's token ends.
        if (sockets.open > 1 && token !== null) session.retire(token);
        token = await session.token();
        if (token === null) throw new Error('Nobody is signed in');
        return { token };
      },
      onOpen() {
        backoff.succeeded();
        news.opened();
      },
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
    open({ lost }: TransportNews) {
      const sockets = keepSockets(news.failed);
      const nap = createNap();
      const client = connect(sockets, nap, lost);
      kept = { client, link: wsLink({ client, transformer }), sockets, nap };
    },
    // The server closes the socket then, which says the same.
    refused() {},
    wake() {
      kept?.nap.wake();
      kept?.sockets.prove();
    },
    drop: () => kept?.sockets.drop(),
    close() {
      void kept?.client.close();
      // tRPC would wait for what has no answer yet: it has none once its socket is closed.
      kept?.sockets.end();
      kept?.nap.wake();
      kept = null;
    },
  };
}

/** Whether a socket to there opens. It is closed again at once. */
export function opensSocket(url: string, WebSocket: WebSocketConstructor): Promise<boolean> {
  return new Promise((resolve) => {
    const watch: SocketWatch = { made() {}, closed: (_, opened) => resolve(opened) };
    const Socket = promptSocket(WebSocket, watch);
    const socket = new Socket(socketUrl(url));
    socket.addEventListener('open', () => socket.close());
  });
}

interface Sockets extends SocketWatch {
  /** How many are open, or on the way to it. */
  readonly open: number;
  readonly ended: boolean;
  /** Closes those from which nothing is heard. */
  prove(): void;
  /** Closes those that there are. */
  drop(): void;
  /** Closes them all, and whatever is made from now on. */
  end(): void;
}

function keepSockets(failed: () => void): Sockets {
  const sockets = new Set<WatchedSocket>();
  let ended = false;
  const drop = (): void => {
    for (const socket of [...sockets]) socket.close();
  };
  return {
    get open() {
      return sockets.size;
    },
    get ended() {
      return ended;
    },
    made(socket) {
      sockets.add(socket);
      if (ended) socket.close();
    },
    closed(socket, opened) {
      sockets.delete(socket);
      if (!opened && !ended) failed();
    },
    prove() {
      for (const socket of sockets) socket.prove();
    },
    drop,
    end() {
      ended = true;
      drop();
    },
  };
}
