import {
  clientMessageIdOf,
  type Message,
  type MessageExtras,
  SCHEDULED_FAILURES,
  type ScheduledFailure,
} from '@parley/contract';
import { banOf } from '../admin/ban-of.ts';
import type { App } from '../context.ts';
import type { ScheduledMessage } from '../database/generated/client.ts';
import { ParleyError } from '../error.ts';
import { append } from '../events/append.ts';
import { extrasOf } from '../messages/content.ts';
import { fingerprint } from '../messages/fingerprint.ts';
import { sendMessage } from '../messages/send.ts';
import type { Rendered } from '../rendered.ts';
import { attachedTo } from './files.ts';

/** A scheduled message whose time has come, and which somebody was told to send. */
export interface SendScheduledJob {
  userId: string;
}

/**
 * Sends what is due of somebody, in its order. What a try before has sent, and was broken off, is found by its key, and
 * not sent again. Where one cannot be sent yet, those behind it in the same conversation wait with it.
 */
export async function sendScheduled(app: App, { userId }: SendScheduledJob): Promise<void> {
  const { prisma } = app.database;
  const due = await prisma.scheduledMessage.findMany({
    where: { userId, sending: true },
    orderBy: [{ sendAt: 'asc' }, { id: 'asc' }],
  });
  const stuck = new Map<string, unknown>();
  for (const row of due) {
    if (stuck.has(row.conversationId)) continue;
    await deliver(app, row).catch((error: unknown) => stuck.set(row.conversationId, error));
  }
  for (const error of stuck.values()) throw error;
}

/** Sends one, and says what became of it. Throws what another try may get over. */
async function deliver(app: App, row: ScheduledMessage): Promise<void> {
  if (await wasSent(app, row)) return finish(app, row);
  const { prisma } = app.database;
  const author = await prisma.user.findUnique({ where: { id: row.userId } });
  // What is theirs goes with the account.
  if (!author || author.deletedAt) return;
  if (banOf(author, app.clock.now())) return fail(app, row, 'BANNED');
  try {
    await send(app, row);
  } catch (error) {
    if (!(error instanceof ParleyError)) throw error;
    if (error.code === 'RATE_LIMITED') return wait(app, row, error as ParleyError<'RATE_LIMITED'>);
    const failure = SCHEDULED_FAILURES.find((code) => code === error.code);
    if (failure === undefined) throw error;
    return fail(app, row, failure);
  }
  await finish(app, row);
}

/** The same send as everybody's, under the key that its author has given. */
export function send(app: App, row: ScheduledMessage): Promise<Rendered<Message>> {
  const { id, userId, conversationId, text, extras } = row;
  return sendMessage(
    { app, session: { userId } },
    {
      ...(extras as MessageExtras | null),
      conversationId,
      clientMessageId: clientMessageIdOf({ id, senderId: userId }),
      text,
      attachments: attachedTo(extras),
    },
  );
}

/** Whether a try before has sent it. Another message under the same key is not it. */
async function wasSent({ database }: App, row: ScheduledMessage): Promise<boolean> {
  const { id, conversationId, text } = row;
  const sent = await database.prisma.message.findUnique({ where: { id } });
  const extras = extrasOf((row.extras ?? {}) as MessageExtras);
  return sent?.fingerprint === fingerprint({ conversationId, text, extras });
}

/** It has become a message: it is scheduled no more, and that is told once. */
export async function finish({ database }: App, { id, userId }: ScheduledMessage): Promise<void> {
  await database.transaction(async (tx) => {
    const { count } = await tx.scheduledMessage.deleteMany({ where: { id } });
    if (count === 0) return;
    const { seq: sentSeq } = await tx.message.findUniqueOrThrow({ where: { id } });
    await append(tx, { topic: userId, type: 'scheduled.removed', refs: { id, sentSeq } });
  });
}

async function fail({ database, clock }: App, row: ScheduledMessage, failure: ScheduledFailure) {
  const { id, userId } = row;
  await database.transaction(async (tx) => {
    const { count } = await tx.scheduledMessage.updateMany({
      where: { id, sending: true },
      data: { sending: false, dueAt: null, failure, updatedAt: clock.now() },
    });
    if (count > 0) await append(tx, { topic: userId, type: 'scheduled.updated', refs: { id } });
  });
}

/** The group is in slow mode: it is due when its author may write again. */
async function wait(
  { database, clock }: App,
  { id }: ScheduledMessage,
  { data }: ParleyError<'RATE_LIMITED'>,
): Promise<void> {
  const dueAt = new Date(clock.now().getTime() + data.retryAfter * 1_000);
  await database.prisma.scheduledMessage.updateMany({
    where: { id, sending: true },
    data: { sending: false, dueAt },
  });
}
