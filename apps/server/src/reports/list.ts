import type { Report } from '@parley/contract';
import { requireRole } from '../admin/require-role.ts';
import type { SignedIn } from '../context.ts';
import { type ReportRow, reportsFor } from './read.ts';

export interface ListReportsInput {
  status: 'open' | 'closed';
  /** Only what is about this person. */
  userId?: string | undefined;
  /** The last report of the page before. */
  before?: { createdAt: string; id: string } | undefined;
  limit: number;
}

/** The moderators' queue, newest first. For moderators. */
export async function listReports(
  ctx: SignedIn,
  { status, userId, before, limit }: ListReportsInput,
): Promise<{ reports: Report[]; hasMore: boolean }> {
  const { prisma } = ctx.app.database;
  const viewer = await requireRole(prisma, ctx, 'MODERATOR');
  const rows = await prisma.$queryRawUnsafe<ReportRow[]>(
    `${reportsFor(viewer)}
       AND r.closed_at IS ${status === 'open' ? 'NULL' : 'NOT NULL'}
       AND ($2::uuid IS NULL OR r.user_id = $2)
       AND ($3::timestamptz IS NULL OR (r.created_at, r.id) < ($3, $4::uuid))
     ORDER BY r.created_at DESC, r.id DESC LIMIT $5`,
    ctx.session.userId,
    userId ?? null,
    before?.createdAt ?? null,
    before?.id ?? null,
    limit + 1,
  );
  return { reports: rows.slice(0, limit).map(({ report }) => report), hasMore: rows.length > limit };
}
