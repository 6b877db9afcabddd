import pg from 'pg';

/**
 * A pool whose connections may end. The query on such a one fails, or the next one does; and it is told besides, by the pool
 * while the connection is idle and by the connection while somebody has it. Unheard, that would end the process.
 */
export function createPool(config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool(config);
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}
