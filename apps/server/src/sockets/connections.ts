import type { Clock } from '../clock.ts';
import type { Session } from '../context.ts';
import type { Env } from '../env.ts';
import { ParleyError } from '../error.ts';
import type { Lane } from './lane.ts';
import { Pace } from './pace.ts';
import type { Progress } from './progress.ts';
import type { Socket } from './socket.ts';

/** Why a socket is closed. */
export const CLOSE = {
  /** Not authenticated in time, a bad token, or the session has ended. */
  unauthenticated: 4401,
  /** The server leaves: connect again, to another node or to this one when it is back. */
  leaving: 1012,
  /** It has more open, or lets more wait, than it may: come back later. */
  busy: 1013,
} as const;

/** Somebody's open connection: a socket, or the answer of an SSE subscription. */
export interface Connection {
  /** Null until it has authenticated. */
  session: Session | null;
  /** Whether it was asked to connect again, or came too late for that. */
  asked: boolean;
  readonly progress: Progress;
  /** Asks its client to go on with another connection and a fresh token. Nothing comes this way any more. */
  renew(): void;
  /** Ends it after all that was written before, and what is under way is answered. No event comes this way any more. */
  close(code: number, reason: string): void;
  /** Ends it without a word: its client does not read. */
  giveUp(): void;
}

/** A WebSocket with its subscriptions. Its times are milliseconds of the process's clock. */
export interface SocketConnection extends Connection {
  readonly socket: Socket;
  readonly network: string;
  readonly lanes: Set<Lane>;
  /** When something last came from its client. */
  lastSeen: number;
  /** Until when it may go without a session. */
  authenticateBy: number;
}

/** Hears of people: of the first connection of somebody, and when the last one is gone. */
export interface PeopleObserver {
  arrived(userId: string): void;
  left(userId: string): void;
}

/** All times in milliseconds. */
const SWEEP_EVERY = 1_000;
const AUTHENTICATE_WITHIN = 5_000;
const ANONYMOUS_FOR = 60_000;
const PING_AFTER = 25_000;
const GONE_AFTER = 60_000;
const RENEW_BEFORE = 60_000;
const EXPIRED_FOR = 30_000;
/** Longer than anything takes from looking a session up to binding its connection. */
const ENDED_FOR = 60_000;
/** Over this time a leaving node closes its sockets, so that not all come back at once. */
const LEAVE_OVER = 2_000;

/**
 * Every open connection of this node: how many each address and person may have, when one has to go, and the
 * end of a session. One timer serves them all.
 */
export class Connections {
  readonly #env: Env;
  readonly #clock: Clock;
  readonly #open = new Set<Connection>();
  readonly #sockets = new Set<SocketConnection>();
  readonly #byNetwork = new Map<string, number>();
  readonly #byUser = new Map<string, Set<Connection>>();
  /** By person, and by network for those who are nobody yet. */
  readonly #pace: Pace;
  /** Sessions that have ended of late, and when. */
  readonly #ended = new Map<string, number>();
  readonly #observers: PeopleObserver[] = [];
  readonly #timer = setInterval(() => this.sweep(), SWEEP_EVERY);

  constructor(env: Env, clock: Clock) {
    this.#env = env;
    this.#clock = clock;
    this.#pace = new Pace(env.MAX_MESSAGES_PER_SECOND, clock);
  }

  observe(observer: PeopleObserver): void {
    this.#observers.push(observer);
  }

