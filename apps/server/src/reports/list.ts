import type { Report } from '@parley/contract';
import { requireRole } from '../admin/require-role.ts';
import type { SignedIn } from '../context.ts';
import { REPORTS, type ReportRow } from './read.ts';

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
  const { createdAt = null, id = null } = before ?? {};
  const values = [ctx.session.userId, viewer, userId ?? null, createdAt, id, limit + 1];
  const rows = await (status === 'open'
    ? prisma.$queryRawUnsafe<ReportRow[]>(OPEN, ...values)
    : prisma.$queryRawUnsafe<ReportRow[]>(CLOSED, ...values));
  return { reports: rows.slice(0, limit).map(({ report }) => report), hasMore: rows.length > limit };
}

const PAGE = `
  AND ($3::uuid IS NULL OR r.user_id = $3)
  AND ($4::timestamptz IS NULL OR (r.created_at, r.id) < ($4, $5::uuid))
  ORDER BY r.created_at DESC, r.id DESC LIMIT $6`;
const OPEN = `${REPORTS} AND r.closed_at IS NULL ${PAGE}`;
const CLOSED = `${REPORTS} AND r.closed_at IS NOT NULL ${PAGE}`;
