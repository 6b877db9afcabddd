import type { Presence } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { sightsOf } from './audience.ts';

/** How these people are. Those whom the caller has nothing to do with, and those whom nobody is, are left out. */
export async function getPresence(
  ctx: SignedIn,
  input: { userIds: string[] },
): Promise<{ people: Presence[] }> {
  const { app, session } = ctx;
  const sights = await sightsOf(app.database.pool, session.userId, [...new Set(input.userIds)]);
  const views = await app.presence.describe([...sights.keys()]);
  return { people: [...views].map(([userId, view]) => view[sights.get(userId)!]) };
}
