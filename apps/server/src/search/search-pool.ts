import type pg from 'pg';
import { createPool } from '../database/pool.ts';
import { ParleyError } from '../error.ts';

/** Statements of searches that one node runs at the same time: the rest of the database is for those who chat. */
const AT_ONCE = 2;
/** Those that may wait; past it the answer is `BUSY`. */
const WAITING = 50;

/** Milliseconds within which all statements of one search are answered, or the search is given up. */
const WITHIN = 2_000;

/**
 * Every statement looks rows up by key, whatever the tables' statistics say, and none takes longer than two seconds.
 */
const SETTINGS = [
  `statement_timeout=${WITHIN}`,
  'lock_timeout=1000',
  'plan_cache_mode=force_generic_plan',
  'enable_seqscan=off',
  'enable_hashjoin=off',
  'enable_mergejoin=off',
  'jit=off',
];

/** Connections for searches alone. */
export interface SearchPool {
  /** Begins one search, which has two seconds from here on. */
  begin(): Search;
  close(): Promise<void>;
}

export interface Search {
  /** Errors: `BUSY`, when too many others wait, or the time is over; `UNAVAILABLE`, when Postgres gives up. */
  query<Row extends pg.QueryResultRow>(statement: pg.QueryConfig): Promise<Row[]>;
}

export function createSearchPool(url: string): SearchPool {
  const options = SETTINGS.map((setting) => `-c ${setting}`).join(' ');
  // Whoever has been given up does not wait for a connection any more.
  const pool = createPool({ connectionString: url, max: AT_ONCE, options, connectionTimeoutMillis: WITHIN });
  return {
    begin() {
      const over = new Promise<never>((_, reject) => {
        setTimeout(() => reject(tooMuch()), WITHIN).unref();
      });
      over.catch(() => {});
      return {
        async query<Row extends pg.QueryResultRow>(statement: pg.QueryConfig): Promise<Row[]> {
          if (pool.waitingCount >= WAITING) throw tooMuch();
          return (await Promise.race([over, pool.query<Row>(statement)])).rows;
        },
      };
    },
    close: () => pool.end(),
  };
}

const tooMuch = (): ParleyError => new ParleyError('BUSY', { retryAfter: 5 });
