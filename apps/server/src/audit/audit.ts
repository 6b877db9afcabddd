import { z } from 'zod';
import type { Context } from '../context.ts';
import type { Tx } from '../database/database.ts';
import { newId } from '../ids.ts';

/** Everything that is recorded. */
export const AUDIT_ACTIONS = [
  'login',
  'login-failed',
  'logout',
  'refresh-reused',
  'session-revoked',
  'password-changed',
  'password-reset',
  'email-changed',
  'email-verified',
  'role-changed',
  'banned',
  'unbanned',
  'account-deleted',
  'message-deleted',
  'report-closed',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

export const auditDetails = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));
export type AuditDetails = z.infer<typeof auditDetails>;

/** Of a call, who makes it and from where. */
export type AuditContext = Pick<Context, 'app' | 'session'> & { client: Pick<Context['client'], 'address'> };

export interface AuditEntry {
  action: AuditAction;
  /** Whose account it is about; null for a login under a name that nobody has. */
  userId: string | null;
  /** Ids and values of a closed list. Never a name, an address, a secret or anything that somebody wrote. */
  details?: AuditDetails;
}

/**
 * Records what was done to an account, by whom and from where, in the transaction that does it. Who did it is
 * the caller's session; nobody's for somebody who has none yet.
 */
export async function audit(
  tx: Tx,
  { app, session, client }: AuditContext,
  { action, userId, details = {} }: AuditEntry,
): Promise<void> {
  const at = app.clock.now();
  const actorId = session?.userId ?? null;
  await tx.auditRecord.create({
    data: { id: newId(), at, action, userId, actorId, address: client.address, details },
  });
}
