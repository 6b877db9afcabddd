import { appointAdmin } from '../admin/appoint-admin.ts';
import { audit } from '../audit/audit.ts';
import type { Context, SignedIn } from '../context.ts';
import type { Tx } from '../database/database.ts';
import { isUniqueViolation } from '../database/unique.ts';
import { ParleyError } from '../error.ts';
import { append } from '../events/append.ts';
import { queueMail } from '../mail/queue-mail.ts';
import { nameKey } from '../users/names.ts';
import { type Proof, type Proved, voidCodes, withCode } from './codes.ts';
import { confirmPassword } from './confirm-password.ts';

/**
 * Has a code mailed to an address that the caller wants to be theirs. Nothing changes before it has come back, and
 * whether the address has an account already is told to its owner only. Errors: `WRONG_PASSWORD`, `BUSY`.
 */
export async function changeEmail(
  ctx: SignedIn,
  { password, email }: { password: string; email: string },
): Promise<null> {
  const { app } = ctx;
  const { id: userId } = await confirmPassword(ctx, password);
  await app.database.transaction((tx) =>
    app.jobs.enqueue(tx, 'accounts.mail', { reason: 'change', email, userId }),
  );
  return null;
}

/** The code came back: the address is theirs. Errors: `INVALID_CODE`, also when somebody else has it by now. */
export function confirmEmail(ctx: Context, proof: Proof): Promise<null> {
  return withCode(ctx.app, 'change_email', proof, (tx, proved) => moveTo(tx, ctx, proved));
}

async function moveTo(tx: Tx, ctx: Context, { user, email }: Proved): Promise<null> {
  const { app } = ctx;
  const now = app.clock.now();
  const emailKey = nameKey(email);
  await tx.user
    .update({ where: { id: user.id }, data: { email, emailKey, emailVerifiedAt: now } })
    .catch(refuseTaken);
  await voidCodes(tx, user.id, now);
  await append(tx, { topic: user.id, type: 'account.updated', refs: {} });
  await audit(tx, ctx, { action: 'email-changed', userId: user.id });
  await appointAdmin(tx, app);
  const mail = { template: 'email-changed', username: user.username, newEmail: masked(email) } as const;
  await queueMail(tx, app, user.email, mail);
  return null;
}

/** The only key that can be violated is that of the address. */
function refuseTaken(error: unknown): never {
  throw isUniqueViolation(error) ? new ParleyError('INVALID_CODE') : error;
}

/** Enough for its owner to know it by: `a***@example.com`. */
const masked = (email: string): string => email.replace(/^(.)[^@]*/, '$1***');
