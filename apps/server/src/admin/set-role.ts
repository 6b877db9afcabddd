import type { Role } from '@parley/contract';
import { type AuditContext, audit } from '../audit/audit.ts';
import type { SignedIn } from '../context.ts';
import type { Tx } from '../database/database.ts';
import type { User } from '../database/generated/client.ts';
import { append } from '../events/append.ts';
import { lockForAdmin } from './lock.ts';
import { type ManagedUser, toManagedUser } from './managed-user.ts';

/** Gives somebody a role of the installation. Nobody changes their own, so that there is always an admin. */
export function setRole(ctx: SignedIn, input: { userId: string; role: Role }): Promise<ManagedUser> {
  const { database, clock } = ctx.app;
  return database.transaction(async (tx) => {
    const { user, viewer } = await lockForAdmin(tx, ctx, input.userId, 'ADMIN');
    await giveRole(tx, ctx, user, input.role);
    return toManagedUser({ ...user, role: input.role }, viewer, clock.now());
  });
}

/** The change itself, of an account that has just been read. To have the role already is no change. */
export async function giveRole(tx: Tx, ctx: AuditContext, { id, role: from }: User, to: Role): Promise<void> {
  if (from === to) return;
  await tx.user.update({ where: { id }, data: { role: to } });
  await append(tx, { topic: id, type: 'account.updated', refs: {} });
  await audit(tx, ctx, { action: 'role-changed', userId: id, details: { from, to } });
}
