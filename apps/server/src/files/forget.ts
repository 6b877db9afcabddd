import type { App } from '../context.ts';

/** Lets go of what somebody whose account is gone has uploaded: what nothing uses is removed at once. */
export async function forgetFiles({ database, clock, jobs }: App, ownerId: string): Promise<void> {
  await database.transaction(async (tx) => {
    await tx.file.updateMany({ where: { ownerId }, data: { sweepAt: clock.now() } });
    await jobs.enqueue(tx, 'files.sweep', {});
  });
}
