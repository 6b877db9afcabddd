import pg from 'pg';

/**
 * How long a connection that nobody uses is kept, in milliseconds: a new one answers the first send after 22 ms in place of 2. Less
 * than what firewalls keep a silent connection for.
 */
const KEPT_FOR = 60_000;

/**
 * A pool whose connections may end. The query on such a one fails, or the next one does; and it is told besides, by the pool
 * while the connection is idle and by the connection while somebody has it. Unheard, that would end the process.
 */
export function createPool(config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool({ idleTimeoutMillis: KEPT_FOR, ...config });
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}
