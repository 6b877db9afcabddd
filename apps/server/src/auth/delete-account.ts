import { anonymiseAudit } from '../audit/anonymise.ts';
import { audit } from '../audit/audit.ts';
import type { SignedIn } from '../context.ts';
import { ParleyError } from '../error.ts';
import { queueMail } from '../mail/queue-mail.ts';
import { anonymise } from '../users/anonymise.ts';
import { confirmPassword } from './confirm-password.ts';
import { endSessions } from './session.ts';

/**
 * Deletes the caller's account. At once, and all together or not at all: nothing of the person is left in their row,
 * their sessions have ended, and no token or code of theirs is good. What takes longer is left to a job: see
 * clear-account.ts. Errors: `WRONG_PASSWORD`, `BUSY`.
 */
export async function deleteAccount(
  ctx: SignedIn,
  { password, messages }: { password: string; messages: 'keep' | 'erase' },
): Promise<null> {
  const { app } = ctx;
  const user = await confirmPassword(ctx, password);
  const { id: userId, username, email } = user;
  await app.database.transaction(async (tx) => {
    const now = app.clock.now();
    await endSessions(tx, { userId, reason: 'account-deleted', now });
    if (!(await anonymise(tx, user, now))) throw new ParleyError('WRONG_PASSWORD');
    await tx.code.deleteMany({ where: { userId } });
    // With their addresses, devices and refresh tokens. That they ended stands in the log.
    await tx.session.deleteMany({ where: { userId } });
    await audit(tx, ctx, { action: 'account-deleted', userId });
    await anonymiseAudit(tx, userId);
    await queueMail(tx, app, email, { template: 'account-deleted', username });
    const job = { userId, erase: messages === 'erase' };
    await app.jobs.enqueue(tx, 'accounts.clear', job);
    // A socket of theirs may still send for the moment until its node hears of this.
    if (job.erase) await app.jobs.enqueue(tx, 'accounts.clear', job, { startAfter: 60 });
  });
  return null;
}
