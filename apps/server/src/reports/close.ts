import type { Report, ReportOutcome } from '@parley/contract';
import { requireRole } from '../admin/require-role.ts';
import { audit } from '../audit/audit.ts';
import type { SignedIn } from '../context.ts';
import { ParleyError } from '../error.ts';
import { REPORTS, type ReportRow } from './read.ts';

/** Closes a report, with what was found of it. Once more with another outcome changes it. */
export function closeReport(
  ctx: SignedIn,
  { id, outcome }: { id: string; outcome: ReportOutcome },
): Promise<Report> {
  const { database, clock } = ctx.app;
  const me = ctx.session.userId;
  return database.transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM reports WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
    const viewer = await requireRole(tx, ctx, 'MODERATOR');
    const read = async (): Promise<Report> => {
      const [row] = await tx.$queryRawUnsafe<ReportRow[]>(ONE, me, viewer, id);
      if (!row) throw new ParleyError('NOT_FOUND', { what: 'report' });
      return row.report;
    };
    const report = await read();
    if (report.closed?.outcome === outcome) return report;
    const closedAt = clock.now();
    await tx.report.update({ where: { id }, data: { closedAt, closedBy: me, outcome } });
    await audit(tx, ctx, {
      action: 'report-closed',
      userId: report.user.id,
      details: { reportId: id, outcome },
    });
    return read();
  });
}

const ONE = `${REPORTS} AND r.id = $3::uuid`;
