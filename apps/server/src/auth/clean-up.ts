import type pg from 'pg';
import type { App } from '../context.ts';

/** Rows of one statement: small, so that nobody notices. */
const BATCH = 500;

/** What is deleted, and after how many days. `$1` is the moment so many days ago. */
const OLD: { days: number; table: string; key: string; where: string }[] = [
  {
    // A used token of a session that goes on stays, so that its reuse is seen.
    days: 30,
    table: 'refresh_tokens',
    key: 'hash',
    where: 'session_id IN (SELECT s.id FROM sessions s WHERE least(s.ended_at, s.expires_at) < $1)',
  },
  {
    // The last one of somebody whose address was never verified stays: it tells that the account was in use. So does
    // one that was ended here of somebody whose account is elsewhere, where its login goes on: it is refused by this row.
    days: 30,
    table: 'sessions',
    key: 'id',
    where: `least(ended_at, expires_at) < $1
      AND (ended_at IS NULL OR EXISTS (SELECT FROM users u WHERE u.id = user_id AND u.external_subject IS NULL))
      AND (
      EXISTS (SELECT FROM users u WHERE u.id = user_id AND u.email_verified_at IS NOT NULL)
      OR EXISTS (SELECT FROM sessions s WHERE s.user_id = sessions.user_id AND s.id > sessions.id))`,
  },
  { days: 0, table: 'codes', key: 'id', where: 'expires_at < $1' },
  { days: 0, table: 'invites', key: 'id', where: 'expires_at < $1' },
  { days: 7, table: 'inbox_mails', key: 'id', where: 'created_at < $1' },
  { days: 400, table: 'audit_records', key: 'id', where: 'at < $1' },
  { days: 400, table: 'reports', key: 'id', where: 'created_at < $1' },
];

/**
 * Accounts whose address nobody has verified, that never had a session, and that nobody has brought into a
 * conversation, asked to be friends, put into an address book, or blocked: they have left nothing behind, so that
 * nothing refers to them, and nobody has to hear that they are gone.
 */
const NEVER_USED = {
  days: 7,
  table: 'users',
  key: 'id',
  where: `email_verified_at IS NULL AND created_at < $1
    AND external_subject IS NULL AND deleted_at IS NULL AND role = 'USER'
    AND NOT EXISTS (SELECT FROM sessions s WHERE s.user_id = users.id)
    AND NOT EXISTS (SELECT FROM members m WHERE m.user_id = users.id)
    AND NOT EXISTS (SELECT FROM former_members f WHERE f.user_id = users.id)
    AND NOT EXISTS (SELECT FROM friend_requests r WHERE r.receiver_id = users.id)
    AND NOT EXISTS (SELECT FROM contacts c WHERE c.user_id = users.id)
    AND NOT EXISTS (SELECT FROM blocks b WHERE b.blocked_id = users.id)`,
};

/** Deletes what accounts leave behind and nobody needs any more. It runs every hour, on one node. */
export async function cleanUp({ env, clock, database, logger }: App): Promise<void> {
  for (const { days, ...rows } of env.REQUIRE_EMAIL_VERIFICATION ? [...OLD, NEVER_USED] : OLD) {
    const before = new Date(clock.now().getTime() - days * 86_400_000);
    const deleted = await deleteInBatches(database.pool, rows, before);
    if (deleted > 0) logger.info({ table: rows.table, deleted }, 'cleaned up');
  }
}

async function deleteInBatches(
  pool: pg.Pool,
  { table, key, where }: { table: string; key: string; where: string },
  before: Date,
): Promise<number> {
  // The lock looks again: what somebody has changed meanwhile may have become new.
  const old = `SELECT ${key} FROM ${table} WHERE ${where} LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`;
  for (let deleted = 0; ; ) {
    const { rowCount } = await pool.query(`DELETE FROM ${table} WHERE ${key} IN (${old})`, [before]);
    deleted += rowCount ?? 0;
    if ((rowCount ?? 0) < BATCH) return deleted;
  }
}
