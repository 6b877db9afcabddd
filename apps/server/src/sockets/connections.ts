import type { Clock } from '../clock.ts';
import type { Session } from '../context.ts';
import type { Env } from '../env.ts';
import { ParleyError } from '../error.ts';
import type { Lane } from './lane.ts';
import type { Socket } from './socket.ts';

/** Why a socket is closed. */
export const CLOSE = {
  /** Not authenticated in time, a bad token, or the session has ended. */
  unauthenticated: 4401,
  /** The server leaves: connect again, to another node or to this one when it is back. */
  leaving: 1012,
} as const;

/** Somebody's open connection: a socket, or the answer of an SSE subscription. */
export interface Connection {
  /** Null until it has authenticated. */
  session: Session | null;
  /** Ends it after all that was written before. */
  close(code: number, reason: string): void;
}

/** A WebSocket with its subscriptions. */
export interface SocketConnection extends Connection {
  readonly socket: Socket;
  readonly lanes: Set<Lane>;
  /** When it began; milliseconds of the process's clock. */
  readonly openedAt: number;
  /** Whether it announced that it will authenticate. */
  readonly announced: boolean;
  /** Whether it was asked to connect again. */
  asked: boolean;
  /** Bytes that had left when the last sweep looked, while some were waiting. */
  progress: { flushed: number; since: number } | null;
}

/** All times in milliseconds. */
const SWEEP_EVERY = 1_000;
const AUTHENTICATE_WITHIN = 5_000;
const ANONYMOUS_FOR = 60_000;
const PING_AFTER = 25_000;
const GONE_AFTER = 60_000;
const STALLED_FOR = 10_000;
const RENEW_BEFORE = 60_000;
const EXPIRED_FOR = 30_000;
/** Over this time a leaving node closes its sockets, so that not all come back at once. */
const LEAVE_OVER = 2_000;

/** tRPC's own message: the client opens another connection, with a fresh token, and then closes this one. */
const RECONNECT = JSON.stringify({ id: null, method: 'reconnect' });

/**
 * Every open connection of this node: how many each address and person may have, when one has to go, and the
 * end of a session. One timer serves them all.
 */
export class Connections {
  readonly #env: Env;
  readonly #clock: Clock;
  readonly #sockets = new Set<SocketConnection>();
  readonly #byAddress = new Map<string, number>();
  readonly #byUser = new Map<string, Set<Connection>>();
  readonly #timer = setInterval(() => this.sweep(), SWEEP_EVERY);

  constructor(env: Env, clock: Clock) {
    this.#env = env;
    this.#clock = clock;
  }

  /** Counts a connection from this address, unless it has too many. Give it back with `release`. */
  admit(address: string): boolean {
    const open = this.#byAddress.get(address) ?? 0;
    if (open >= this.#env.MAX_CONNECTIONS_PER_ADDRESS) return false;
    this.#byAddress.set(address, open + 1);
    return true;
  }

  release(address: string): void {
    const open = (this.#byAddress.get(address) ?? 1) - 1;
    if (open > 0) this.#byAddress.set(address, open);
    else this.#byAddress.delete(address);
  }

  addSocket(connection: SocketConnection): void {
    this.#sockets.add(connection);
  }

  removeSocket(connection: SocketConnection): void {
    this.#sockets.delete(connection);
    this.unbind(connection);
  }

  /** Makes a connection somebody's. Errors: `BUSY` when they have too many. */
  bind(connection: Connection, session: Session): void {
    const own = this.#byUser.get(session.userId) ?? new Set();
    if (own.size >= this.#env.MAX_CONNECTIONS_PER_USER) throw new ParleyError('BUSY', { retryAfter: 60 });
    connection.session = session;
    this.#byUser.set(session.userId, own.add(connection));
  }

  unbind(connection: Connection): void {
    const { session } = connection;
    if (!session) return;
    const own = this.#byUser.get(session.userId);
    own?.delete(connection);
    if (own?.size === 0) this.#byUser.delete(session.userId);
  }

  /** Ends a session's connections; they were told by its event before. */
  endSession(userId: string, sessionId: string): void {
    for (const connection of this.#byUser.get(userId) ?? [])
      if (connection.session?.sessionId === sessionId)
        connection.close(CLOSE.unauthenticated, 'session ended');
  }

  /** Looks after every socket once: silence, stalls, and time that has run out. */
  sweep(): void {
    const now = performance.now();
    const time = this.#clock.now().getTime();
    for (const connection of this.#sockets) {
      const { socket, session } = connection;
      if (now - socket.lastSeen > GONE_AFTER) socket.terminate();
      else if (isStalled(connection, now)) socket.giveUp();
      else if (session) this.#watchExpiry(connection, session.expiresAt.getTime() - time);
      else if (now - connection.openedAt > (connection.announced ? AUTHENTICATE_WITHIN : ANONYMOUS_FOR))
        connection.close(CLOSE.unauthenticated, 'not authenticated in time');
      if (now - socket.lastSeen > PING_AFTER) socket.send('PING');
    }
  }

  /** `left`: milliseconds until the access token ends, negative after. */
  #watchExpiry(connection: SocketConnection, left: number): void {
    if (left < -EXPIRED_FOR) connection.close(CLOSE.unauthenticated, 'access token ended');
    if (left > RENEW_BEFORE || connection.asked) return;
    connection.asked = true;
    // The notice is the last that comes this way: the client resumes behind it, and gets nothing twice.
    for (const lane of connection.lanes) lane.retired = true;
    connection.socket.send(RECONNECT);
  }

  /** Closes everything, spread over some seconds. */
  async leave(): Promise<void> {
    clearInterval(this.#timer);
    const connections = [...this.#sockets, ...[...this.#byUser.values()].flatMap((own) => [...own])];
    const step = LEAVE_OVER / Math.max(connections.length, 100);
    for (const connection of new Set(connections)) {
      connection.close(CLOSE.leaving, 'leaving');
      await new Promise((resolve) => setTimeout(resolve, step));
    }
    for (const { socket } of this.#sockets) socket.terminate();
  }
}

/** Whether bytes have waited for ten seconds without one of them leaving. */
function isStalled(connection: SocketConnection, now: number): boolean {
  const { flushed, waiting } = connection.socket;
  if (waiting === 0) connection.progress = null;
  else if (connection.progress?.flushed !== flushed) connection.progress = { flushed, since: now };
  return connection.progress !== null && now - connection.progress.since > STALLED_FOR;
}
