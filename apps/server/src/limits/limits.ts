import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import type pg from 'pg';
import type { Logger } from 'pino';
import {
  BurstyRateLimiter,
  type RateLimiterAbstract,
  RateLimiterPostgres,
  RateLimiterRedis,
  RateLimiterRes,
} from 'rate-limiter-flexible';
import type { Env } from '../env.ts';
import { ParleyError } from '../error.ts';
import { seldom } from '../seldom.ts';
import { MemoryCounter } from './memory-counter.ts';
import type { Rate } from './rate.ts';

/**
 * All limits there are: the variable with its numbers, and by what it counts. What a `person` does is counted in
 * this node's memory, since it is much; everything else in Postgres, for all nodes and beyond their restarts.
 * With a Redis all of it is counted there.
 */
export const LIMITS = {
  /** Every call of a member, whatever it is. */
  operations: { variable: 'LIMIT_OPERATIONS', by: 'person' },
  sends: { variable: 'LIMIT_SENDS', by: 'person' },
  /** Changes of a profile: each is told to everybody who sees it. */
  profiles: { variable: 'LIMIT_PROFILES', by: 'person' },
  /** Changes of a username. */
  usernames: { variable: 'LIMIT_USERNAMES', by: 'person' },
  /** Friend requests that are sent: each is news for somebody else. */
  friendRequests: { variable: 'LIMIT_FRIEND_REQUESTS', by: 'person' },
  reports: { variable: 'LIMIT_REPORTS', by: 'person' },
  /** Searches of messages: one may cost as much as a thousand other calls. */
  searches: { variable: 'LIMIT_SEARCHES', by: 'person' },
  /** Uploads that are begun. */
  uploads: { variable: 'LIMIT_UPLOADS', by: 'person' },
  /** Files, or parts of them, that are downloaded. */
  downloads: { variable: 'LIMIT_DOWNLOADS', by: 'person' },
  /** Current passwords that a member is asked for. */
  passwords: { variable: 'LIMIT_PASSWORDS', by: 'person' },
  /** Every call that needs no session. */
  strangers: { variable: 'LIMIT_STRANGERS', by: 'address' },
  register: { variable: 'LIMIT_REGISTER', by: 'address' },
  login: { variable: 'LIMIT_LOGIN', by: 'address' },
  /** Mailed codes that are tried. */
  codes: { variable: 'LIMIT_CODES', by: 'address' },
  /** Mails that are asked for … */
  mails: { variable: 'LIMIT_MAILS', by: 'address' },
  /** … and those that a mailbox gets of them, and all mailboxes: whoever asked is not told. See may-mail.ts. */
  mailbox: { variable: 'LIMIT_MAILBOX', by: 'mailbox' },
  mailPerDay: { variable: 'MAIL_PER_DAY', by: 'all' },
  /** Wrong passwords for what was given as username or e-mail address, and for all. See attempt-login.ts. */
  failedLogins: { variable: 'LIMIT_FAILED_LOGINS', by: 'login' },
  allFailedLogins: { variable: 'LIMIT_ALL_FAILED_LOGINS', by: 'all' },
} as const satisfies Record<string, { variable: keyof Env; by: Scope }>;

type Scope = 'person' | 'address' | 'mailbox' | 'login' | 'all';

export type LimitName = keyof typeof LIMITS;

/** Counts who does what how often. Where it counts may be away: then it counts in memory, and keeps nobody waiting. */
export interface Limits {
  /** Counts one more. Errors: `RATE_LIMITED`, with the seconds until there is room again. */
  take(limit: LimitName, key: string): Promise<void>;
  /** Counts one more, and says whether it was within the limit: for what must not show. */
  allows(limit: LimitName, key: string): Promise<boolean>;
  /** Takes one back that turned out not to count. */
  giveBack(limit: LimitName, key: string): Promise<void>;
  close(): void;
}

/** Milliseconds. */
const CLEAN_EVERY = 10 * 60 * 1_000;

