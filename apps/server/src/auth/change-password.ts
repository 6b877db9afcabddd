import { audit } from '../audit/audit.ts';
import type { SignedIn } from '../context.ts';
import { ParleyError } from '../error.ts';
import { queueMail } from '../mail/queue-mail.ts';
import { voidCodes } from './codes.ts';
import { confirmPassword } from './confirm-password.ts';
import { refuseGuessable, refuseUsername } from './password-rules.ts';
import { endSessions } from './session.ts';

/** Sets a new password. The caller's other sessions end. Errors: `WRONG_PASSWORD`, `INVALID_INPUT`, `BUSY`. */
export async function changePassword(
  ctx: SignedIn,
  { currentPassword, newPassword }: { currentPassword: string; newPassword: string },
): Promise<null> {
  const { app, session } = ctx;
  refuseGuessable(newPassword, 'newPassword');
  const user = await confirmPassword(ctx, currentPassword);
  refuseUsername(newPassword, user.username, 'newPassword');
  const passwordHash = await app.passwords.hash(newPassword);
  await app.database.transaction(async (tx) => {
    const now = app.clock.now();
    // Of two that change it at once, the second does not have the current one any more.
    const { count } = await tx.user.updateMany({
      where: { id: user.id, passwordHash: user.passwordHash },
      data: { passwordHash },
    });
    if (count === 0) throw new ParleyError('WRONG_PASSWORD');
    await voidCodes(tx, user.id, now);
    await endSessions(tx, {
      userId: user.id,
      except: session.sessionId,
      reason: 'password-changed',
      now,
    });
    await audit(tx, ctx, { action: 'password-changed', userId: user.id });
    await queueMail(tx, app, user.email, { template: 'password-changed', username: user.username });
  });
  return null;
}
