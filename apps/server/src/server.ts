import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Logger, pino } from 'pino';
import { createAccessTokens } from './auth/access-token.ts';
import { createPasswordHasher } from './auth/password.ts';
import { type Clock, systemClock } from './clock.ts';
import type { App } from './context.ts';
import { isDatabaseAway } from './database/away.ts';
import { describeGaps } from './conversations/gaps.ts';
import { connectDatabase } from './database/database.ts';
import type { Env } from './env.ts';
import { ParleyError } from './error.ts';
import { openEventLog } from './events/log.ts';
import { startRetention } from './events/retention.ts';
import { createRequestListener } from './http.ts';
import { hydrators } from './hydrators.ts';
import { createReadMarks } from './messages/read-marks.ts';
import { createSendQueue } from './messages/send-queue.ts';
import { appRouter } from './router.ts';
import { Connections } from './sockets/connections.ts';
import { createUpgradeHandler } from './sockets/upgrade.ts';
import { errorIdOf } from './trpc.ts';

/** What a request may take before anything of ours sees it: bytes of its headers, milliseconds until it is there. */
const HTTP_LIMITS = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  connectionsCheckingInterval: 2_000,
};

/** A server that listens. */
export interface RunningServer {
  /** Where it is, from this machine. */
  url: string;
  port: number;
  app: App;
  /** Stops taking requests, finishes what is under way, closes the sockets over some seconds, and leaves. */
  close(): Promise<void>;
}

/**
 * The composition root: makes every part once, and closes them in mirror order. The database is migrated
 * before. Errors: `EADDRINUSE` when the port is taken.
 */
export async function startServer(
  env: Env,
  given: { clock?: Clock; logger?: Logger } = {},
): Promise<RunningServer> {
  const { clock = systemClock, logger = pino({ level: env.LOG_LEVEL }) } = given;
  const database = connectDatabase(env.DATABASE_URL, env.DATABASE_POOL);
  const log = await openEventLog({
    ...{ database, url: env.DATABASE_URL, logger },
    ...{ hydrators, describeGaps },
  });
  const sends = createSendQueue({ url: env.DATABASE_URL, database, log, clock });
  const readMarks = createReadMarks(database, log);
  const retention = startRetention(database, clock, env.LOG_RETENTION_DAYS, logger);
  const passwords = createPasswordHasher({ pepper: env.PASSWORD_PEPPER, cost: env.BCRYPT_COST });
  const accessTokens = createAccessTokens({
    secrets: env.JWT_SECRETS,
    seconds: env.ACCESS_TOKEN_SECONDS,
    clock,
  });
  const connections = new Connections(env, clock);
  const app: App = {
    ...{ env, clock, logger, database, passwords, accessTokens, log, sends, readMarks, connections },
    reportError(error, path) {
      if (isDatabaseAway(error.cause)) logger.warn({ err: error.cause, path }, 'the database did not answer');
      else if (error.code === 'INTERNAL_SERVER_ERROR' && !(error.cause instanceof ParleyError))
        logger.error({ err: error.cause, path, errorId: errorIdOf(error) }, 'unforeseen error');
    },
  };
  database.onCommit(() => log.wake());
  log.hub.observe(({ topic, event }) => {
    if (event?.type === 'session.ended') connections.endSession(topic, event.sessionId);
  });

  let leaving = false;
  const isReady = async () =>
    !leaving &&
    (await database.pool.query('SELECT 1').then(
      () => true,
      () => false,
    ));
  const http = createServer(HTTP_LIMITS, createRequestListener(app, appRouter, isReady));
  http.on('upgrade', createUpgradeHandler(app, appRouter));
  http.listen(env.PORT, env.HOST, 4096);

  async function close(): Promise<void> {
    leaving = true;
    http.close();
    await connections.leave();
    http.closeAllConnections();
    await sends.close();
    await readMarks.flush();
    await retention.stop();
    await log.close();
    await passwords.close();
    await database.close();
  }

  try {
    await once(http, 'listening');
  } catch (error) {
    await close();
    throw error;
  }
  const { port } = http.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port, app, close };
}
