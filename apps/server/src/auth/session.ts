import { id, timestamp } from '@parley/contract';
import { z } from 'zod';
import type { App, Context, Session } from '../context.ts';
import type { Tx } from '../database/database.ts';
import { append } from '../events/append.ts';
import { newId } from '../ids.ts';
import { nameFromUserAgent } from './device-name.ts';
import type { SessionEndedRefs } from './events.ts';
import { hashOf, newRefreshToken } from './refresh-token.ts';

/** What a client needs to act as a session, and to keep it alive. */
export const sessionTokens = z.object({
  sessionId: id,
  accessToken: z.string(),
  accessTokenExpiresAt: timestamp,
  /** Good for one `auth.refresh`, which gives the next. */
  refreshToken: z.string(),
});
export type SessionTokens = z.infer<typeof sessionTokens>;

/** Begins a session of this user, always a new one. Without a name the device is called by its user agent. */
export async function startSession(
  tx: Tx,
  ctx: Context,
  user: { id: string },
  device: string | undefined,
): Promise<SessionTokens> {
  const { env, clock } = ctx.app;
  const now = clock.now();
  const sessionId = newId();
  const refreshToken = newRefreshToken();
  const absoluteExpiresAt = daysAfter(now, env.SESSION_ABSOLUTE_DAYS);
  await tx.session.create({
    data: {
      id: sessionId,
      userId: user.id,
      device: device ?? nameFromUserAgent(ctx.client.userAgent),
      address: ctx.client.address,
      createdAt: now,
      lastUsedAt: now,
      expiresAt: slide(ctx.app, now, absoluteExpiresAt),
      absoluteExpiresAt,
      refreshTokens: { create: { hash: hashOf(refreshToken), createdAt: now } },
    },
  });
  return issueTokens(ctx.app, { sessionId, userId: user.id }, refreshToken);
}

/** When a session that is used now ends, if it is not used again. */
export function slide(app: App, now: Date, absoluteExpiresAt: Date): Date {
  const idle = daysAfter(now, app.env.SESSION_IDLE_DAYS);
  return idle < absoluteExpiresAt ? idle : absoluteExpiresAt;
}

const daysAfter = (date: Date, days: number): Date => new Date(date.getTime() + days * 86_400_000);

/** The answer of whatever begins or renews a session, with a fresh access token. */
export async function issueTokens(
  app: App,
  session: { sessionId: string; userId: string },
  refreshToken: string,
): Promise<SessionTokens> {
  const { token, expiresAt } = await app.accessTokens.sign(session);
  const { sessionId } = session;
  return { sessionId, accessToken: token, accessTokenExpiresAt: expiresAt.toISOString(), refreshToken };
}

/** Ends a session, once: its tokens are refused from the commit on, and its sockets hear of it and are closed. */
export async function endSession(
  tx: Tx,
  input: SessionEndedRefs & { userId: string; now: Date },
): Promise<void> {
  const { sessionId, userId, reason, now } = input;
  const { count } = await tx.session.updateMany({
    where: { id: sessionId, userId, endedAt: null },
    data: { endedAt: now, endReason: reason },
  });
  if (count === 0) return;
  await append(tx, { topic: userId, type: 'session.ended', refs: { sessionId, reason } });
}

/**
 * Who holds this access token, if it is one of ours and its session goes on; else null. It runs for each HTTP
 * request and each new socket, hence one prepared query by primary keys.
 */
export async function authenticate(app: App, token: string | undefined): Promise<Session | null> {
  const session = token === undefined ? null : await app.accessTokens.verify(token);
  if (!session) return null;
  const { rows } = await app.database.pool.query<{ verified: boolean }>({
    name: 'authenticate',
    text: AUTHENTICATE,
    values: [session.sessionId, session.userId, app.clock.now()],
  });
  const isRestricted = app.env.REQUIRE_EMAIL_VERIFICATION && !rows[0]?.verified;
  return rows[0] ? { ...session, isRestricted } : null;
}

const AUTHENTICATE = `
  SELECT u.email_verified_at IS NOT NULL AS verified
  FROM sessions s JOIN users u ON u.id = s.user_id
  WHERE s.id = $1 AND s.user_id = $2 AND s.ended_at IS NULL AND s.expires_at > $3`;
