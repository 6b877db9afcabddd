import type { StreamNotice } from '@parley/contract';
import type pg from 'pg';
import type { Database } from '../database/database.ts';
import type { LogEntry } from './entry.ts';
import type { LoadIntervals } from './hub.ts';
import { type Hydrators, hydrate, type LogRow } from './hydrate.ts';

/** Entries of one read: what a node holds for each reader that is catching up. */
const PAGE = 200;

/** What a stream leaves out: these topics, up to a position. */
export interface Skipped {
  topics: readonly string[];
  upTo: number;
}

/** What somebody is told of topics of which they have missed too much. */
export type DescribeGaps = (database: Database, userId: string, topics: string[]) => Promise<StreamNotice[]>;

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
   * The next entries in (after, upTo] that one person may hear, without those that are `skipped`. `upTo` of the
   * answer is how far it reaches: between it and the last entry there is nothing for them.
   */
  page(
    userId: string,
    after: number,
    upTo: number,
    skipped: Skipped,
  ): Promise<{ entries: LogEntry[]; upTo: number }>;
  /**
   * The topics, but their own, of which one person has missed more in (after, upTo] than is sent one by one, and
   * what they are told instead.
   */
  gaps(userId: string, after: number, upTo: number): Promise<{ topics: string[]; notices: StreamNotice[] }>;
  /** The topics of a person: those open, and those closed after a position. */
  intervals: LoadIntervals;
}

interface Row extends Omit<LogRow, 'position'> {
  position: string;
}

export interface LogReaderOptions {
  database: Database;
  hydrators: Hydrators;
  describeGaps: DescribeGaps;
  /** Events of one topic that are sent one by one to somebody who has missed them. */
  longestGap: number;
}

export async function createLogReader(options: LogReaderOptions): Promise<LogReader> {
  const { database, hydrators, describeGaps, longestGap } = options;
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
    async page(userId, after, upTo, skipped) {
      const values = [userId, after, upTo, PAGE, skipped.topics, skipped.upTo];
      const found = (await pool.query<Row>({ ...PAGE_FOR, values })).rows;
      const entries = await entriesOf(found);
      return { entries, upTo: entries.length < PAGE ? upTo : entries.at(-1)!.position };
    },
    async gaps(userId, after, upTo) {
      if (upTo - after <= longestGap) return { topics: [], notices: [] };
      const values = [userId, after, upTo, longestGap];
      const { rows } = await pool.query<{ topic: string }>({ ...GAPS, values });
      const topics = rows.map(({ topic }) => topic);
      return { topics, notices: topics.length > 0 ? await describeGaps(database, userId, topics) : [] };
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

/** The parts of (after $2, up to $3] in which a person ($1) hears of a topic that is not their own. */
const HEARD = `
  SELECT topic, greatest(opened_at - 1, $2) AS after, least(coalesce(closed_at, $3), $3) AS up_to
  FROM topic_intervals
  WHERE user_id = $1 AND opened_at <= $3 AND (closed_at IS NULL OR closed_at > $2)`;

/** Each topic is read along its own index, within the person's interval; then the first of all are taken. */
const PAGE_FOR = {
  name: 'log_page_for',
  text: `
    WITH heard AS (${HEARD} UNION ALL SELECT $1::uuid, $2::bigint, $3::bigint)
    SELECT e.* FROM heard CROSS JOIN LATERAL (
      SELECT position, topic, type, refs FROM events
      WHERE topic = heard.topic AND position <= heard.up_to
        AND position > CASE WHEN topic = ANY ($5::uuid[]) THEN greatest(heard.after, $6) ELSE heard.after END
      ORDER BY position LIMIT $4
    ) e
    ORDER BY e.position LIMIT $4`,
};

/** Counted no further than it matters. */
const GAPS = {
  name: 'log_gaps',
  text: `
    WITH heard AS (${HEARD})
    SELECT heard.topic FROM heard CROSS JOIN LATERAL (
      SELECT 1 FROM events
      WHERE topic = heard.topic AND position > heard.after AND position <= heard.up_to
      LIMIT $4 + 1
    ) missed
    GROUP BY heard.topic HAVING count(*) > $4`,
};

const INTERVALS = {
  name: 'log_intervals',
  text: `SELECT topic, opened_at AS opened, closed_at AS closed FROM topic_intervals
         WHERE user_id = $1 AND (closed_at IS NULL OR closed_at > $2)`,
};
