import type { App } from '../context.ts';
import { append } from '../events/append.ts';
import { placeOf, toExport } from './view.ts';

/** Archives of one look. */
const BATCH = 50;
/** Milliseconds after which one that is still being made is given up: it was tried often enough. */
const GIVEN_UP_AFTER = 86_400_000;

/** Removes archives that are over, their bytes before their rows, and gives up what cannot be made. It runs every hour. */
export async function sweepExports(app: App): Promise<void> {
  await giveUp(app);
  const { database, storage, clock } = app;
  for (let found = BATCH; found === BATCH; ) {
    const over = await database.prisma.export.findMany({
      where: { expiresAt: { lte: clock.now() } },
      orderBy: { expiresAt: 'asc' },
      take: BATCH,
    });
    for (const { id } of over) {
      await storage.removeAll(placeOf(id));
      await database.prisma.export.deleteMany({ where: { id } });
    }
    found = over.length;
  }
}

async function giveUp({ database, clock, logger }: App): Promise<void> {
  const createdAt = { lte: new Date(clock.now().getTime() - GIVEN_UP_AFTER) };
  const stuck = await database.prisma.export.findMany({
    where: { status: 'pending', createdAt },
    take: BATCH,
  });
  for (const { id, userId } of stuck)
    await database.transaction(async (tx) => {
      const where = { id, status: 'pending' } as const;
      const { count } = await tx.export.updateMany({ where, data: { status: 'failed' } });
      if (count === 0) return;
      const row = await tx.export.findUniqueOrThrow({ where: { id } });
      await append(tx, { topic: userId, type: 'export.updated', refs: { export: toExport(row) } });
      logger.error({ exportId: id }, 'an export could not be made');
    });
}
