import type { MessageContent, Scheduled } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { jsonOrNull } from '../database/json.ts';
import { append } from '../events/append.ts';
import { extrasOf } from '../messages/content.ts';
import { timeToSend } from './create.ts';
import { filesToKeep, releaseFiles } from './files.ts';
import { lockScheduled } from './lock.ts';
import { toScheduled } from './view.ts';

export interface RescheduleInput extends MessageContent {
  id: string;
  sendAt: string;
}

/** Has a scheduled message say something else, at another time. One that has failed waits again. */
export async function reschedule(ctx: SignedIn, input: RescheduleInput): Promise<Scheduled> {
  const { database, clock } = ctx.app;
  const { userId } = ctx.session;
  const { id, sendAt, text = '', attachments: ids = [], ...said } = input;
  return database.transaction(async (tx) => {
    const before = await lockScheduled(tx, userId, id);
    const now = clock.now();
    const at = timeToSend(sendAt, now);
    const attachments = await filesToKeep(tx, userId, ids);
    await releaseFiles(tx, before.extras, now);
    const row = await tx.scheduledMessage.update({
      where: { id },
      data: {
        text,
        extras: jsonOrNull(extrasOf({ ...said, attachments })),
        sendAt: at,
        dueAt: at,
        failure: null,
        updatedAt: now,
      },
    });
    await append(tx, { topic: userId, type: 'scheduled.updated', refs: { id } });
    return toScheduled(row);
  });
}
