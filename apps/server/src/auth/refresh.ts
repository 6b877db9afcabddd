import type { App, Context } from '../context.ts';
import type { Tx } from '../database/database.ts';
import type { RefreshToken, Session } from '../database/generated/client.ts';
import { ParleyError } from '../error.ts';
import { deriveKey } from '../keys.ts';
import { hashOf, judgeRefresh, successorOf } from './refresh-token.ts';
import { endSession, issueTokens, type SessionTokens, slide } from './session.ts';

/** Renews a session: the token that is shown is used up, and its successor answered. */
export async function refresh(ctx: Context, input: { refreshToken: string }): Promise<SessionTokens> {
  const { app } = ctx;
  const hash = hashOf(input.refreshToken);
  const successor = successorOf(input.refreshToken, deriveKey(app.env.APP_SECRET, 'refresh-token'));
  const known = await app.database.prisma.refreshToken.findUnique({ where: { hash } });
  if (!known) throw new ParleyError('INVALID_REFRESH_TOKEN');

  const { verdict, session } = await app.database.transaction(async (tx) => {
    const token = await lockFamily(tx, known);
    const now = app.clock.now();
    const verdict = judgeRefresh(token, token.session, now);
    if (verdict === 'rotate') await rotate(tx, app, token, hashOf(successor), now);
    if (verdict === 'reuse') await endSession(tx, { ...idsOf(token.session), reason: 'reuse', now });
    return { verdict, session: idsOf(token.session) };
  });
  // Refused only now: the end of the session had to be committed.
  if (verdict === 'reuse') throw new ParleyError('REFRESH_TOKEN_REUSED');
  if (verdict === 'refuse') throw new ParleyError('INVALID_REFRESH_TOKEN');
  return issueTokens(app, session, successor);
}

const idsOf = (session: Session) => ({ sessionId: session.id, userId: session.userId });

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

/** Uses the token up, adds its successor, and lets the session live on. */
async function rotate(
  tx: Tx,
  app: App,
  { hash, session }: RefreshToken & { session: Session },
  successorHash: RefreshToken['hash'],
  now: Date,
): Promise<void> {
  await tx.refreshToken.update({ where: { hash }, data: { usedAt: now } });
  await tx.refreshToken.create({ data: { hash: successorHash, sessionId: session.id, createdAt: now } });
  const expiresAt = slide(app, now, session.absoluteExpiresAt);
  await tx.session.update({ where: { id: session.id }, data: { lastUsedAt: now, expiresAt } });
}
