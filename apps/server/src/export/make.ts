import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { App } from '../context.ts';
import { append } from '../events/append.ts';
import { JobFailure } from '../jobs/jobs.ts';
import { queueMail } from '../mail/queue-mail.ts';
import { inTemporaryFolder } from '../temporary-folder.ts';
import { contentsOf } from './contents.ts';
import { KEPT_FOR } from './request.ts';
import { archiveOf, placeOf, toExport } from './view.ts';
import { zip } from './zip.ts';

/** An archive that somebody has asked for. */
export interface MakeExportJob {
  exportId: string;
}

/**
 * Makes an archive: whole on this machine first, then whole in the storage, and only then it is there for its person. Broken
 * off, it is made anew. One that is not wanted any more leaves no bytes behind.
 */
export async function makeExport(app: App, { exportId }: MakeExportJob): Promise<void> {
  const row = await app.database.prisma.export.findUnique({ where: { id: exportId } });
  if (row?.status === 'ready') return;
  if (row?.status === 'pending') {
    const size = await store(app, exportId, row.userId);
    if (await makeReady(app, exportId, size)) return;
  }
  await app.storage.removeAll(placeOf(exportId));
}

function store(app: App, exportId: string, userId: string): Promise<number> {
  return inTemporaryFolder(`export-${exportId}`, async (folder) => {
    const path = join(folder, 'archive');
    const now = app.clock.now();
    await pipeline(zip(contentsOf(app, userId, now), now), createWriteStream(path, { mode: 0o600 }));
    const { size } = await stat(path);
    if (!(await app.storage.hasRoom(size))) throw new JobFailure('no room for an export', { isFinal: false });
    await app.storage.put(archiveOf(exportId), { path });
    return size;
  });
}

/** The bytes are there before the row says so. False when nobody waits for it any more. */
function makeReady(app: App, exportId: string, size: number): Promise<boolean> {
  return app.database.transaction(async (tx) => {
    const expiresAt = new Date(app.clock.now().getTime() + KEPT_FOR);
    const { count } = await tx.export.updateMany({
      where: { id: exportId, status: 'pending' },
      data: { status: 'ready', size, expiresAt },
    });
    if (count === 0) return false;
    const row = await tx.export.findUniqueOrThrow({ where: { id: exportId } });
    const user = await tx.user.findUniqueOrThrow({ where: { id: row.userId } });
    await append(tx, { topic: row.userId, type: 'export.updated', refs: { export: toExport(row) } });
    const until = expiresAt.toISOString().slice(0, 10);
    const { username, email } = user;
    await queueMail(tx, app, email, { template: 'export-ready', username, until });
    return true;
  });
}
