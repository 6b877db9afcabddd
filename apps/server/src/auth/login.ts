import type { OwnUser } from '@parley/contract';
import { refuseBanned } from '../admin/ban-of.ts';
import { audit } from '../audit/audit.ts';
import type { App, Context } from '../context.ts';
import type { User } from '../database/generated/client.ts';
import { ParleyError } from '../error.ts';
import { findByLogin } from '../users/find-by-login.ts';
import { loadOwnUser } from '../users/me.ts';
import { attemptLogin } from './attempt-login.ts';
import { issueTokens, type NewSession, type SessionTokens, startSession } from './session.ts';

export interface LoginInput extends NewSession {
  login: string;
  password: string;
}

/**
 * Begins a session. An unknown user and a wrong password look the same, and take the same time. Only whoever has the
 * password is told that the account is banned, or its address not verified.
 */
export async function login(ctx: Context, input: LoginInput): Promise<SessionTokens & { user: OwnUser }> {
  const { clock, database, env, passwords } = ctx.app;
  const user = await findByLogin(database, input.login);
  const right = await attemptLogin(ctx.app, input.login, () =>
    passwords.verify(input.password, user?.passwordHash || null),
  );
  if (!user || !right) {
    // Recorded whether there is such a user or not: the one would take longer than the other.
    await audit(database.prisma, ctx, { action: 'login-failed', userId: user?.id ?? null });
    throw new ParleyError('INVALID_CREDENTIALS');
  }
  refuseBanned(user, clock.now());
  if (env.REQUIRE_EMAIL_VERIFICATION && !user.emailVerifiedAt) throw new ParleyError('EMAIL_NOT_VERIFIED');
  const session = await database.transaction(async (tx) => {
    await audit(tx, ctx, { action: 'login', userId: user.id });
    return startSession(tx, ctx, user, input);
  });
  await rehash(ctx.app, user, input.password);
  return { user: await loadOwnUser(database.pool, user.id), ...(await issueTokens(ctx, session)) };
}

/** Takes the chance to hash a password at the cost of now. When too many wait, there will be another. */
async function rehash({ database, env, passwords }: App, user: User, password: string): Promise<void> {
  if (costOf(user.passwordHash) === env.BCRYPT_COST) return;
  const passwordHash = await passwords.hash(password).catch(() => null);
  if (passwordHash === null) return;
  const { id, passwordHash: old } = user;
  await database.prisma.user.updateMany({ where: { id, passwordHash: old }, data: { passwordHash } });
}

/** bcrypt writes it after its version: `$2b$12$…`. */
const costOf = (hash: string): number => Number(hash.split('$')[2]);
