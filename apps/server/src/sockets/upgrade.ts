import type { IncomingMessage } from 'node:http';
import type { Socket as TcpSocket } from 'node:net';
import { getWSConnectionHandler } from '@trpc/server/adapters/ws';
import { WebSocketServer } from 'ws';
import { authenticate } from '../auth/session.ts';
import type { App, Context } from '../context.ts';
import { ParleyError } from '../error.ts';
import type { AppRouter } from '../router.ts';
import { toTrpcError } from '../trpc.ts';
import { CLOSE, type SocketConnection } from './connections.ts';
import { encoder } from './encoder.ts';
import { Socket } from './socket.ts';

/** Where the API is, over HTTP and over sockets. */
export const API_PATH = '/trpc';
/** Bytes of one frame from a client: a batch of the longest messages fits. */
const MAX_PAYLOAD = 1024 * 1024;

/** Takes upgrade requests: checks where they come from and where they go before anything else sees them. */
export function createUpgradeHandler(app: App, router: AppRouter) {
  const { connections, env, logger } = app;
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MAX_PAYLOAD,
    perMessageDeflate: false,
    WebSocket: Socket,
  });
  const serve = getWSConnectionHandler<AppRouter>({
    wss: server,
    router,
    experimental_encoder: encoder,
    maxBatchSize: env.MAX_BATCH_SIZE,
    createContext: async ({ req, res, info }): Promise<Context> => {
      const socket = connectionOf.get(res as Socket)!;
      const session = await authenticateSocket(socket, info.connectionParams?.['token'] ?? undefined);
      const client = { address: addressOf(req), userAgent: req.headers['user-agent'] ?? null };
      return { app, session, client, socket, response: null };
    },
    onError: ({ error, path }) => app.reportError(error, path),
  });
  const connectionOf = new WeakMap<Socket, SocketConnection>();

  /** Who this socket is from now on. A token that is no good is told so, and closed. */
  async function authenticateSocket(connection: SocketConnection, token: string | undefined) {
    if (token === undefined) return null;
    const session = await authenticate(app, token);
    if (!session) {
      connection.close(CLOSE.unauthenticated, 'not authenticated');
      throw toTrpcError(new ParleyError('UNAUTHENTICATED'));
    }
    // It may have closed while its session was looked up.
    if (connection.socket.readyState === Socket.OPEN) connections.bind(connection, session);
    return session;
  }

  return (request: IncomingMessage, stream: TcpSocket, head: Buffer): void => {
    stream.on('error', (error) => logger.debug({ err: error }, 'a connection broke'));
    const url = parseUrl(request.url);
    if (!url) return refuse(stream, 400, 'Bad Request');
    if (url.pathname !== API_PATH) return refuse(stream, 404, 'Not Found');
    const { origin } = request.headers;
    if (origin !== undefined && !env.ALLOWED_ORIGINS.includes(origin))
      return refuse(stream, 403, 'Forbidden');
    const address = addressOf(request);
    if (!connections.admit(address)) return refuse(stream, 429, 'Too Many Requests');
    stream.once('close', () => connections.release(address));

    server.handleUpgrade(request, stream, head, (socket) => {
      socket.attach(stream);
      const connection: SocketConnection = {
        socket,
        session: null,
        lanes: new Set(),
        openedAt: performance.now(),
        announced: url.searchParams.get('connectionParams') === '1',
        asked: false,
        progress: null,
        close: (code, reason) => socket.close(code, reason),
      };
      connectionOf.set(socket, connection);
      connections.addSocket(connection);
      socket.on('message', () => {
        socket.lastSeen = performance.now();
      });
      socket.once('close', () => connections.removeSocket(connection));
      serve(socket, request);
    });
  };
}

/** The address that counts for limits. */
export const addressOf = (request: IncomingMessage): string => request.socket.remoteAddress ?? 'unknown';

/** The request's own path: never a host, whatever number of slashes it begins with. */
export function parseUrl(target: string | undefined): URL | null {
  return target?.startsWith('/') ? URL.parse(`http://parley${target}`) : null;
}

function refuse(stream: TcpSocket, status: number, reason: string): void {
  stream.end(`HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  stream.once('finish', () => stream.destroy());
}
