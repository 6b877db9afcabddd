import { audit } from '../audit/audit.ts';
import type { Context } from '../context.ts';
import { queueMail } from '../mail/queue-mail.ts';
import { type Proof, voidCodes, withCode } from './codes.ts';
import { refuseGuessable, refuseUsername } from './password-rules.ts';
import { endSessions } from './session.ts';
import { markVerified } from './verify-email.ts';

/**
 * Sets a new password for whoever can read the account's mail. All sessions end, and the address counts as verified.
 * Errors: `INVALID_CODE`; `INVALID_INPUT` for a password that guessers try first, after which the code is still good.
 */
export async function resetPassword(
  ctx: Context,
  { newPassword, ...proof }: Proof & { newPassword: string },
): Promise<null> {
  const { app } = ctx;
  refuseGuessable(newPassword, 'newPassword');
  const passwordHash = await app.passwords.hash(newPassword);
  return withCode(app, 'reset_password', proof, async (tx, { user }) => {
    refuseUsername(newPassword, user.username, 'newPassword');
    const now = app.clock.now();
    await tx.user.update({ where: { id: user.id }, data: { passwordHash } });
    await markVerified(tx, ctx, user);
    await voidCodes(tx, user.id, now);
    await endSessions(tx, { userId: user.id, reason: 'password-reset', now });
    await audit(tx, ctx, { action: 'password-reset', userId: user.id });
    await queueMail(tx, app, user.email, { template: 'password-changed', username: user.username });
    return null;
  });
}
