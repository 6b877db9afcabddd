import { audit } from '../audit/audit.ts';
import type { SignedIn } from '../context.ts';
import { hashOf } from './refresh-token.ts';
import { endSession } from './session.ts';

/** Ends the caller's own session. Again is no error. */
export async function logout(ctx: SignedIn): Promise<null> {
  const { sessionId, userId } = ctx.session;
  const now = ctx.app.clock.now();
  await ctx.app.database.transaction(async (tx) => {
    await endSession(tx, { sessionId, userId, reason: 'logout', now });
    await audit(tx, ctx, { action: 'logout', userId, details: { sessionId } });
  });
  await clearOwnCookies(ctx);
  return null;
}

/** Takes the cookies of the caller's session back. Those of another, begun in another tab since, stay. */
export async function clearOwnCookies({ app, session, cookies }: SignedIn): Promise<void> {
  if (!cookies?.refreshToken) return;
  const hash = hashOf(cookies.refreshToken);
  const known = await app.database.prisma.refreshToken.findUnique({ where: { hash } });
  if (known?.sessionId === session.sessionId) cookies.clear();
}
