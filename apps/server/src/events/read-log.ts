import type pg from 'pg';
import type { Database } from '../database/database.ts';
import type { LogEntry } from './entry.ts';
import type { LoadIntervals } from './hub.ts';
import { type Hydrators, hydrate, type LogRow } from './hydrate.ts';

/** Entries of one read: what a node holds for each reader that is catching up. */
const PAGE = 200;

/** The log as Postgres has it. */
export interface LogReader {
  readonly epoch: string;
  /** The highest position. */
  head(): Promise<number>;
  /** The lowest position that is kept; 1 while nothing was pruned. */
  oldest(): Promise<number>;
  /** The next entries after a position, for everybody: what a node follows. */
  next(after: number, before: number): Promise<{ entries: LogEntry[]; more: boolean }>;
  /**
   * The next entries in (after, upTo] that one person may hear. `upTo` of the answer is how far it reaches:
   * between it and the last entry there is nothing for them.
   */
  page(userId: string, after: number, upTo: number): Promise<{ entries: LogEntry[]; upTo: number }>;
  /** The topics of a person: those open, and those closed after a position. */
  intervals: LoadIntervals;
}

interface Row extends Omit<LogRow, 'position'> {
  position: string;
}

export async function createLogReader(database: Database, hydrators: Hydrators): Promise<LogReader> {
  const { pool } = database;
  const { rows } = await pool.query<{ epoch: string }>('SELECT epoch FROM log_epoch');
  const epoch = rows[0]!.epoch;
  const entriesOf = (found: Row[]) =>
    hydrate(
      database,
      hydrators,
      found.map((row) => ({ ...row, position: Number(row.position) })),
    );
  return {
    epoch,
    head: () => readHead(pool),
    oldest: async () => numberOf(await pool.query(OLDEST)),
    async next(after, before) {
      const entries = await entriesOf(
        (await pool.query<Row>({ ...NEXT, values: [after, before, PAGE] })).rows,
      );
      return { entries, more: entries.length === PAGE };
    },
    async page(userId, after, upTo) {
      const found = (await pool.query<Row>({ ...PAGE_FOR, values: [userId, after, upTo, PAGE] })).rows;
      const entries = await entriesOf(found);
      return { entries, upTo: entries.length < PAGE ? upTo : entries.at(-1)!.position };
    },
    async intervals(userId, after) {
      const result = await pool.query<{ topic: string; opened: string; closed: string | null }>({
        ...INTERVALS,
        values: [userId, after],
      });
      return result.rows.map(({ topic, opened, closed }) => ({
        topic,
        opened: Number(opened),
        closed: closed === null ? null : Number(closed),
      }));
    },
  };
}

/** The highest position, as `client` sees the log: inside a snapshot, the snapshot's. */
export const readHead = async (client: pg.Pool | pg.ClientBase): Promise<number> =>
  numberOf(await client.query(HEAD));

const numberOf = ({ rows }: { rows: { n: string }[] }): number => Number(rows[0]!.n);

const HEAD = { name: 'log_head', text: 'SELECT coalesce(max(position), 0) AS n FROM events' };
const OLDEST = { name: 'log_oldest', text: 'SELECT coalesce(min(position), 1) AS n FROM events' };

const NEXT = {
  name: 'log_next',
  text: `SELECT position, topic, type, refs, opens, closes FROM events
         WHERE position > $1 AND position < $2 ORDER BY position LIMIT $3`,
};

/** Each topic is read along its own index, within the person's interval; then the first of all are taken. */
const PAGE_FOR = {
  name: 'log_page_for',
  text: `
    WITH heard AS (
      SELECT topic, greatest(opened_at - 1, $2) AS after, least(coalesce(closed_at, $3), $3) AS up_to
      FROM topic_intervals
      WHERE user_id = $1 AND opened_at <= $3 AND (closed_at IS NULL OR closed_at > $2)
      UNION ALL SELECT $1::uuid, $2::bigint, $3::bigint
    )
    SELECT e.* FROM heard CROSS JOIN LATERAL (
      SELECT position, topic, type, refs FROM events
      WHERE topic = heard.topic AND position > heard.after AND position <= heard.up_to
      ORDER BY position LIMIT $4
    ) e
    ORDER BY e.position LIMIT $4`,
};

const INTERVALS = {
  name: 'log_intervals',
  text: `SELECT topic, opened_at AS opened, closed_at AS closed FROM topic_intervals
         WHERE user_id = $1 AND (closed_at IS NULL OR closed_at > $2)`,
};
