import type { Settings } from '@parley/contract';
import type pg from 'pg';
import type { SignedIn } from '../context.ts';
import { ParleyError } from '../error.ts';

/** A person's settings, from their row; `u` is the row. */
export const SETTINGS_JSON = `
  json_build_object('dmPolicy', u.dm_policy, 'lastSeenFor', u.last_seen_for, 'readReceipts', u.read_receipts,
                    'groupAddsBy', u.group_adds_by)`;

/** The caller's own settings. */
export const getSettings = (ctx: SignedIn): Promise<Settings> =>
  loadSettings(ctx.app.database.pool, ctx.session.userId);

async function loadSettings(pool: pg.Pool, userId: string): Promise<Settings> {
  const { rows } = await pool.query<{ settings: Settings }>({
    name: 'settings',
    text: `SELECT ${SETTINGS_JSON} AS settings FROM users u WHERE u.id = $1`,
    values: [userId],
  });
  // As in me.ts: a session goes with its user.
  if (!rows[0]) throw new ParleyError('UNAUTHENTICATED');
  return rows[0].settings;
}
