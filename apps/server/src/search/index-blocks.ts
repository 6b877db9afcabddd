import { setTimeout as delay } from 'node:timers/promises';
import type { App } from '../context.ts';
import { BLOCK } from './statements.ts';

/** Milliseconds that one job goes on: the next goes on from there. */
const LONG_ENOUGH = 45_000;
/** So many times as long as a block took, the database has to itself: those who chat go first. */
const REST = 4;

/**
 * Makes the index of blocks that are full and have none, a block a statement: those that were filled since, those that
 * have lost it because something in them has changed, and all of a database that was full before. A search reads what has
 * no index all the same, so that nothing hangs on when this is done.
 */
export async function indexBlocks({ database, logger }: App): Promise<void> {
  const { pool } = database;
  const began = performance.now();
  const { rows } = await pool.query<{ id: string }>(UNFINISHED);
  for (const { id } of rows) {
    const { rows: missing } = await pool.query<{ block: number }>({ ...MISSING, values: [id] });
    for (const { block } of missing) {
      const begins = performance.now();
      await pool.query({ ...INDEX, values: [id, block] }).catch((error: unknown) => {
        // Somebody is changing a message in it, for one. The next job tries again; the others need not wait for that.
        logger.warn({ err: error, conversationId: id, block }, 'a block got no search index');
      });
      if (performance.now() - began > LONG_ENOUGH) return;
      await delay(REST * (performance.now() - begins));
    }
  }
}

/** It reads all conversations: once in a while that costs nothing. */
const UNFINISHED = `
  SELECT c.id FROM conversations c
  WHERE c.last_seq >= ${BLOCK} AND c.member_count > 0
    AND c.last_seq / ${BLOCK} > (SELECT count(*) FROM search_blocks s WHERE s.conversation_id = c.id)`;

/** The newest first: most is looked for there. */
const MISSING = {
  name: 'blocks_to_index',
  text: `
    SELECT b.block FROM conversations c CROSS JOIN LATERAL generate_series(0, c.last_seq / ${BLOCK} - 1) AS b (block)
    WHERE c.id = $1 AND NOT EXISTS (SELECT FROM search_blocks s WHERE s.conversation_id = c.id AND s.block = b.block)
    ORDER BY b.block DESC`,
};
const INDEX = { name: 'index_block', text: 'SELECT index_for_search($1, $2)' };
