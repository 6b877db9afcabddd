import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { type Bus, createBus } from './bus.ts';
import { overPostgres } from './bus-postgres.ts';
import { overRedis } from './bus-redis.ts';
import { type Cursor, formatCursor } from './cursor.ts';
import type { LogEntry } from './entry.ts';
import { Follower } from './follower.ts';
import { Hub } from './hub.ts';
import { createLogReader, type LogReader, type LogReaderOptions } from './read-log.ts';

/** The event log on this node: it follows Postgres, and tells the streams. */
export interface EventLog {
  readonly hub: Hub;
  readonly reader: LogReader;
  readonly bus: Bus;
  /** A position of this log as clients keep it. */
  cursor(position: number): Cursor;
  /** Takes what this node has just committed, without reading it again. */
  committed(entries: LogEntry[]): void;
  /** Looks for what this node has just committed in an ordinary transaction. */
  wake(): void;
  close(): Promise<void>;
}

export interface EventLogOptions extends LogReaderOptions {
  url: string;
  /** What the nodes talk over; without one, over Postgres. */
  redis: Redis | null;
  logger: Logger;
}

export async function openEventLog(options: EventLogOptions): Promise<EventLog> {
  const { url, redis, logger } = options;
  const reader = await createLogReader(options);
  const applied = await reader.head();
  const hub = new Hub(reader.epoch, applied, reader.intervals);
  const onError = (error: unknown) => logger.warn({ err: error }, 'the log cannot be read at the moment');
  const follower = new Follower(applied, {
    next: reader.next,
    apply: (entries) => hub.apply(entries),
    onError,
  });
  const bus = createBus({
    connect: (hear) => (redis ? overRedis(redis, reader, hear) : overPostgres(url, hear)),
    onHint: (position) => follower.hint(position),
    onError,
  });
  // Whatever this node has applied it may be the first to know of.
  hub.observe(({ position }) => bus.announce(position));
  return {
    hub,
    reader,
    bus,
    cursor: (position) => formatCursor(reader.epoch, position),
    committed: (entries) => follower.offer(entries),
    wake: () => follower.wake(),
    async close() {
      follower.close();
      await bus.close();
    },
  };
}
