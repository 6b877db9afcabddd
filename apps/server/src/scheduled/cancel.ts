import type { App, SignedIn } from '../context.ts';
import { append } from '../events/append.ts';
import { releaseFiles } from './files.ts';
import { lockScheduled } from './lock.ts';

/** Takes a scheduled message away: it is not sent. */
export async function cancelScheduled(ctx: SignedIn, { id }: { id: string }): Promise<null> {
  const { database, clock } = ctx.app;
  const { userId } = ctx.session;
  await database.transaction(async (tx) => {
    const { extras } = await lockScheduled(tx, userId, id);
    await tx.scheduledMessage.delete({ where: { id } });
    await releaseFiles(tx, extras, clock.now());
    await append(tx, { topic: userId, type: 'scheduled.removed', refs: { id, sentSeq: null } });
  });
  return null;
}

/** Takes away what somebody whose account is gone would have sent. Their files go by themselves. */
export async function forgetScheduled({ database }: App, userId: string): Promise<void> {
  await database.prisma.scheduledMessage.deleteMany({ where: { userId } });
}
