import { audit } from '../audit/audit.ts';
import { endSessions } from '../auth/session.ts';
import type { SignedIn } from '../context.ts';
import { lockForAdmin } from './lock.ts';

/** Signs somebody out everywhere. They may log in again. */
export async function endSessionsOf(ctx: SignedIn, { userId }: { userId: string }): Promise<null> {
  const { database, clock } = ctx.app;
  await database.transaction(async (tx) => {
    await lockForAdmin(tx, ctx, userId, 'MODERATOR');
    await endSessions(tx, { userId, reason: 'revoked', now: clock.now() });
    await audit(tx, ctx, { action: 'session-revoked', userId });
  });
  return null;
}
