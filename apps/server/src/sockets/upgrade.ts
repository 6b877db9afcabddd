import type { IncomingMessage } from 'node:http';
import type { Socket as TcpSocket } from 'node:net';
import { getTRPCErrorFromUnknown } from '@trpc/server';
import { WebSocketServer } from 'ws';
import { authenticate } from '../auth/session.ts';
import { clientOf } from '../client-address.ts';
import type { App, Context } from '../context.ts';
import { ParleyError } from '../error.ts';
import { API_PATH, hasTooManyHeaders, urlOf } from '../request.ts';
import type { AppRouter } from '../router.ts';
import { Calls } from './calls.ts';
import { CLOSE, type SocketConnection } from './connections.ts';
import { Progress } from './progress.ts';
import { RECONNECT } from './protocol.ts';
import { Socket } from './socket.ts';

/** Bytes of one frame from a client: a batch of the longest messages fits. */
const MAX_PAYLOAD = 1024 * 1024;
/** Milliseconds in which a client answers our goodbye. */
const CLOSE_WITHIN = 5_000;

/** Takes upgrade requests: checks where they come from and where they go before anything else sees them. */
export function createUpgradeHandler(app: App, router: AppRouter) {
  const { connections, env, logger } = app;
  const options = {
    noServer: true,
    clientTracking: false,
    maxPayload: MAX_PAYLOAD,
    closeTimeout: CLOSE_WITHIN,
    // One message a turn of the loop: whoever sends many at once does not keep the others waiting.
    allowSynchronousEvents: false,
    perMessageDeflate: false,
    WebSocket: Socket,
  };
  const server = new WebSocketServer(options);

  /** Who this socket is from now on. A token that is no good is told so, and closed. */
  async function authenticateSocket(
    connection: SocketConnection,
    client: Context['client'],
    token: string | undefined,
  ) {
    if (token === undefined) {
      connections.staysAnonymous(connection);
      return null;
    }
    const { socket } = connection;
    // Its calls wait for this: no more of them are heard meanwhile. The time that it takes is ours from here on.
    socket.hold('authenticating');
    connection.authenticateBy = Number.POSITIVE_INFINITY;
    try {
      const session = await authenticate({ app, client }, token);
      if (socket.readyState !== Socket.OPEN) return null;
      if (session && connections.bind(connection, session)) return session;
      connection.close(CLOSE.unauthenticated, 'not authenticated');
    } catch (error) {
      // Told as an error, it would end the subscriptions that wait for this. A client that is closed comes back.
      const { code } = error instanceof ParleyError ? error : new ParleyError('UNAVAILABLE');
      if (code === 'BUSY') connection.close(CLOSE.busy, 'too many connections');
      else if (code === 'BANNED') connection.close(CLOSE.unauthenticated, 'banned');
      else connection.close(CLOSE.leaving, 'try again');
      throw error;
    } finally {
      socket.release('authenticating');
    }
    throw new ParleyError('UNAUTHENTICATED');
  }

  return (request: IncomingMessage, stream: TcpSocket, head: Buffer): void => {
    stream.on('error', (error) => logger.debug({ err: error }, 'a connection broke'));
    if (hasTooManyHeaders(request)) return refuse(stream, 431, 'Request Header Fields Too Large');
    const url = urlOf(request);
    if (!url) return refuse(stream, 400, 'Bad Request');
    if (url.pathname !== API_PATH) return refuse(stream, 404, 'Not Found');
    const { origin } = request.headers;
    if (origin !== undefined && !env.ALLOWED_ORIGINS.includes(origin))
      return refuse(stream, 403, 'Forbidden');
    const { network } = clientOf(request, env.TRUSTED_PROXIES);
    if (!connections.admit(network)) return refuse(stream, 429, 'Too Many Requests');
    stream.once('close', () => connections.release(network));

    server.handleUpgrade(request, stream, head, (socket) => {
      socket.attach(stream);
      const retire = () => {
        for (const lane of connection.lanes) lane.retired = true;
      };
      const connection: SocketConnection = {
        socket,
        session: null,
        network,
        lanes: new Set(),
        asked: false,
        lastSeen: 0,
        authenticateBy: 0,
        progress: new Progress(stream),
        renew() {
          // The notice is the last that comes this way: the client resumes behind it, and gets nothing twice.
          retire();
          socket.send(RECONNECT);
        },
        close(code, reason) {
          retire();
          socket.closeAnswered(code, reason);
        },
        giveUp: () => socket.terminate(),
      };
      const announced = url.searchParams.get('connectionParams') === '1';
      connections.addSocket(connection, announced);
      socket.once('close', () => connections.removeSocket(connection));
      socket.on('error', (error) => {
        if (isBrokenFrame(error)) logger.debug({ err: error }, 'a socket broke the protocol');
        else app.reportError({ error: getTRPCErrorFromUnknown(error), path: undefined, ctx: undefined });
      });
      const calls = new Calls(socket, announced, {
        router,
        maxBatchSize: env.MAX_BATCH_SIZE,
        async identify(token): Promise<Context> {
          const client = clientOf(request, env.TRUSTED_PROXIES);
          const session = await authenticateSocket(connection, client, token);
          return { app, session, client, socket: connection, response: null, cookies: null };
        },
        onError: app.reportError,
      });
      socket.listen((data, isBinary) => {
        connections.heardFrom(connection);
        calls.hear(data, isBinary);
      });
    });
  };
}

/** `ws` tells of each frame that it refuses: anybody can make those, and they are no fault of ours. */
const isBrokenFrame = (error: NodeJS.ErrnoException): boolean => error.code?.startsWith('WS_ERR_') ?? false;

function refuse(stream: TcpSocket, status: number, reason: string): void {
  stream.end(`HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  stream.once('finish', () => stream.destroy());
}
