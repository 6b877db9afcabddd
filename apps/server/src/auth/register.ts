import type { OwnUser } from '@parley/contract';
import type { Context } from '../context.ts';
import type { Tx } from '../database/database.ts';
import type { User } from '../database/generated/client.ts';
import { ParleyError } from '../error.ts';
import { createUser } from '../users/create-user.ts';
import { loadOwnUser } from '../users/me.ts';
import { refuseGuessable, refuseUsername } from './password-rules.ts';
import { issueTokens, type NewSession, type SessionTokens, startSession } from './session.ts';

export interface RegisterInput extends NewSession {
  username: string;
  email: string;
  password: string;
  fullName?: string | undefined;
}

/** What comes of it: a session, or a mail that has to be read first. */
export type Registered =
  | ({ status: 'signed-in'; user: OwnUser } & SessionTokens)
  | { status: 'verification-sent' };

/**
 * Makes an account. Where addresses need no verification, it is signed in. Where they do, nobody is, and the answer
 * and its time are the same for an address that has an account already: its owner is told by mail.
 */
export async function register(ctx: Context, input: RegisterInput): Promise<Registered> {
  const { database, env, passwords } = ctx.app;
  const { password, username } = input;
  refuseGuessable(password, 'password');
  refuseUsername(password, username, 'password');
  const passwordHash = await passwords.hash(password);
  if (env.REQUIRE_EMAIL_VERIFICATION) {
    await database.transaction((tx) => registerUnseen(tx, ctx, input, passwordHash));
    return { status: 'verification-sent' };
  }
  const { user, session } = await database.transaction(async (tx) => {
    const user = await makeAccount(tx, ctx, input, passwordHash);
    return { user, session: await startSession(tx, ctx, user, input) };
  });
  const own = await loadOwnUser(database.pool, user.id);
  return { status: 'signed-in', user: own, ...(await issueTokens(ctx, session)) };
}

/** As `makeAccount`, but that only a mail tells whether the address had one. */
async function registerUnseen(
  tx: Tx,
  ctx: Context,
  input: RegisterInput,
  passwordHash: string,
): Promise<void> {
  try {
    await makeAccount(tx, ctx, input, passwordHash);
  } catch (error) {
    if (!(error instanceof ParleyError && error.code === 'EMAIL_TAKEN')) throw error;
    await ctx.app.jobs.enqueue(tx, 'accounts.mail', { reason: 'registered-again', email: input.email });
  }
}

/** An account, and word to its address. Errors: `USERNAME_TAKEN`, `EMAIL_TAKEN`. */
async function makeAccount(
  tx: Tx,
  { app }: Context,
  { username, email, fullName }: RegisterInput,
  passwordHash: string,
): Promise<User> {
  const user = await createUser(tx, {
    username,
    email,
    passwordHash,
    fullName: fullName ?? null,
    isEmailVerified: false,
    now: app.clock.now(),
  });
  await app.jobs.enqueue(tx, 'accounts.mail', { reason: 'registered', email });
  return user;
}
