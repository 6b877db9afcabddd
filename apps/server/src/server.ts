import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, isIPv6 } from 'node:net';
import type { Logger } from 'pino';
import { appointAdmin } from './admin/appoint-admin.ts';
import { createAccessTokens } from './auth/access-token.ts';
import { createPasswordHasher, type PasswordHasher } from './auth/password.ts';
import { createVerifier } from './auth/verifier/create-verifier.ts';
import { type Clock, systemClock } from './clock.ts';
import type { App } from './context.ts';
import { describeGaps } from './conversations/gaps.ts';
import { connectDatabase } from './database/database.ts';
import type { Env } from './env.ts';
import { openEventLog } from './events/log.ts';
import { startRetention } from './events/retention.ts';
import { createRequestListener } from './http.ts';
import { hydrators } from './hydrators.ts';
import { jobHandlers } from './job-handlers.ts';
import { createJobQueue } from './jobs/job-queue.ts';
import { deriveKey } from './keys.ts';
import { createLimits } from './limits/limits.ts';
import { createLogger } from './logger.ts';
import { createMailDriver } from './mail/create-driver.ts';
import { createMarks } from './messages/marks.ts';
import { createSendQueue } from './messages/send-queue.ts';
import { createPresence } from './presence/presence.ts';
import { internet, type Network } from './previews/network.ts';
import { createPreviews } from './previews/previews.ts';
import { connectRedis } from './redis.ts';
import { createErrorReporter } from './report-error.ts';
import { appRouter } from './router.ts';
import { watchSchedule } from './scheduled/due.ts';
import { createSearchPool } from './search/search-pool.ts';
import { Connections } from './sockets/connections.ts';
import { createUpgradeHandler } from './sockets/upgrade.ts';
import { createStorage } from './storage/create-storage.ts';
import { createViews } from './stories/views.ts';
import { createTypingRelay } from './typing/relay.ts';

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
 * before. Whoever gives `passwords` closes them: servers in one process may share their threads. Errors:
 * `EADDRINUSE` when the port is taken.
 */
export async function startServer(
  env: Env,
  given: { clock?: Clock; logger?: Logger; passwords?: PasswordHasher; network?: Network } = {},
): Promise<RunningServer> {
  const { clock = systemClock, logger = createLogger(env.LOG_LEVEL) } = given;
  const database = connectDatabase(env.DATABASE_URL, env.DATABASE_POOL);
  const redis = env.REDIS_URL === undefined ? null : await connectRedis(env.REDIS_URL, logger);
  const log = await openEventLog({
    database,
    hydrators,
    describeGaps,
    longestGap: env.MAX_MISSED_EVENTS,
    url: env.DATABASE_URL,
    redis,
    logger,
  });
  const jobs = createJobQueue({ database, key: deriveKey(env.APP_SECRET, 'sealed-job'), logger });
  const { network = internet } = given;
  const previews =
    env.LINK_PREVIEWS === 'on' ? createPreviews({ network, clock, database, jobs, logger }) : null;
  const sends = createSendQueue({ url: env.DATABASE_URL, database, log, clock, onLinks: previews?.want });
  const marks = createMarks(database, log);
  const views = createViews(database, clock);
  const search = createSearchPool(env.DATABASE_URL);
  const retention = startRetention(database, clock, env.LOG_RETENTION_DAYS, logger);
  const passwords =
    given.passwords ?? createPasswordHasher({ pepper: env.PASSWORD_PEPPER, cost: env.BCRYPT_COST });
  const accessTokens = createAccessTokens({
    secrets: env.JWT_SECRETS,
    seconds: env.ACCESS_TOKEN_SECONDS,
    clock,
  });
  const mail = createMailDriver(env, database, clock);
  const storage = createStorage(env, clock, logger);
  const verifier = await createVerifier({ env, clock, logger, accessTokens });
  const connections = new Connections(env, clock);
  const presence = createPresence({ database, log, connections, clock, logger });
  const typing = createTypingRelay(log, clock);
  const limits = createLimits({ env, pool: database.pool, redis, logger });
  const app: App = {
    env,
    clock,
    logger,
    database,
    log,
    jobs,
    previews,
    mail,
    storage,
    limits,
    connections,
    passwords,
    accessTokens,
    verifier,
    sends,
    marks,
    views,
    search,
    presence,
    typing,
    reportError: createErrorReporter(logger, appRouter),
  };
  const schedule = watchSchedule(app);
  database.onCommit(() => log.wake());
  if (env.ADMIN_EMAIL !== undefined) await database.transaction((tx) => appointAdmin(tx, app));
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
    await presence.close();
    await schedule.stop();
    await jobs.close();
    await mail.close();
    await sends.close();
    await previews?.close();
    await marks.flush();
    await views.flush();
    await search.close();
    await retention.stop();
    await log.close();
    limits.close();
    redis?.disconnect();
    verifier.close();
    if (!given.passwords) await passwords.close();
    await database.close();
  }

  try {
    await once(http, 'listening');
    await jobs.start(app, jobHandlers);
  } catch (error) {
    await close();
    throw error;
  }
  const address = http.address() as AddressInfo;
  return { url: urlAt(address), port: address.port, app, close };
}

function urlAt({ address, port }: AddressInfo): string {
  // What listens everywhere listens here.
  if (address === '0.0.0.0' || address === '::') return `http://127.0.0.1:${port}`;
  return `http://${isIPv6(address) ? `[${address}]` : address}:${port}`;
}
