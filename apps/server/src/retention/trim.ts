import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import type { App } from '../context.ts';
import { lockRow } from '../conversations/lock.ts';
import { append } from '../events/append.ts';
import { isShownTo } from '../messages/read.ts';
import { type Due, findDue } from './find-due.ts';

/** Rows of one statement: small, so that nobody notices … */
const BATCH = 500;
/** … and milliseconds between two of them. */
const PAUSE = 20;
/** Members of one transaction, which holds the lock on their conversation. */
const MEMBERS = 250;
/** Milliseconds after which a run leaves the rest to another one. */
const RUN_FOR = 600_000;

/**
 * Removes the messages that are older than their conversations keep them. It runs every hour. First they are gone for
 * everybody, who are told; only then their rows go, which nobody sees any more, without a lock on anything. Several nodes
 * may, and broken off it begins again anywhere.
 */
export async function trimMessages(app: App): Promise<void> {
  const until = app.clock.elapsed() + RUN_FOR;
  let removed = 0;
  for await (const due of findDue(app)) {
    const seq = due.before ? await lastBefore(app.database.pool, due, due.before) : due.trimmedSeq;
    if (seq > due.trimmedSeq) await trim(app, due.conversationId, seq);
    const { count, isDone } = await removeUpTo(app, due.conversationId, seq, until);
    removed += count;
    if (isDone) continue;
    await app.database.transaction((tx) => app.jobs.enqueue(tx, 'messages.trim', {}));
    break;
  }
  if (removed === 0) return;
  app.logger.info({ removed }, 'removed old messages');
  await app.database.transaction((tx) => app.jobs.enqueue(tx, 'files.sweep', {}));
}

/** The seq of the newest message before a moment. They come in the order of time, and what is not gone has no gap. */
async function lastBefore(pool: pg.Pool, { conversationId, ...due }: Due, before: Date): Promise<number> {
  let [low, high] = [due.trimmedSeq, due.lastSeq];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const { rows } = await pool.query({ ...IS_BEFORE, values: [conversationId, middle, before] });
    if (rows.length > 0) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** From here on nobody sees them. The last of the members, and whoever came meanwhile, move together with the event. */
async function trim({ database, log }: App, conversationId: string, seq: number): Promise<void> {
  for (let isTold = false; !isTold; ) {
    isTold = await database.transaction(async (tx) => {
      await lockRow(tx, conversationId);
      const moved = await tx.$executeRawUnsafe(MOVE, conversationId, seq);
      if (moved === MEMBERS) return false;
      const where = { id: conversationId, trimmedSeq: { lt: seq } };
      const { count } = await tx.conversation.updateMany({ where, data: { trimmedSeq: seq } });
      if (count > 0) await append(tx, { topic: conversationId, type: 'conversation.trimmed', refs: { seq } });
      return true;
    });
  }
  log.wake();
}

/** Takes the rows away that nobody sees any more, the oldest first. */
async function removeUpTo(
  { database: { pool }, clock }: App,
  conversationId: string,
  seq: number,
  until: number,
): Promise<{ count: number; isDone: boolean }> {
  let count = 0;
  const { rows } = await pool.query<{ seq: number }>({ ...OLDEST, values: [conversationId, seq] });
  for (let from = (rows[0]?.seq ?? seq + 1) - 1; from < seq; from += BATCH) {
    if (clock.elapsed() > until) return { count, isDone: false };
    const range = [conversationId, from, Math.min(from + BATCH, seq)];
    for (const statement of [EDITS, REACTIONS]) await pool.query({ ...statement, values: range });
    count += (await pool.query({ ...MESSAGES, values: range })).rowCount ?? 0;
    await pause(PAUSE);
  }
  for (let left = BATCH; left === BATCH; )
    left = (await pool.query({ ...HIDDEN, values: [conversationId, seq] })).rowCount ?? 0;
  return { count, isDone: true };
}

const IS_BEFORE = {
  name: 'is_message_before',
  text: 'SELECT FROM messages WHERE conversation_id = $1 AND seq = $2 AND created_at < $3',
};
const OLDEST = {
  name: 'oldest_to_remove',
  text: 'SELECT seq FROM messages WHERE conversation_id = $1 AND seq <= $2 ORDER BY seq LIMIT 1',
};

/**
 * Whoever is there sees what is behind it, and has nothing unread before. Others go on seeing since when they are in it,
 * and how far they say that they have read. Who had cleared it and was shown it again goes on being shown it.
 */
const MOVE = `
  UPDATE members me SET
    joined_seq = $2,
    shown_joined_seq = coalesce(me.shown_joined_seq, me.joined_seq),
    read_seq = greatest(me.read_seq, $2),
    cleared = CASE WHEN me.cleared THEN NOT EXISTS (
      SELECT FROM messages m WHERE m.conversation_id = me.conversation_id AND m.seq > me.joined_seq AND m.seq <= $2
        AND ${isShownTo('me.user_id')}) ELSE false END
  WHERE me.conversation_id = $1::uuid AND me.user_id = ANY (ARRAY (
    SELECT user_id FROM members
    WHERE conversation_id = $1::uuid AND joined_seq < $2 ORDER BY user_id LIMIT ${MEMBERS}))`;

const inRange = (table: string) =>
  `DELETE FROM ${table} WHERE conversation_id = $1 AND seq > $2 AND seq <= $3`;
const EDITS = { name: 'trim_edits', text: inRange('message_edits') };
const REACTIONS = { name: 'trim_reactions', text: inRange('reactions') };
const MESSAGES = { name: 'trim_messages', text: inRange('messages') };
const HIDDEN = {
  name: 'trim_hidden_messages',
  text: `DELETE FROM hidden_messages WHERE ctid = ANY (ARRAY (
    SELECT ctid FROM hidden_messages WHERE conversation_id = $1 AND seq <= $2 LIMIT ${BATCH}))`,
};
