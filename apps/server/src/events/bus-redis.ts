import type { Redis } from 'ioredis';
import type { BusDriver } from './bus.ts';

/** Bytes of one message: small enough that nobody waits for it. */
const LONGEST = 64 * 1024;

/**
 * The bus over Redis, whose channel it names after the log. It publishes over the connection that is there, and
 * listens over one of its own. While Redis is away, what would go over it is lost, and `head` still tells of the log.
 */
export function overRedis(
  redis: Redis,
  log: { epoch: string; head(): Promise<number> },
  hear: (text: string) => void,
): BusDriver {
  const channel = `parley:${log.epoch}`;
  const subscriber = redis.duplicate({ autoResubscribe: false });
  // Whoever made `redis` says that it is away.
  subscriber.on('error', () => {});
  subscriber.on('ready', () => void subscriber.subscribe(channel).catch(() => {}));
  subscriber.on('message', (_, text) => hear(text));
  void subscriber.connect().catch(() => {});
  return {
    longest: LONGEST,
    async send(text) {
      await redis.publish(channel, text).catch(() => {});
    },
    head() {
      // A listener asks nothing, and would not notice that nobody is there any more.
      if (subscriber.status === 'ready') void subscriber.ping().catch(() => {});
      return log.head();
    },
    async close() {
      subscriber.disconnect();
    },
  };
}
