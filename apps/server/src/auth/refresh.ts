import { audit } from '../audit/audit.ts';
import type { App, Context } from '../context.ts';
import type { Tx } from '../database/database.ts';
import type { RefreshToken, Session } from '../database/generated/client.ts';
import { ParleyError } from '../error.ts';
import { deriveKey } from '../keys.ts';
import { hashOf, isSettling, judgeRefresh, successorOf } from './refresh-token.ts';
import {
  endSession,
  issueTokens,
  type OpenSession,
  type RefreshTokenIn,
  type SessionTokens,
  slide,
} from './session.ts';

/**
 * Renews a session: the token that is shown is used up, and its successor answered. Without one it is the cookie's,
 * and there its successor goes; a cookie that is refused is taken back.
 */
export async function refresh(
  ctx: Context,
  { refreshToken }: { refreshToken?: string | null | undefined },
): Promise<SessionTokens> {
  const { cookies } = ctx;
  if (typeof refreshToken === 'string') return issueTokens(ctx, await renew(ctx, refreshToken, 'body'));
  if (!cookies?.refreshToken) throw new ParleyError('INVALID_REFRESH_TOKEN');
  try {
    return await issueTokens(ctx, await renew(ctx, cookies.refreshToken, 'cookie'));
  } catch (error) {
    if (error instanceof ParleyError) cookies.clear();
    throw error;
  }
}

async function renew(
  ctx: Context,
  refreshToken: string,
  refreshTokenIn: RefreshTokenIn,
): Promise<OpenSession> {
  const { app } = ctx;
  const hash = hashOf(refreshToken);
  const successor = successorOf(refreshToken, deriveKey(app.env.APP_SECRET, 'refresh-token'));
  const known = await app.database.prisma.refreshToken.findUnique({ where: { hash } });
  if (!known) throw new ParleyError('INVALID_REFRESH_TOKEN');

  const { verdict, session } = await app.database.transaction(async (tx) => {
    const token = await lockFamily(tx, known);
    const { id: sessionId, userId, expiresAt } = token.session;
    const session = { sessionId, userId, refreshTokenIn, refreshToken: successor, expiresAt };
    const now = app.clock.now();
    const verdict = judgeRefresh(token, token.session, now);
    if (verdict === 'reuse') {
      await endSession(tx, { sessionId, userId, reason: 'reuse', now });
      await audit(tx, ctx, { action: 'refresh-reused', userId, details: { sessionId } });
    }
    if (verdict !== 'rotate') return { verdict, session };
    if (refreshTokenIn === 'cookie' && isSettling(token, now))
      return { verdict, session: { ...session, refreshToken: null } };
    const until = await rotate(tx, app, token, hashOf(successor), now);
    return { verdict, session: { ...session, expiresAt: until } };
  });
  // Refused only now: the end of the session had to be committed.
  if (verdict === 'reuse') throw new ParleyError('REFRESH_TOKEN_REUSED');
  if (verdict === 'refuse') throw new ParleyError('INVALID_REFRESH_TOKEN');
  return session;
}

/** Locks the session of a token, and reads both in a later statement: as they are once others are done. */
async function lockFamily(
  tx: Tx,
  { hash, sessionId }: RefreshToken,
): Promise<RefreshToken & { session: Session }> {
  await tx.$queryRaw`SELECT 1 FROM sessions WHERE id = ${sessionId}::uuid FOR UPDATE`;
  const token = await tx.refreshToken.findUnique({ where: { hash }, include: { session: true } });
  if (!token) throw new ParleyError('INVALID_REFRESH_TOKEN');
  return token;
}

/** Uses the token up, adds its successor, and lets the session live on: until when, it answers. */
async function rotate(
  tx: Tx,
  app: App,
  { hash, session }: RefreshToken & { session: Session },
  successorHash: RefreshToken['hash'],
  now: Date,
): Promise<Date> {
  await tx.refreshToken.update({ where: { hash }, data: { usedAt: now } });
  await tx.refreshToken.create({ data: { hash: successorHash, sessionId: session.id, createdAt: now } });
  const expiresAt = slide(app, now, session.absoluteExpiresAt);
  await tx.session.update({ where: { id: session.id }, data: { lastUsedAt: now, expiresAt } });
  return expiresAt;
}
