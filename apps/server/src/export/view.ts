import type { Export } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import type { Export as ExportRow } from '../database/generated/client.ts';

/** Where the bytes of an archive lie in the storage, and all that there is of it. */
export const placeOf = (id: string): string => `exports/${id}`;
export const archiveOf = (id: string): string => `${placeOf(id)}/archive`;

/** An export's row as the contract has it. */
export const toExport = ({ id, status, createdAt, size, expiresAt }: ExportRow): Export => ({
  id,
  status,
  createdAt: createdAt.toISOString(),
  size: size === null ? null : Number(size),
  expiresAt: expiresAt.toISOString(),
});

/** Exports of one answer. */
const MOST = 20;

/** What the caller has asked for, the newest first, as long as it is kept. */
export async function listExports({ app, session }: SignedIn): Promise<Export[]> {
  const rows = await app.database.prisma.export.findMany({
    where: { userId: session.userId, expiresAt: { gt: app.clock.now() } },
    orderBy: { createdAt: 'desc' },
    take: MOST,
  });
  return rows.map(toExport);
}
