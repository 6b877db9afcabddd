import type { Export } from '@parley/contract';
import { confirmPassword } from '../auth/confirm-password.ts';
import type { App, SignedIn } from '../context.ts';
import type { Tx } from '../database/database.ts';
import { ParleyError } from '../error.ts';
import { append } from '../events/append.ts';
import { newId } from '../ids.ts';
import { lockPeople } from '../users/lock.ts';
import { toExport } from './view.ts';

const DAY = 86_400_000;
/** How long an archive is kept from when it is ready, and one that is not from when it was asked for. Milliseconds. */
export const KEPT_FOR = 7 * DAY;

/**
 * Asks for an archive of what there is of the caller; a job makes it. Whose password is kept elsewhere needs none. Errors:
 * `WRONG_PASSWORD`, `BUSY`, `TOO_MANY` (one is being made), `RATE_LIMITED` (one was asked for within a day).
 */
export async function requestExport(
  ctx: SignedIn,
  { password = '' }: { password?: string | undefined },
): Promise<Export> {
  const { app, session } = ctx;
  const { userId } = session;
  if (app.env.AUTH === 'local') await confirmPassword(ctx, password);
  return app.database.transaction(async (tx) => {
    const living = await lockPeople(tx, [userId]);
    if (!living.has(userId)) throw new ParleyError('UNAUTHENTICATED');
    const createdAt = app.clock.now();
    await refuseMore(tx, userId, createdAt);
    const expiresAt = new Date(createdAt.getTime() + KEPT_FOR);
    const row = await tx.export.create({ data: { id: newId(), userId, createdAt, expiresAt } });
    await append(tx, { topic: userId, type: 'export.updated', refs: { export: toExport(row) } });
    await app.jobs.enqueue(tx, 'exports.make', { exportId: row.id });
    return toExport(row);
  });
}

/** One that could not be made counts for nothing. */
async function refuseMore(tx: Tx, userId: string, now: Date): Promise<void> {
  const last = await tx.export.findFirst({
    where: { userId, status: { not: 'failed' } },
    orderBy: { createdAt: 'desc' },
  });
  if (last?.status === 'pending') throw new ParleyError('TOO_MANY', { what: 'exports', limit: 1 });
  const wait = (last?.createdAt.getTime() ?? 0) + DAY - now.getTime();
  if (wait > 0) throw new ParleyError('RATE_LIMITED', { retryAfter: Math.ceil(wait / 1_000) });
}

/** Lets go of the archives of somebody whose account is gone. */
export async function forgetExports({ database, clock, jobs }: App, userId: string): Promise<void> {
  await database.transaction(async (tx) => {
    await tx.export.updateMany({ where: { userId }, data: { status: 'failed', expiresAt: clock.now() } });
    await jobs.enqueue(tx, 'exports.sweep', {});
  });
}
