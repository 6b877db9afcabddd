import type pg from 'pg';
import type { App } from '../context.ts';

/** A conversation of which something may be to be removed. */
export interface Due {
  conversationId: string;
  /** What is older than this goes; null: nothing more than what is gone for everybody already. */
  before: Date | null;
  trimmedSeq: number;
  lastSeq: number;
}

/** Conversations of one look, without their threads. */
const PAGE = 200;

/**
 * All conversations whose oldest message is older than they keep them, or is one that was left over when somebody broke
 * off. A thread comes behind its parent, and is kept for as long.
 */
export async function* findDue({ database: { pool }, env, clock }: App): AsyncGenerator<Due> {
  const days = env.MESSAGE_RETENTION_DAYS ?? null;
  for (let after: string | null = null; ; ) {
    const kept: Kept[] = await keptAfter(pool, days, after);
    const values = [kept.map(({ id }) => id), kept.map((one) => one.days), clock.now()];
    const { rows } = await pool.query<Due>({ ...DUE, values });
    yield* rows;
    if (kept.length < PAGE) return;
    after = kept.at(-1)!.id;
  }
}

interface Kept {
  id: string;
  days: number | null;
}

async function keptAfter(pool: pg.Pool, days: number | null, after: string | null): Promise<Kept[]> {
  const query = days === null ? SOME : ALL;
  const { rows } = await pool.query<Kept>({ ...query, values: [days, after] });
  return rows;
}

const kept = (which: string) => `
  SELECT id, least(retention_days, $1::int) AS days FROM conversations
  WHERE parent_id IS NULL AND ($2::uuid IS NULL OR id > $2) AND ${which} ORDER BY id LIMIT ${PAGE}`;

const ALL = { name: 'kept_conversations', text: kept('true') };
const SOME = {
  name: 'conversations_with_retention',
  text: kept('(retention_days IS NOT NULL OR trimmed_seq > 0)'),
};

const DUE = {
  name: 'conversations_to_trim',
  text: `
    SELECT c.id AS "conversationId", c.trimmed_seq AS "trimmedSeq", c.last_seq AS "lastSeq", c.before
    FROM (
      SELECT c.*, $3::timestamptz - k.days * interval '1 day' AS before, k.ord, 0 AS depth
      FROM unnest($1::uuid[], $2::int[]) WITH ORDINALITY AS k (id, days, ord) JOIN conversations c ON c.id = k.id
      UNION ALL
      SELECT c.*, $3::timestamptz - k.days * interval '1 day', k.ord, 1
      FROM unnest($1::uuid[], $2::int[]) WITH ORDINALITY AS k (id, days, ord) JOIN conversations c ON c.parent_id = k.id
    ) c
    CROSS JOIN LATERAL (
      SELECT seq, created_at FROM messages m WHERE m.conversation_id = c.id ORDER BY m.seq LIMIT 1
    ) oldest
    WHERE oldest.created_at < c.before OR oldest.seq <= c.trimmed_seq
    ORDER BY c.ord, c.depth, c.id`,
};
