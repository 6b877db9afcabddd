import type { Role } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import type { Tx } from '../database/database.ts';
import { ParleyError } from '../error.ts';
import { banOf } from './ban-of.ts';

/** Each role may do what those before it may. */
const RANK = { USER: 0, MODERATOR: 1, ADMIN: 2 } as const satisfies Record<Role, number>;

/**
 * The role that the caller has now, which is at least this one. It is read from the database: no token holds it, so
 * that a role that was taken away is gone at once, and so is that of somebody who is being banned. Errors:
 * `FORBIDDEN`.
 */
export async function requireRole(tx: Tx, ctx: SignedIn, need: 'MODERATOR' | 'ADMIN'): Promise<Role> {
  const role = await roleOf(tx, ctx);
  if (RANK[role] < RANK[need]) throw new ParleyError('FORBIDDEN', { need });
  return role;
}

/** The role that the caller has now: that of everybody for one who is being banned or deleted. */
export async function roleOf(tx: Tx, { app, session }: SignedIn): Promise<Role> {
  const me = await tx.user.findUnique({ where: { id: session.userId, deletedAt: null } });
  return me && !banOf(me, app.clock.now()) ? me.role : 'USER';
}
