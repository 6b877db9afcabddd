import { ownUser } from '@parley/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { text } from '../text.ts';
import { procedure, publicProcedure } from '../trpc.ts';
import { email, fullName, username } from '../users/names.ts';
import { forgotPassword, resendVerification } from './ask-for-mail.ts';
import { changeEmail, confirmEmail } from './change-email.ts';
import { changePassword } from './change-password.ts';
import { deleteAccount } from './delete-account.ts';
import { deviceName } from './device-name.ts';
import { login } from './login.ts';
import { logout } from './logout.ts';
import { givenPassword, newPassword } from './password-rules.ts';
import { refresh } from './refresh.ts';
import { register } from './register.ts';
import { resetPassword } from './reset-password.ts';
import { sessionTokens } from './session.ts';
import { verifyEmail } from './verify-email.ts';

/** How a session begins: what the device is called, and for a browser, that its refresh token goes into a cookie. */
const newSession = {
  device: deviceName.optional(),
  refreshTokenIn: z.enum(['body', 'cookie']).default('body'),
};
const signedIn = sessionTokens.extend({ user: ownUser });
/** What is in a mail: its digits … */
const code = z.string().regex(/^\d{6}$/, 'six digits');
const digits = { email, code };
/** … or the token of its link. */
const linkToken = { token: text(1, 100) };
/** What is done where the accounts are kept. */
const here = ['ACCOUNTS_ELSEWHERE'] as const;
/** What compares or hashes a password can be too much at the moment. */
const withPassword = [...here, 'BUSY'] as const;

