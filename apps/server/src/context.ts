import type { ServerResponse } from 'node:http';
import type { TRPCError } from '@trpc/server';
import type { Logger } from 'pino';
import type { AccessTokens } from './auth/access-token.ts';
import type { PasswordHasher } from './auth/password.ts';
import type { Clock } from './clock.ts';
import type { Database } from './database/database.ts';
import type { Env } from './env.ts';
import type { EventLog } from './events/log.ts';
import type { ReadMarks } from './messages/read-marks.ts';
import type { SendQueue } from './messages/send-queue.ts';
import type { Connections, SocketConnection } from './sockets/connections.ts';

/** What lives as long as the process. Made once, in server.ts. */
export interface App {
  env: Env;
  clock: Clock;
  logger: Logger;
  database: Database;
  passwords: PasswordHasher;
  accessTokens: AccessTokens;
  log: EventLog;
  sends: SendQueue;
  readMarks: ReadMarks;
  connections: Connections;
  /** Logs an error that no procedure foresaw, under the id that the client is told. */
  reportError(error: TRPCError, path: string | undefined): void;
}

/** Who is calling: an access token that was checked and whose session has not ended. */
export interface Session {
  sessionId: string;
  userId: string;
  /** When the access token ends. */
  expiresAt: Date;
  /** The account's address is to be verified first: until then, next to nothing is open to it. */
  isRestricted: boolean;
}

/** One call: over HTTP made anew for each request, over a socket shared by all its calls. */
export interface Context {
  app: App;
  session: Session | null;
  /** Where the caller comes from, for sessions and limits. */
  client: { address: string; userAgent: string | null };
  /** The socket, or null over HTTP … */
  socket: SocketConnection | null;
  /** … which has a response instead. */
  response: ServerResponse | null;
}

/** A call of somebody who is signed in: what every domain function but those of `auth` takes. */
export interface SignedIn extends Context {
  session: Session;
}
