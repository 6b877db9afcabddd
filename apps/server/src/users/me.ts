import type { OwnUser } from '@parley/contract';
import type pg from 'pg';
import type { SignedIn } from '../context.ts';
import { ParleyError } from '../error.ts';

/** The caller's own account. */
export const me = (ctx: SignedIn): Promise<OwnUser> => loadOwnUser(ctx.app.database.pool, ctx.session.userId);

/** What a person sees of their own account. `client` is the pool, or one connection inside a snapshot. */
export async function loadOwnUser(client: pg.Pool | pg.ClientBase, userId: string): Promise<OwnUser> {
  const { rows } = await client.query<OwnRow>({ name: 'own_user', text: OWN, values: [userId] });
  // A session goes with its user: only a call that was under way meets this.
  if (!rows[0]) throw new ParleyError('UNAUTHENTICATED');
  return toOwnUser(rows[0]);
}

type OwnRow = Omit<OwnUser, 'createdAt'> & { createdAt: Date };

const OWN =
  'SELECT id, username, full_name AS "fullName", email, created_at AS "createdAt" FROM users WHERE id = $1';

/** A row of theirs as they may see it. */
export const toOwnUser = ({ id, username, fullName, email, createdAt }: OwnRow): OwnUser => ({
  id,
  username,
  fullName,
  email,
  createdAt: createdAt.toISOString(),
});
