import type { Context } from '../context.ts';
import type { AccountMailJob } from './account-mail.ts';

/** Another mail to verify an address with, if it has an account that needs one. The answer is the same for all. */
export const resendVerification = (ctx: Context, { email }: { email: string }): Promise<null> =>
  askForMail(ctx, { reason: 'resend', email });

/** A mail to set a new password with, if the address has an account. The answer is the same for all. */
export const forgotPassword = (ctx: Context, { email }: { email: string }): Promise<null> =>
  askForMail(ctx, { reason: 'forgot', email });

/**
 * Has it looked into later whether there is anything to send: whoever asks is answered before anybody knows, so that
 * neither the answer nor its time can tell.
 */
async function askForMail({ app }: Context, job: AccountMailJob): Promise<null> {
  await app.database.transaction((tx) => app.jobs.enqueue(tx, 'accounts.mail', job));
  return null;
}
