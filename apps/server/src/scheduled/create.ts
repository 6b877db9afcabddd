import { LIMITS, type MessageContent, messageId, type Scheduled } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import type { Tx } from '../database/database.ts';
import { jsonOrNull } from '../database/json.ts';
import { invalidInput, ParleyError } from '../error.ts';
import { append } from '../events/append.ts';
import { extrasOf } from '../messages/content.ts';
import { fingerprint } from '../messages/fingerprint.ts';
import { lockAccount } from '../users/lock.ts';
import { filesToKeep } from './files.ts';
import { toScheduled } from './view.ts';

export interface ScheduleInput extends MessageContent {
  conversationId: string;
  clientMessageId: string;
  sendAt: string;
}

/**
 * Schedules a message. Of what it says nothing is decided before its time comes but that the caller is in the
 * conversation, and has the files.
 */
export async function schedule(ctx: SignedIn, input: ScheduleInput): Promise<Scheduled> {
  const { app, session } = ctx;
  const { userId } = session;
  const { conversationId, clientMessageId, text = '', sendAt, attachments: ids = [], ...said } = input;
  const id = messageId(userId, clientMessageId);
  const key = fingerprint({
    conversationId,
    text: `${sendAt} ${ids.join()} ${text}`,
    extras: extrasOf(said),
  });
  return app.database.transaction(async (tx) => {
    await lockAccount(tx, userId);
    const before = await tx.scheduledMessage.findUnique({ where: { id } });
    if (before?.fingerprint === key) return toScheduled(before);
    if (before || (await tx.message.count({ where: { id } })) > 0)
      throw new ParleyError('IDEMPOTENCY_CONFLICT', { messageId: id });
    const now = app.clock.now();
    const at = timeToSend(sendAt, now);
    await refuseOutsider(tx, userId, conversationId);
    await refuseMore(tx, userId);
    const attachments = await filesToKeep(tx, userId, ids);
    const row = await tx.scheduledMessage.create({
      data: {
        id,
        userId,
        conversationId,
        fingerprint: key,
        text,
        extras: jsonOrNull(extrasOf({ ...said, attachments })),
        sendAt: at,
        dueAt: at,
        createdAt: now,
        updatedAt: now,
      },
    });
    await append(tx, { topic: userId, type: 'scheduled.updated', refs: { id } });
    return toScheduled(row);
  });
}

/** When to send it; refused when that is too soon or too far. */
export function timeToSend(sendAt: string, now: Date): Date {
  const at = new Date(sendAt);
  const seconds = (at.getTime() - now.getTime()) / 1_000;
  if (seconds < LIMITS.scheduledMin || seconds > LIMITS.scheduledMax)
    throw invalidInput('sendAt', 'ten seconds to a year ahead');
  return at;
}

async function refuseOutsider(tx: Tx, userId: string, conversationId: string): Promise<void> {
  const place = { conversationId_userId: { conversationId, userId } };
  const me = await tx.member.findUnique({ where: place });
  if (!me || me.hidden) throw new ParleyError('NOT_FOUND', { what: 'conversation' });
}

async function refuseMore(tx: Tx, userId: string): Promise<void> {
  const limit = LIMITS.scheduled;
  if ((await tx.scheduledMessage.count({ where: { userId } })) >= limit)
    throw new ParleyError('TOO_MANY', { what: 'scheduled', limit });
}
