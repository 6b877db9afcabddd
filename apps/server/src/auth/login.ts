import type { OwnUser } from '@parley/contract';
import type { Context } from '../context.ts';
import { ParleyError } from '../error.ts';
import { findByLogin } from '../users/find-by-login.ts';
import { toOwnUser } from '../users/me.ts';
import { type SessionTokens, startSession } from './session.ts';

export interface LoginInput {
  login: string;
  password: string;
  device?: string | undefined;
}

/** Begins a session. An unknown user and a wrong password look the same, and take the same time. */
export async function login(ctx: Context, input: LoginInput): Promise<SessionTokens & { user: OwnUser }> {
  const { database, passwords } = ctx.app;
  const user = await findByLogin(database, input.login);
  const right = await passwords.verify(input.password, user?.passwordHash ?? null);
  if (!user || !right) throw new ParleyError('INVALID_CREDENTIALS');
  return database.transaction(async (tx) => ({
    user: toOwnUser(user),
    ...(await startSession(tx, ctx, user, input.device)),
  }));
}