export function createLimits(options: {
  env: Env;
  pool: pg.Pool;
  redis: Redis | null;
  logger: Logger;
}): Limits {
  const { env, pool, redis, logger } = options;
  const counters = mapLimits((name) => {
    const rate = env[LIMITS[name].variable];
    const store = redis ? inRedis(redis) : LIMITS[name].by === 'person' ? null : inPostgres(pool);
    return { shared: store && createCounter(store, name, rate), own: new MemoryCounter(rate) };
  });
  const report = seldom((error: unknown) =>
    logger.warn({ err: error }, 'limits are counted in memory: their store did not answer'),
  );
  const clean = () => pool.query('DELETE FROM limit_counts WHERE expire < $1', [Date.now()]).catch(report);
  const timer = setInterval(clean, CLEAN_EVERY).unref();

  /** Counts one more where it is to be counted, or else here. Milliseconds until there is room again; 0 when it is within the limit. */
  function count(limit: LimitName, key: string): number | Promise<number> {
    const { shared, own } = counters[limit];
    const counted = keyOf(limit, key);
    if (!shared) return own.consume(counted);
    return shared.consume(counted).then(
      () => 0,
      (error: unknown) => {
        if (error instanceof RateLimiterRes) return Math.max(1, error.msBeforeNext);
        report(error);
        return own.consume(counted);
      },
    );
  }

  return {
    take(limit, key) {
      const wait = count(limit, key);
      return wait === 0 ? WITHIN : refuse(wait);
    },
    allows: async (limit, key) => (await count(limit, key)) === 0,
    async giveBack(limit, key) {
      const { shared, own } = counters[limit];
      const counted = keyOf(limit, key);
      if (!shared) return own.reward(counted);
      await shared.reward(counted).catch((error: unknown) => {
        report(error);
        own.reward(counted);
      });
    },
    close: () => clearInterval(timer),
  };
}

/** What most calls get: one promise for all of them. */
const WITHIN = Promise.resolve();

/** Refuses with the time to wait, if there is any. */
async function refuse(milliseconds: number | Promise<number>): Promise<void> {
  const wait = await milliseconds;
  if (wait > 0) throw new ParleyError('RATE_LIMITED', { retryAfter: Math.ceil(wait / 1_000) });
}

const mapLimits = <Value>(make: (name: LimitName) => Value): Record<LimitName, Value> =>
  Object.fromEntries((Object.keys(LIMITS) as LimitName[]).map((name) => [name, make(name)])) as never;

/** What somebody gave as their name or address is not kept as such, nor at its length. */
function keyOf(limit: LimitName, key: string): string {
  const { by } = LIMITS[limit];
  if (by !== 'login' && by !== 'mailbox') return key;
  return createHash('sha256').update(key).digest('base64url');
}

/** How one rate is counted in a store. Both reject with a `RateLimiterRes` when there is no more room, else with what failed. */
type Counter = Pick<RateLimiterAbstract, 'consume' | 'reward'>;
type Store = (options: { keyPrefix: string; points: number; duration: number }) => RateLimiterAbstract;

function createCounter(store: Store, name: LimitName, { points, seconds, burst }: Rate): Counter {
  const steady = store({ keyPrefix: name, points, duration: seconds });
  if (!burst) return steady;
  const reserve = store({ keyPrefix: `${name}-burst`, points: burst.points, duration: burst.seconds });
  const both = new BurstyRateLimiter(steady, reserve);
  return { consume: (key) => both.consume(key), reward: (key) => steady.reward(key) };
}

/** Whoever was refused is refused here until their time has come, and costs the store nothing. */
const remember = ({ points }: { points: number }) => ({ inMemoryBlockOnConsumed: points + 1 });

const inPostgres =
  (pool: pg.Pool): Store =>
  (options) =>
    new RateLimiterPostgres({
      ...options,
      ...remember(options),
      storeClient: pool,
      storeType: 'pool',
      tableName: 'limit_counts',
      tableCreated: true,
      clearExpiredByTimeout: false,
    });

const inRedis =
  (redis: Redis): Store =>
  (options) =>
    new RateLimiterRedis({
      ...options,
      ...remember(options),
      keyPrefix: `parley:limit:${options.keyPrefix}`,
      storeClient: redis,
      rejectIfRedisNotReady: true,
    });
