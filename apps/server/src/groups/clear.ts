import type pg from 'pg';
import type { App } from '../context.ts';

/** Rows of one statement: small, so that nobody notices. */
const BATCH = 1_000;

/** A group that was deleted. */
export interface ClearGroupJob {
  conversationId: string;
}

/**
 * Takes away what is left of a group that was deleted, after the same of its threads: what was said in it, who had been
 * in it, and itself last. Each statement stands for itself, and done again it changes nothing, so that it can be broken
 * off and begun again anywhere.
 */
export async function clearGroup({ database }: App, { conversationId }: ClearGroupJob): Promise<void> {
  const { pool } = database;
  const threads = await pool.query<{ id: string }>({ ...THREADS, values: [conversationId] });
  for (const { id } of threads.rows) await clear(pool, id);
  await clear(pool, conversationId);
}

async function clear(pool: Pick<pg.Pool, 'query'>, conversationId: string): Promise<void> {
  const { rows } = await pool.query<{ lastSeq: number }>({ ...GROUP, values: [conversationId] });
  if (!rows[0]) return;
  for (let from = 0; from < rows[0].lastSeq; from += BATCH) {
    const range = [conversationId, from, from + BATCH];
    await pool.query({ ...EDITS, values: range });
    await pool.query({ ...REACTIONS, values: range });
    await pool.query({ ...MESSAGES, values: range });
  }
  for (const statement of [HIDDEN, FORMER]) await deleteAll(pool, statement, conversationId);
  await pool.query({ ...ITSELF, values: [conversationId] });
}

async function deleteAll(
  pool: Pick<pg.Pool, 'query'>,
  statement: { name: string; text: string },
  conversationId: string,
): Promise<void> {
  for (;;) {
    const { rowCount } = await pool.query({ ...statement, values: [conversationId] });
    if ((rowCount ?? 0) < BATCH) return;
  }
}

/** Of a group in which somebody is the threads stay, too. */
const THREADS = {
  name: 'threads_to_clear',
  text: `SELECT t.id FROM conversations t JOIN conversations c ON c.id = t.parent_id
    WHERE t.parent_id = $1 AND c.member_count = 0`,
};
/** Only one that nobody is in is cleared. */
const GROUP = {
  name: 'group_to_clear',
  text: 'SELECT last_seq AS "lastSeq" FROM conversations WHERE id = $1 AND member_count = 0',
};
const inRange = (table: string) =>
  `DELETE FROM ${table} WHERE conversation_id = $1 AND seq > $2 AND seq <= $3`;
const some = (table: string) =>
  `DELETE FROM ${table} WHERE ctid = ANY (ARRAY (SELECT ctid FROM ${table} WHERE conversation_id = $1 LIMIT ${BATCH}))`;
const EDITS = { name: 'clear_edits', text: inRange('message_edits') };
const REACTIONS = { name: 'clear_reactions', text: inRange('reactions') };
const MESSAGES = { name: 'clear_messages', text: inRange('messages') };
const HIDDEN = { name: 'clear_hidden_messages', text: some('hidden_messages') };
const FORMER = { name: 'clear_former_members', text: some('former_members') };
const ITSELF = { name: 'clear_group', text: 'DELETE FROM conversations WHERE id = $1 AND member_count = 0' };
