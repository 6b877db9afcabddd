import type { ReportReason } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import type { Tx } from '../database/database.ts';
import { ParleyError } from '../error.ts';
import { newId } from '../ids.ts';
import { findVisible } from '../messages/find-visible.ts';
import { keepShown } from '../stories/keep-shown.ts';
import { lockAccount } from '../users/lock.ts';

export type ReportInput = { reason: ReportReason; comment?: string | undefined } & (
  | { kind: 'user'; userId: string }
  | { kind: 'message'; conversationId: string; seq: number }
  | { kind: 'story'; storyId: string }
);

/** Whom a report is about, and which message or story of theirs, as it is now. */
interface Subject {
  userId: string;
  messageId: string | null;
  conversationId: string | null;
  storyId: string | null;
  fileId: string | null;
  text: string | null;
}

const NOTHING = { messageId: null, conversationId: null, storyId: null, fileId: null, text: null };

/** Tells the moderators of a person, a message or a story. The same once more is the report of the first time. */
export async function createReport(ctx: SignedIn, input: ReportInput): Promise<{ id: string }> {
  const { database, clock, logger } = ctx.app;
  const reporterId = ctx.session.userId;
  const { reason, comment = null } = input;

  const { id, isNew, userId } = await database.transaction(async (tx) => {
    // Whoever reports does one thing after the other, so that nothing is reported twice.
    await lockAccount(tx, reporterId);
    const subject = await findSubject(tx, reporterId, input, clock.now());
    const { userId, messageId, storyId } = subject;
    if (userId === reporterId) throw new ParleyError('NOT_YOURSELF');
    const before = await tx.report.findFirst({ where: { reporterId, userId, messageId, storyId } });
    if (before) return { id: before.id, isNew: false, userId };
    const id = newId();
    await tx.report.create({
      data: { id, reporterId, ...subject, reason, comment, createdAt: clock.now() },
    });
    return { id, isNew: true, userId };
  });
  if (isNew) logger.info({ reportId: id, reporterId, userId, kind: input.kind, reason }, 'reported');
  return { id };
}

/** Whoever has deleted their account can be reported like anybody else. */
async function findSubject(tx: Tx, reporterId: string, input: ReportInput, now: Date): Promise<Subject> {
  if (input.kind === 'user') {
    const { userId } = input;
    if (!(await tx.user.findUnique({ where: { id: userId }, select: { id: true } })))
      throw new ParleyError('NOT_FOUND', { what: 'user' });
    return { ...NOTHING, userId };
  }
  if (input.kind === 'story') {
    const { id, authorId, fileId, caption } = await keepShown(tx, reporterId, now, input.storyId);
    return { ...NOTHING, userId: authorId, storyId: id, fileId, text: caption };
  }
  const { id, senderId, conversationId, text } = await findVisible(tx, reporterId, input);
  return { ...NOTHING, userId: senderId, messageId: id, conversationId, text };
}
