import { appointAdmin } from '../admin/appoint-admin.ts';
import { audit } from '../audit/audit.ts';
import type { Context } from '../context.ts';
import type { Tx } from '../database/database.ts';
import type { User } from '../database/generated/client.ts';
import { append } from '../events/append.ts';
import { type Proof, withCode } from './codes.ts';

/** Takes the proof that an account's address is its owner's. Errors: `INVALID_CODE`. */
export function verifyEmail(ctx: Context, proof: Proof): Promise<null> {
  return withCode(ctx.app, 'verify_email', proof, async (tx, { user }) => {
    await markVerified(tx, ctx, user);
    return null;
  });
}

/** Their mailbox was proved. Again changes nothing. */
export async function markVerified(tx: Tx, ctx: Context, user: User): Promise<void> {
  if (user.emailVerifiedAt) return;
  await tx.user.update({ where: { id: user.id }, data: { emailVerifiedAt: ctx.app.clock.now() } });
  await append(tx, { topic: user.id, type: 'account.updated', refs: {} });
  await audit(tx, ctx, { action: 'email-verified', userId: user.id });
  await appointAdmin(tx, ctx.app);
}