  /** Counts a connection from this network, unless it has too many. Give it back with `release`. */
  admit(network: string): boolean {
    const open = this.#byNetwork.get(network) ?? 0;
    if (open >= this.#env.MAX_CONNECTIONS_PER_ADDRESS) return false;
    this.#byNetwork.set(network, open + 1);
    return true;
  }

  release(network: string): void {
    const open = (this.#byNetwork.get(network) ?? 1) - 1;
    if (open > 0) this.#byNetwork.set(network, open);
    else this.#byNetwork.delete(network);
  }

  /** A socket begins. `announced`: it says that it will authenticate, and has little time for it. */
  addSocket(connection: SocketConnection, announced: boolean): void {
    this.#open.add(connection);
    this.#sockets.add(connection);
    connection.lastSeen = this.#clock.elapsed();
    connection.authenticateBy = connection.lastSeen + (announced ? AUTHENTICATE_WITHIN : ANONYMOUS_FOR);
  }

  removeSocket(connection: SocketConnection): void {
    this.#sockets.delete(connection);
    this.#pace.forget(connection.socket);
    this.remove(connection);
  }

  /** A message came. */
  heardFrom(connection: SocketConnection): void {
    connection.lastSeen = this.#clock.elapsed();
    this.#pace.heard(connection.session?.userId ?? connection.network, connection.socket);
  }

  /** It has said that it comes without a session. */
  staysAnonymous(connection: SocketConnection): void {
    connection.authenticateBy = this.#clock.elapsed() + ANONYMOUS_FOR;
  }

  /**
   * Makes a connection somebody's; false when the session has ended since it was looked up. Errors: `BUSY` when
   * they have too many.
   */
  bind(connection: Connection, session: Session): boolean {
    if (this.#ended.has(session.sessionId)) return false;
    const own = this.#byUser.get(session.userId) ?? new Set();
    if (own.size >= this.#env.MAX_CONNECTIONS_PER_USER) throw new ParleyError('BUSY', { retryAfter: 60 });
    connection.session = session;
    connection.asked = session.expiresAt.getTime() - this.#clock.now().getTime() <= RENEW_BEFORE;
    this.#open.add(connection);
    this.#byUser.set(session.userId, own.add(connection));
    if (own.size === 1) for (const observer of this.#observers) observer.arrived(session.userId);
    return true;
  }

  remove(connection: Connection): void {
    this.#open.delete(connection);
    const { session } = connection;
    if (!session) return;
    const own = this.#byUser.get(session.userId);
    if (!own?.delete(connection) || own.size > 0) return;
    this.#byUser.delete(session.userId);
    for (const observer of this.#observers) observer.left(session.userId);
  }

  /** Ends a session's connections; they were told by its event before. */
  endSession(userId: string, sessionId: string): void {
    this.#ended.set(sessionId, this.#clock.elapsed());
    for (const connection of this.#byUser.get(userId) ?? [])
      if (connection.session?.sessionId === sessionId)
        connection.close(CLOSE.unauthenticated, 'session ended');
  }

  /** Looks after every connection once: stalls, silence, and time that has run out. */
  sweep(): void {
    const now = this.#clock.elapsed();
    const time = this.#clock.now().getTime();
    for (const connection of this.#open) {
      if (connection.progress.isStalled(now)) connection.giveUp();
      else if (connection.session) watchExpiry(connection, connection.session.expiresAt.getTime() - time);
    }
    for (const connection of this.#sockets) watchSocket(connection, now);
    for (const [sessionId, since] of this.#ended)
      if (now - since > ENDED_FOR) this.#ended.delete(sessionId);
      else break;
  }

  /** Closes everything, spread over some seconds. */
  async leave(): Promise<void> {
    clearInterval(this.#timer);
    this.#pace.close();
    const connections = [...this.#open];
    const step = LEAVE_OVER / Math.max(connections.length, 100);
    for (const connection of connections) {
      connection.close(CLOSE.leaving, 'leaving');
      await new Promise((resolve) => setTimeout(resolve, step));
    }
    for (const { socket } of this.#sockets) socket.terminate();
  }
}

/** `left`: milliseconds until the access token ends, negative after. */
function watchExpiry(connection: Connection, left: number): void {
  if (left <= -EXPIRED_FOR) connection.close(CLOSE.unauthenticated, 'access token ended');
  else if (left <= RENEW_BEFORE && !connection.asked) {
    connection.asked = true;
    connection.renew();
  }
}

function watchSocket(connection: SocketConnection, now: number): void {
  const { socket, session, lastSeen, authenticateBy } = connection;
  if (!session && now > authenticateBy) connection.close(CLOSE.unauthenticated, 'not authenticated in time');
  if (now - lastSeen > GONE_AFTER) socket.terminate();
  else if (now - lastSeen > PING_AFTER) socket.send('PING');
}
