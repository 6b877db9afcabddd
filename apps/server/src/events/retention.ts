import type { Logger } from 'pino';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { regularly } from '../regularly.ts';

/** How often the log is pruned, in milliseconds. */
const EVERY = 10 * 60 * 1_000;
/** Events of one statement: small, so that nobody notices. */
const BATCH = 1_000;

const PRUNE = `
  WITH old AS (
    SELECT position FROM events
    WHERE created_at < $1 AND position < (SELECT max(position) FROM events)
    ORDER BY position LIMIT ${BATCH}
  )
  DELETE FROM events USING old WHERE events.position = old.position`;

/** Intervals that ended before the log begins let nobody hear anything. */
const FORGET = `
  DELETE FROM topic_intervals
  WHERE closed_at < (SELECT min(position) FROM events)`;

/** Prunes what is older than `days` from the log. Its newest event stays: the next position is counted from it. */
export async function pruneLog(database: Database, clock: Clock, days: number): Promise<number> {
  const before = new Date(clock.now().getTime() - days * 86_400_000);
  let pruned = 0;
  for (;;) {
    const { rowCount } = await database.pool.query(PRUNE, [before]);
    pruned += rowCount ?? 0;
    if ((rowCount ?? 0) < BATCH) break;
  }
  if (pruned > 0) await database.pool.query(FORGET);
  return pruned;
}

/** Prunes now and then. Several nodes may: what one has deleted the other does not find. */
export const startRetention = (database: Database, clock: Clock, days: number, logger: Logger) =>
  regularly(
    EVERY,
    () => pruneLog(database, clock, days),
    (error) => logger.warn({ err: error }, 'the log was not pruned'),
  );
