import { requireRole } from '../admin/require-role.ts';
import type { SignedIn } from '../context.ts';
import type { AuditAction, AuditDetails } from './audit.ts';

export interface ListAuditInput {
  /** Only what was done to this person's account. */
  userId?: string | undefined;
  /** The last record of the page before. */
  before?: { at: string; id: string } | undefined;
  limit: number;
}

/** What was done to an account. */
export interface AuditEvent {
  id: string;
  at: string;
  action: AuditAction;
  /** Whose account; null for a login under a name that nobody has. */
  userId: string | null;
  /** Who did it; null for somebody without a session, and for the server itself. */
  actorId: string | null;
  /** Where from; empty for the server itself, and once the account is gone. */
  address: string;
  details: AuditDetails;
}

/** What was recorded, newest first. For admins. */
export async function listAudit(
  ctx: SignedIn,
  { userId, before, limit }: ListAuditInput,
): Promise<{ records: AuditEvent[]; hasMore: boolean }> {
  const { prisma } = ctx.app.database;
  await requireRole(prisma, ctx, 'ADMIN');
  const rows = await prisma.auditRecord.findMany({
    where: {
      ...(userId !== undefined && { userId }),
      ...(before && { OR: [{ at: { lt: before.at } }, { at: before.at, id: { lt: before.id } }] }),
    },
    orderBy: [{ at: 'desc' }, { id: 'desc' }],
    take: limit + 1,
  });
  const records = rows.slice(0, limit).map((row) => ({
    ...row,
    at: row.at.toISOString(),
    action: row.action as AuditAction,
    details: row.details as AuditDetails,
  }));
  return { records, hasMore: rows.length > limit };
}
