import type { Presence } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { visibleTo } from './audience.ts';

/** How these people are. Those whom the caller has nothing to do with, and those whom nobody is, are left out. */
export async function getPresence(
  ctx: SignedIn,
  input: { userIds: string[] },
): Promise<{ people: Presence[] }> {
  const { app, session } = ctx;
  const visible = await visibleTo(app.database.pool, session.userId, [...new Set(input.userIds)]);
  return { people: [...(await app.presence.describe(visible)).values()] };
}
