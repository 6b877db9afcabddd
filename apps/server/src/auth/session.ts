import { id, type SessionEndReason, timestamp } from '@parley/contract';
import { z } from 'zod';
import type { App, Context, Session } from '../context.ts';
import type { Tx } from '../database/database.ts';
import type { Prisma, User } from '../database/generated/client.ts';
import { ParleyError } from '../error.ts';
import { append, appendAll } from '../events/append.ts';
import { newId } from '../ids.ts';
import { lockAccount } from '../users/lock.ts';
import { nameFromUserAgent } from './device-name.ts';
import type { SessionEndedRefs, SessionStartedRefs } from './events.ts';
import { hashOf, newRefreshToken } from './refresh-token.ts';
import type { Caller } from './verifier/auth-verifier.ts';

/** What a client needs to act as a session, and to keep it alive. */
export const sessionTokens = z.object({
  sessionId: id,
  accessToken: z.string(),
  accessTokenExpiresAt: timestamp,
  /** Good for one `auth.refresh`, which gives the next. Null where a cookie has it. */
  refreshToken: z.string().nullable(),
});
export type SessionTokens = z.infer<typeof sessionTokens>;

/** How a session begins: what the device is called, and where it keeps its refresh token. */
export interface NewSession {
  /** Without a name it is called by its user agent. */
  device?: string | undefined;
  refreshTokenIn: RefreshTokenIn;
}
export type RefreshTokenIn = 'body' | 'cookie';

/** A session whose tokens can be issued: it has just begun, or was renewed. */
export interface OpenSession {
  sessionId: string;
  userId: string;
  /** Null where the cookie keeps the one that it has. */
  refreshToken: string | null;
  refreshTokenIn: RefreshTokenIn;
  /** When it ends, if it is not used again. */
  expiresAt: Date;
}

/**
 * Begins a session of this user, always a new one; its tokens are issued after the commit. Refuses with
 * `INVALID_CREDENTIALS` when the account has changed since it was read, and with `UNSUPPORTED_REQUEST` when a cookie
 * is asked for where there is none.
 */
export async function startSession(
  tx: Tx,
  ctx: Context,
  user: User,
  { device, refreshTokenIn }: NewSession,
): Promise<OpenSession> {
  if (refreshTokenIn === 'cookie' && !ctx.cookies) throw new ParleyError('UNSUPPORTED_REQUEST');
  await refuseChanged(tx, user);
  const { env, clock } = ctx.app;
  const now = clock.now();
  const refreshToken = newRefreshToken();
  const absoluteExpiresAt = daysAfter(now, env.SESSION_ABSOLUTE_DAYS);
  const session = {
    id: newId(),
    userId: user.id,
    device: device ?? nameFromUserAgent(ctx.client.userAgent),
    address: ctx.client.address,
    createdAt: now,
    lastUsedAt: now,
    expiresAt: slide(ctx.app, now, absoluteExpiresAt),
    absoluteExpiresAt,
  };
  await writeSession(tx, session);
  const { id: sessionId, userId, expiresAt } = session;
  await tx.refreshToken.create({ data: { hash: hashOf(refreshToken), sessionId, createdAt: now } });
  return { sessionId, userId, refreshToken, refreshTokenIn, expiresAt };
}

/** Writes a session that begins, and tells the person's other devices. */
export async function writeSession(tx: Tx, session: Prisma.SessionUncheckedCreateInput): Promise<void> {
  const { id: sessionId, userId, device, address, createdAt } = await tx.session.create({ data: session });
  const refs: SessionStartedRefs = { sessionId, device, address, at: createdAt.toISOString() };
  await append(tx, { topic: userId, type: 'session.started', refs: { ...refs } });
}

/**
 * A password takes long to compare, and what was read before may be over by now. From here on the account stays as it
 * is until the session has begun: whoever changes it afterwards ends that session with the others.
 */
async function refuseChanged(tx: Tx, user: User): Promise<void> {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM users
    WHERE id = ${user.id}::uuid AND password_hash = ${user.passwordHash} AND deleted_at IS NULL
      AND banned_at IS NOT DISTINCT FROM ${user.bannedAt}
    FOR SHARE`;
  if (rows.length === 0) throw new ParleyError('INVALID_CREDENTIALS');
}

/** When a session that is used now ends, if it is not used again. */
export function slide(app: App, now: Date, absoluteExpiresAt: Date): Date {
  const idle = daysAfter(now, app.env.SESSION_IDLE_DAYS);
  return idle < absoluteExpiresAt ? idle : absoluteExpiresAt;
}

const daysAfter = (date: Date, days: number): Date => new Date(date.getTime() + days * 86_400_000);

/** The answer of whatever has begun or renewed a session, with a fresh access token. */
export async function issueTokens(ctx: Context, session: OpenSession): Promise<SessionTokens> {
  const { sessionId, refreshToken, refreshTokenIn } = session;
  const { token, expiresAt } = await ctx.app.accessTokens.sign(session);
  const tokens = {
    sessionId,
    accessToken: token,
    accessTokenExpiresAt: expiresAt.toISOString(),
    refreshToken,
  };
  if (refreshTokenIn === 'body') return tokens;
  const left = session.expiresAt.getTime() - ctx.app.clock.now().getTime();
  ctx.cookies?.keep(tokens, Math.floor(left / 1_000));
  return { ...tokens, refreshToken: null };
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
 * Ends all open sessions of somebody, or all but one, as `endSession` ends each. The account is locked first: of two
 * that do this at once the second waits, and a session that is about to begin is there, or is judged by what the
 * account is after this transaction (see `startSession`).
 */
export async function endSessions(
  tx: Tx,
  input: { userId: string; except?: string; reason: SessionEndReason; now: Date },
): Promise<void> {
  const { userId, except, reason, now } = input;
  await lockAccount(tx, userId);
  const ended = await tx.session.updateManyAndReturn({
    where: { userId, endedAt: null, ...(except !== undefined && { id: { not: except } }) },
    data: { endedAt: now, endReason: reason },
    select: { id: true },
  });
  const refs = ended.map(({ id }): SessionEndedRefs => ({ sessionId: id, reason }));
  await appendAll(
    tx,
    refs.map((refs) => ({ topic: userId, type: 'session.ended', refs })),
  );
}

/**
 * Who holds this access token, if it is good and its session goes on; else null. It runs for each HTTP request and
 * each new socket, hence one prepared query by primary keys. Errors: those of the verifier.
 */
export async function authenticate(caller: Caller, token: string | undefined): Promise<Session | null> {
  const { app } = caller;
  const session = token === undefined ? null : await app.verifier.verify(caller, token);
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
