import type { OwnUser } from '@parley/contract';
import type { Context } from '../context.ts';
import { createUser } from '../users/create-user.ts';
import { toOwnUser } from '../users/me.ts';
import { refuseGuessable } from './password-rules.ts';
import { type SessionTokens, startSession } from './session.ts';

export interface RegisterInput {
  username: string;
  email: string;
  password: string;
  fullName?: string | undefined;
  device?: string | undefined;
}

/** Makes an account, and signs it in. */
export async function register(
  ctx: Context,
  input: RegisterInput,
): Promise<SessionTokens & { user: OwnUser }> {
  const { username, email, password, fullName = null, device } = input;
  const { clock, database, passwords } = ctx.app;
  refuseGuessable(password, username);
  const passwordHash = await passwords.hash(password);
  return database.transaction(async (tx) => {
    const user = await createUser(tx, {
      ...{ username, email, fullName, passwordHash },
      isEmailVerified: false,
      now: clock.now(),
    });
    return { user: toOwnUser(user), ...(await startSession(tx, ctx, user, device)) };
  });
}
