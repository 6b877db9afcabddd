import type { SignedIn } from '../context.ts';
import { endSession } from './session.ts';

/** Ends the caller's own session. Again is no error. */
export async function logout(ctx: SignedIn): Promise<null> {
  const { sessionId, userId } = ctx.session;
  const now = ctx.app.clock.now();
  await ctx.app.database.transaction((tx) => endSession(tx, { sessionId, userId, reason: 'logout', now }));
  return null;
}
