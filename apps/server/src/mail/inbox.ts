import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import type { MailDriver } from './driver.ts';

/** For development: nobody is written to, and the page `/dev/inbox` shows what would have left. */
export const inboxDriver = (database: Database, clock: Clock): MailDriver => ({
  async deliver({ to, subject, html, text }, idempotencyKey) {
    await database.pool.query(
      `INSERT INTO inbox_mails (id, recipient, subject, html, text, created_at)
       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
      [idempotencyKey, to, subject, html, text, clock.now()],
    );
  },
  async close() {},
});
