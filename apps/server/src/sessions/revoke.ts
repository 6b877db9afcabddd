import { audit } from '../audit/audit.ts';
import { clearOwnCookies } from '../auth/logout.ts';
import { endSession, endSessions } from '../auth/session.ts';
import type { SignedIn } from '../context.ts';
import type { Tx } from '../database/database.ts';
import { ParleyError } from '../error.ts';
import { lockAccount } from '../users/lock.ts';

/** Ends one of the caller's sessions, be it their own. Again is no error. */
export async function revoke(ctx: SignedIn, { sessionId }: { sessionId: string }): Promise<null> {
  const { userId } = ctx.session;
  await revoking(ctx, { sessionId }, async (tx, now) => {
    const own = await tx.session.findUnique({ where: { id: sessionId, userId }, select: { id: true } });
    if (!own) throw new ParleyError('NOT_FOUND', { what: 'session' });
    await endSession(tx, { sessionId, userId, reason: 'revoked', now });
  });
  if (sessionId === ctx.session.sessionId) await clearOwnCookies(ctx);
  return null;
}

/** Ends all of the caller's sessions but the one that asks. */
export async function revokeOthers(ctx: SignedIn): Promise<null> {
  const { sessionId: except, userId } = ctx.session;
  await revoking(ctx, { sessions: 'others' }, (tx, now) =>
    endSessions(tx, { userId, except, reason: 'revoked', now }),
  );
  return null;
}

/** Ends all of the caller's sessions. */
export async function revokeAll(ctx: SignedIn): Promise<null> {
  const { userId } = ctx.session;
  await revoking(ctx, { sessions: 'all' }, (tx, now) => endSessions(tx, { userId, reason: 'revoked', now }));
  await clearOwnCookies(ctx);
  return null;
}

/**
 * Ends sessions in the order in which their person asks for it: whoever was revoked while waiting for that revokes
 * nobody any more. So of a thief and the owner the first stays, and never neither.
 */
async function revoking(
  ctx: SignedIn,
  details: { sessionId: string } | { sessions: 'others' | 'all' },
  work: (tx: Tx, now: Date) => Promise<void>,
): Promise<void> {
  const { sessionId, userId } = ctx.session;
  const now = ctx.app.clock.now();
  await ctx.app.database.transaction(async (tx) => {
    await lockAccount(tx, userId);
    const open = await tx.session.count({ where: { id: sessionId, userId, endedAt: null } });
    if (open === 0) throw new ParleyError('UNAUTHENTICATED');
    await work(tx, now);
    await audit(tx, ctx, { action: 'session-revoked', userId, details });
  });
}
