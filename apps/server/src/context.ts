import type { ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { AccessTokens } from './auth/access-token.ts';
import type { SessionCookies } from './auth/cookies.ts';
import type { PasswordHasher } from './auth/password.ts';
import type { AuthVerifier } from './auth/verifier/auth-verifier.ts';
import type { Clock } from './clock.ts';
import type { Database } from './database/database.ts';
import type { Env } from './env.ts';
import type { EventLog } from './events/log.ts';
import type { JobQueue } from './jobs/job-queue.ts';
import type { Limits } from './limits/limits.ts';
import type { MailDriver } from './mail/driver.ts';
import type { Marks } from './messages/marks.ts';
import type { SendQueue } from './messages/send-queue.ts';
import type { PresenceTracker } from './presence/presence.ts';
import type { Previews } from './previews/previews.ts';
import type { FailedCall } from './report-error.ts';
import type { SearchPool } from './search/search-pool.ts';
import type { Connections, SocketConnection } from './sockets/connections.ts';
import type { Storage } from './storage/storage.ts';
import type { Views } from './stories/views.ts';
import type { TypingRelay } from './typing/relay.ts';

/** What lives as long as the process. Made once, in server.ts. */
export interface App {
  env: Env;
  clock: Clock;
  logger: Logger;
  database: Database;
  passwords: PasswordHasher;
  accessTokens: AccessTokens;
  verifier: AuthVerifier;
  log: EventLog;
  sends: SendQueue;
  marks: Marks;
  views: Views;
  search: SearchPool;
  jobs: JobQueue;
  /** Null where nobody looks what is under links. */
  previews: Previews | null;
  mail: MailDriver;
  storage: Storage;
  connections: Connections;
  presence: PresenceTracker;
  typing: TypingRelay;
  limits: Limits;
  /** Logs an error that no procedure foresaw, under the id that the client is told; see report-error.ts. */
  reportError(failed: FailedCall): void;
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
  /** Where the caller comes from. `network` is what limits count as one, see client-address.ts. */
  client: { address: string; network: string; userAgent: string | null };
  /** The socket, or null over HTTP … */
  socket: SocketConnection | null;
  /** … which has a response instead. */
  response: ServerResponse | null;
  /** A browser's session in cookies; null over a socket, and where no page of an allowed origin asks. */
  cookies: SessionCookies | null;
}

/** What is done for somebody, also when nobody calls: by a job. */
export interface Acting {
  app: App;
  session: Pick<Session, 'userId'>;
}

/** A call of somebody who is signed in: what every domain function but those of `auth` takes. */
export interface SignedIn extends Context {
  session: Session;
}
