import type { Message } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { ParleyError } from '../error.ts';
import type { Rendered } from '../rendered.ts';
import { finish, send } from './deliver.ts';
import { LEASE } from './due.ts';
import { lockScheduled } from './lock.ts';

/**
 * Sends a scheduled message at once. If this is broken off, it is sent all the same; if it is refused, it waits as
 * before.
 */
export async function sendNow(ctx: SignedIn, { id }: { id: string }): Promise<Rendered<Message>> {
  const { app, session } = ctx;
  const { database, clock } = app;
  const row = await database.transaction(async (tx) => {
    const found = await lockScheduled(tx, session.userId, id);
    const dueAt = new Date(clock.now().getTime() + LEASE);
    await tx.scheduledMessage.update({ where: { id }, data: { sending: true, dueAt } });
    return found;
  });
  try {
    const message = await send(app, row);
    await finish(app, row);
    return message;
  } catch (error) {
    if (error instanceof ParleyError) {
      const { dueAt } = row;
      await database.prisma.scheduledMessage.updateMany({ where: { id }, data: { sending: false, dueAt } });
    }
    throw error;
  }
}
