import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { seldom } from './seldom.ts';

/** Milliseconds. Whoever waits for Redis waits this long at most, once: then it is away until it answers again. */
const ANSWERS_WITHIN = 500;
const CONNECTS_WITHIN = 2_000;
/** The wait between two tries to reach it: from this, doubling, to that. */
const RETRY_FROM = 100;
const RETRY_TO = 5_000;

/**
 * Connects to Redis. Resolves when it is there, or when it is not yet: then it is tried again for as long as the
 * process lives. While it is away each command fails at once, and nothing waits for it.
 */
export async function connectRedis(url: string, logger: Logger): Promise<Redis> {
  // It takes a fifth of a second to load: for those only who have a Redis.
  const { Redis } = await import('ioredis');
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECTS_WITHIN,
    socketTimeout: ANSWERS_WITHIN,
    enableOfflineQueue: false,
    // What was asked when it went away fails at once, instead of waiting for its return.
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(RETRY_FROM * 2 ** attempt, RETRY_TO),
  });
  redis.on(
    'error',
    seldom((error: Error) => logger.warn({ err: error }, 'Redis is away')),
  );
  await redis.connect().catch(() => {});
  return redis;
}
