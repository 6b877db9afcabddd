import type { App } from '../context.ts';
import type { Tx } from '../database/database.ts';
import { Prisma } from '../database/generated/client.ts';
import { IS_REPORTED } from '../reports/files.ts';
import { IS_SCHEDULED } from '../scheduled/files.ts';
import { IS_STORY } from '../stories/files.ts';
import { incoming, whole } from './keys.ts';
import { IS_PICTURE } from './picture.ts';
import { bringsUntil } from './upload-link.ts';

/** Files of one transaction: short, so that whoever uses one at this moment waits for next to nothing. */
const BATCH = 50;

interface Unused {
  id: string;
  createdAt: Date;
}

/**
 * Looks at the files that are due: uploads that were not completed, files that nothing uses, and those that are deleted.
 * Their bytes go, and then their rows. It runs every hour and when something was deleted; broken off, it begins again
 * anywhere.
 */
export async function sweepFiles(app: App): Promise<void> {
  const { database, storage } = app;
  for (let found = BATCH; found === BATCH; ) {
    const due = await findDue(app);
    // What an upload has left behind goes in any case.
    for (const id of due) await storage.removeAll(incoming(id));
    const unused = await database.transaction((tx) => decide(tx, app.clock.now(), due));
    for (const file of unused) await remove(app, file);
    found = due.length;
  }
}

/** Its bytes go, and its row; the row stays while its link may bring bytes again, so that they count and are removed. */
async function remove(app: App, { id, createdAt }: Unused): Promise<void> {
  const { prisma } = app.database;
  await app.storage.removeAll(whole(id));
  const sweepAt = bringsUntil(app, createdAt);
  const where = { id, status: 'deleted' } as const;
  if (sweepAt && sweepAt > app.clock.now()) await prisma.file.updateMany({ where, data: { sweepAt } });
  else await prisma.file.deleteMany({ where });
}

async function findDue({ database, clock }: App): Promise<string[]> {
  const due = await database.prisma.file.findMany({
    where: { sweepAt: { lte: clock.now() } },
    select: { id: true },
    orderBy: { sweepAt: 'asc' },
    take: BATCH,
  });
  return due.map(({ id }) => id);
}

/**
 * Which of these nothing uses: from here on nothing can. Nobody begins or ends to use a file whose row is locked: what a
 * later statement sees of its uses is so, and whoever ends one after that makes the file due again.
 */
async function decide(tx: Tx, now: Date, ids: string[]): Promise<Unused[]> {
  await tx.$queryRaw`SELECT 1 FROM files WHERE id = ANY (${ids}::uuid[]) ORDER BY id FOR UPDATE`;
  return tx.$queryRaw`
    WITH looked AS (
      SELECT f.id, f.status = 'ready'
        AND (EXISTS (SELECT FROM attachments a WHERE a.file_id = f.id) OR ${Prisma.raw(IS_SCHEDULED)}
          OR ${Prisma.raw(IS_STORY)} OR ${Prisma.raw(IS_REPORTED)} OR ${Prisma.raw(IS_PICTURE)}) AS used
      FROM files f WHERE f.id = ANY (${ids}::uuid[]) AND f.sweep_at <= ${now}
    ), kept AS (
      UPDATE files f SET sweep_at = NULL FROM looked l WHERE f.id = l.id AND l.used
    )
    UPDATE files f SET status = 'deleted' FROM looked l WHERE f.id = l.id AND NOT l.used
    RETURNING f.id, f.created_at AS "createdAt"`;
}
