import type { PublicUser } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { ParleyError } from '../error.ts';
import { FINDABLE, findableBy } from './findable.ts';
import { nameKey } from './names.ts';
import { PUBLIC_USER_JSON } from './public-user.ts';

/** Everybody who may be found, by username, where the operator wants it so; else there is no such procedure. */
export async function listUsers(
  ctx: SignedIn,
  { limit, after = '' }: { limit: number; after?: string | undefined },
): Promise<{ users: PublicUser[]; hasMore: boolean }> {
  const { database, env } = ctx.app;
  if (env.USER_DIRECTORY === 'off') throw new ParleyError('NOT_FOUND', { what: 'procedure' });
  const { rows } = await database.pool.query<{ user: PublicUser }>(
    `SELECT ${PUBLIC_USER_JSON} AS "user" FROM users u WHERE u.username_key > $4 AND ${FINDABLE}
     ORDER BY u.username_key LIMIT $5`,
    [...findableBy(ctx), nameKey(after), limit + 1],
  );
  return { users: rows.slice(0, limit).map(({ user }) => user), hasMore: rows.length > limit };
}