export const authRouter = {
  /**
   * Makes an account, and mails a code to verify its address. Where addresses need no verification it signs in, and
   * returns the person's own account and the tokens of the new session, as status `signed-in`. Where they do, it
   * returns `verification-sent` and nothing else, also for an address that has an account, whose owner is told by
   * mail; `EMAIL_TAKEN` is told only where they do not.
   *
   * Errors: `INVALID_INPUT` (also for a password that guessers try first), `EMAIL_TAKEN` and `USERNAME_TAKEN`
   * (in whatever case), `BUSY` (too many passwords wait to be hashed), `UNAVAILABLE`, `UNSUPPORTED_REQUEST` (a cookie
   * is asked for, over a socket or without an allowed `Origin`), `ACCOUNTS_ELSEWHERE`. Events: `session.started`.
   */
  register: publicProcedure
    .meta({
      errors: ['EMAIL_TAKEN', 'USERNAME_TAKEN', ...withPassword],
      events: ['session.started'],
      limits: ['register'],
    })
    .input(
      z.strictObject({
        username,
        email,
        password: newPassword,
        fullName: fullName.optional(),
        ...newSession,
      }),
    )
    .output(
      z.discriminatedUnion('status', [
        signedIn.extend({ status: z.literal('signed-in') }),
        z.object({ status: z.literal('verification-sent') }),
      ]),
    )
    .mutation(({ ctx, input }) => register(ctx, input)),

  /**
   * Begins a new session, by username or e-mail address. Returns the person's own account and the session's tokens.
   *
   * Errors: `INVALID_INPUT`, `INVALID_CREDENTIALS` (whether the user or the password is wrong), `BUSY` (too many
   * passwords wait to be compared), `UNAVAILABLE`, `UNSUPPORTED_REQUEST` (as in `register`), `ACCOUNTS_ELSEWHERE`;
   * only with the right password `EMAIL_NOT_VERIFIED` and `BANNED`. Events: `session.started`.
   */
  login: publicProcedure
    .meta({
      errors: ['INVALID_CREDENTIALS', 'EMAIL_NOT_VERIFIED', 'BANNED', ...withPassword],
      events: ['session.started'],
      limits: ['login'],
    })
    .input(z.strictObject({ login: text(1, 254), password: givenPassword, ...newSession }))
    .output(signedIn)
    .mutation(({ ctx, input }) => login(ctx, input)),

  /**
   * Renews a session. Returns the next refresh token and a fresh access token. A refresh token that is shown
   * again gives the same successor for 10 seconds; later that is reuse, and ends the session. Without a refresh token
   * it is the cookie's, for a request with an allowed `Origin`; the cookie then gets the successor, and an error
   * takes it back.
   *
   * Errors: `INVALID_INPUT`, `INVALID_REFRESH_TOKEN` (none, unknown, or its session has ended or expired),
   * `REFRESH_TOKEN_REUSED`, `ACCOUNTS_ELSEWHERE`. Events: `session.ended`, on reuse.
   */
  refresh: publicProcedure
    .meta({
      errors: ['INVALID_REFRESH_TOKEN', 'REFRESH_TOKEN_REUSED', 'ACCOUNTS_ELSEWHERE'],
      events: ['session.ended'],
    })
    .input(z.strictObject({ refreshToken: text(1, 1_024).nullish() }))
    .output(sessionTokens)
    .mutation(({ ctx, input }) => refresh(ctx, input)),

  /**
   * Ends the caller's session: its tokens are refused at once, its sockets closed, its cookies taken back. Returns
   * null.
   *
   * Events: `session.ended`.
   */
  logout: procedure
    .meta({ events: ['session.ended'], unverified: true })
    .output(z.null())
    .mutation(({ ctx }) => logout(ctx)),

  /**
   * Verifies an account's address, by what was mailed to it: the six digits with the address, or the token of the
   * link. Each is good once and for ten minutes, the digits for five tries. Returns null.
   *
   * Errors: `INVALID_CODE`, whatever is wrong with it, `ACCOUNTS_ELSEWHERE`. Events: `account.updated`.
   */
  verifyEmail: publicProcedure
    .meta({ errors: ['INVALID_CODE', ...here], events: ['account.updated'], limits: ['codes'] })
    .input(z.union([z.strictObject(digits), z.strictObject(linkToken)]))
    .output(z.null())
    .mutation(({ ctx, input }) => verifyEmail(ctx, input)),

  /**
   * Has another mail to verify an address sent, if it has an account that needs one; the code of the last is void then.
   * Returns null, whether there is such an account or not.
   *
   * Errors: `ACCOUNTS_ELSEWHERE`.
   */
  resendVerification: publicProcedure
    .meta({ errors: here, limits: ['mails'] })
    .input(z.strictObject({ email }))
    .output(z.null())
    .mutation(({ ctx, input }) => resendVerification(ctx, input)),

  /**
   * Has a mail to set a new password with sent, if the address has an account. Returns null, whether it has or not.
   *
   * Errors: `ACCOUNTS_ELSEWHERE`.
   */
  forgotPassword: publicProcedure
    .meta({ errors: here, limits: ['mails'] })
    .input(z.strictObject({ email }))
    .output(z.null())
    .mutation(({ ctx, input }) => forgotPassword(ctx, input)),

  /**
   * Sets a new password, by what `forgotPassword` had mailed, as in `verifyEmail`. All sessions of the account end, and
   * its address counts as verified. Returns null: it does not sign in.
   *
   * Errors: `INVALID_INPUT` (also for a password that guessers try first), `INVALID_CODE`, `BUSY`,
   * `ACCOUNTS_ELSEWHERE`. Events: `session.ended`, one for each, and `account.updated`.
   */
  resetPassword: publicProcedure
    .meta({
      errors: ['INVALID_CODE', ...withPassword],
      events: ['session.ended', 'account.updated'],
      limits: ['codes'],
    })
    .input(
      z.union([z.strictObject({ ...digits, newPassword }), z.strictObject({ ...linkToken, newPassword })]),
    )
    .output(z.null())
    .mutation(({ ctx, input }) => resetPassword(ctx, input)),

  /**
   * Sets a new password. The caller's other sessions end, and a mail tells of it. Returns null.
   *
   * Errors: `INVALID_INPUT` (also for a password that guessers try first), `WRONG_PASSWORD`, `BUSY`,
   * `ACCOUNTS_ELSEWHERE`. Events: `session.ended`, one for each.
   */
  changePassword: procedure
    .meta({
      errors: ['WRONG_PASSWORD', ...withPassword],
      events: ['session.ended'],
      limits: ['passwords'],
    })
    .input(z.strictObject({ currentPassword: givenPassword, newPassword }))
    .output(z.null())
    .mutation(({ ctx, input }) => changePassword(ctx, input)),

  /**
   * Has a code mailed to an address that is to become the caller's; `confirmEmail` or its link makes it so. Returns
   * null, also when the address has an account already, whose owner is told by mail.
   *
   * Errors: `WRONG_PASSWORD`, `BUSY`, `ACCOUNTS_ELSEWHERE`.
   */
  changeEmail: procedure
    .meta({ errors: ['WRONG_PASSWORD', ...withPassword], limits: ['passwords', 'mails'] })
    .input(z.strictObject({ password: givenPassword, email }))
    .output(z.null())
    .mutation(({ ctx, input }) => changeEmail(ctx, input)),

  /**
   * Makes the address that `changeEmail` asked for the caller's, by the digits that were mailed to it. The old address
   * is told. Returns null.
   *
   * Errors: `INVALID_CODE`, also when the address has become somebody else's, `ACCOUNTS_ELSEWHERE`.
   * Events: `account.updated`.
   */
  confirmEmail: procedure
    .meta({ errors: ['INVALID_CODE', ...here], events: ['account.updated'], limits: ['codes'] })
    .input(z.strictObject({ code }))
    .output(z.null())
    .mutation(({ ctx, input }) => confirmEmail(ctx, { userId: ctx.session.userId, ...input })),

  /**
   * Deletes the caller's account. At once their sessions end and nothing of the person is left but "Deleted user"; a
   * moment later their conversations hear of it, they leave their groups, of which those they own pass to the admin
   * or else the member who has been there longest, and with `messages: 'erase'` all that they wrote is erased.
   * Direct conversations stay for the other person. Returns null.
   *
   * Errors: `WRONG_PASSWORD`, `BUSY`, `ACCOUNTS_ELSEWHERE`. Events: `session.ended`, one for each; then
   * `user.updated` to each conversation, `member.roleChanged`, `member.left` and `messages.erased`.
   */
  deleteAccount: procedure
    .meta({
      errors: ['WRONG_PASSWORD', ...withPassword],
      events: ['session.ended', 'user.updated', 'member.roleChanged', 'member.left', 'messages.erased'],
      limits: ['passwords'],
    })
    .input(z.strictObject({ password: givenPassword, messages: z.enum(['keep', 'erase']) }))
    .output(z.null())
    .mutation(({ ctx, input }) => deleteAccount(ctx, input)),
} satisfies TRPCRouterRecord;
