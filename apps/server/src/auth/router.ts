import { ownUser } from '@parley/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { text } from '../text.ts';
import { procedure, publicProcedure } from '../trpc.ts';
import { email, fullName, username } from '../users/names.ts';
import { deviceName } from './device-name.ts';
import { login } from './login.ts';
import { logout } from './logout.ts';
import { givenPassword, newPassword } from './password-rules.ts';
import { refresh } from './refresh.ts';
import { register } from './register.ts';
import { sessionTokens } from './session.ts';

const device = deviceName.optional();
const signedIn = sessionTokens.extend({ user: ownUser });

export const authRouter = {
  /**
   * Makes an account and signs it in. Returns the person's own account and the tokens of the new session.
   *
   * Errors: `INVALID_INPUT` (also for a password that guessers try first), `EMAIL_TAKEN` and `USERNAME_TAKEN`
   * (in whatever case), `BUSY` (too many passwords wait to be hashed), `UNAVAILABLE`.
   */
  register: publicProcedure
    .meta({ errors: ['INVALID_INPUT', 'EMAIL_TAKEN', 'USERNAME_TAKEN', 'BUSY', 'UNAVAILABLE'] })
    .input(z.strictObject({ username, email, password: newPassword, fullName: fullName.optional(), device }))
    .output(signedIn)
    .mutation(({ ctx, input }) => register(ctx, input)),

  /**
   * Begins a new session, by username or e-mail address. Returns what `register` does.
   *
   * Errors: `INVALID_INPUT`, `INVALID_CREDENTIALS` (whether the user or the password is wrong), `BUSY` (too many
   * passwords wait to be compared), `UNAVAILABLE`.
   */
  login: publicProcedure
    .meta({ errors: ['INVALID_INPUT', 'INVALID_CREDENTIALS', 'BUSY', 'UNAVAILABLE'] })
    .input(z.strictObject({ login: text(1, 254), password: givenPassword, device }))
    .output(signedIn)
    .mutation(({ ctx, input }) => login(ctx, input)),

  /**
   * Renews a session. Returns the next refresh token and a fresh access token. A refresh token that is shown
   * again gives the same successor for 10 seconds; later that is reuse, and ends the session.
   *
   * Errors: `INVALID_INPUT`, `INVALID_REFRESH_TOKEN` (unknown, or its session has ended or expired),
   * `REFRESH_TOKEN_REUSED`. Events: `session.ended`, on reuse.
   */
  refresh: publicProcedure
    .meta({
      errors: ['INVALID_INPUT', 'INVALID_REFRESH_TOKEN', 'REFRESH_TOKEN_REUSED'],
      events: ['session.ended'],
    })
    .input(z.strictObject({ refreshToken: text(1, 1_024) }))
    .output(sessionTokens)
    .mutation(({ ctx, input }) => refresh(ctx, input)),

  /**
   * Ends the caller's session: its tokens are refused at once, and its sockets closed. Returns null.
   *
   * Events: `session.ended`.
   */
  logout: procedure
    .meta({ events: ['session.ended'] })
    .output(z.null())
    .mutation(({ ctx }) => logout(ctx)),
} satisfies TRPCRouterRecord;
