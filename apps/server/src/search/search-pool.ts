import pg from 'pg';
import { ParleyError } from '../error.ts';

/** Statements of searches that one node runs at the same time: the rest of the database is for those who chat. */
const AT_ONCE = 2;
/** Those that may wait; past it the answer is `BUSY`. */
const WAITING = 50;

/**
 * Every statement looks rows up by key, whatever the tables' statistics say, and none takes longer than two seconds.
 */
const SETTINGS = [
  'statement_timeout=2000',
  'lock_timeout=1000',
  'plan_cache_mode=force_generic_plan',
  'enable_seqscan=off',
  'enable_hashjoin=off',
  'enable_mergejoin=off',
  'jit=off',
];

/** Connections for searches alone. */
export interface SearchPool {
  /** Errors: `BUSY`, when too many others wait; `UNAVAILABLE`, when it takes too long. */
  query<Row extends pg.QueryResultRow>(statement: pg.QueryConfig): Promise<Row[]>;
  close(): Promise<void>;
}

export function createSearchPool(url: string): SearchPool {
  const options = SETTINGS.map((setting) => `-c ${setting}`).join(' ');
  const pool = new pg.Pool({ connectionString: url, max: AT_ONCE, options });
  pool.on('error', () => {});
  return {
    async query<Row extends pg.QueryResultRow>(statement: pg.QueryConfig): Promise<Row[]> {
      if (pool.waitingCount >= WAITING) throw tooMuch();
      return (await pool.query<Row>(statement)).rows;
    },
    close: () => pool.end(),
  };
}

export const tooMuch = (): ParleyError => new ParleyError('BUSY', { retryAfter: 5 });
