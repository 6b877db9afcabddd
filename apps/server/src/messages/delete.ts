import type { MessageExtras } from '@parley/contract';
import { roleOf } from '../admin/require-role.ts';
import { audit } from '../audit/audit.ts';
import type { SignedIn } from '../context.ts';
import { clearFor } from '../conversations/clear.ts';
import { lockConversation, lockRow } from '../conversations/lock.ts';
import { roleIn } from '../conversations/role-in.ts';
import type { Tx } from '../database/database.ts';
import type { Message as MessageRow } from '../database/generated/client.ts';
import { ParleyError } from '../error.ts';
import { append } from '../events/append.ts';
import { dropReactions } from '../reactions/remove.ts';
import { findVisible, type Place, topicOf } from './find-visible.ts';
import { NOTHING } from './nothing.ts';
import { isShownTo } from './read.ts';

/**
 * Deletes a message for everyone: its sender does, an admin or the owner of its group, and a moderator of the
 * installation, who need not be in the conversation. Its place stays, and nothing of what it said, now or before.
 */
export async function deleteForEveryone(ctx: SignedIn, place: Place): Promise<null> {
  const { database, clock, jobs } = ctx.app;
  const me = ctx.session.userId;
  const { conversationId, seq } = place;
  await database.transaction(async (tx) => {
    const message = await findToDelete(tx, ctx, place);
    if (message.deletedAt) return;
    const now = clock.now();
    const where = { conversationId_seq: place };
    await tx.message.update({ where, data: { ...NOTHING, deletedAt: now, tombstone: true } });
    await tx.messageEdit.deleteMany({ where: place });
    await dropReactions(tx, place);
    if ((message.extras as MessageExtras | null)?.attachments) await jobs.enqueue(tx, 'files.sweep', {});
    await append(tx, {
      topic: topicOf(message),
      type: 'message.deleted',
      refs: { conversationId, seq, actorId: me, deletedAt: now.toISOString() },
    });
  });
  return null;
}

async function findToDelete(tx: Tx, ctx: SignedIn, place: Place): Promise<MessageRow> {
  const me = ctx.session.userId;
  const isModerator = (await roleOf(tx, ctx)) !== 'USER';
  if (isModerator) return asModerator(tx, ctx, place);
  const { conversation, me: membership } = await lockConversation(tx, place.conversationId, me);
  const message = await findVisible(tx, me, place);
  if (message.senderId === me) return message;
  const { role, inGroup } = await roleIn(tx, conversation, membership);
  if (role === 'member') throw new ParleyError('FORBIDDEN', { need: inGroup ? 'admin' : 'sender' });
  return message;
}

/** Of one of their own as of everybody else's; what is not their own is recorded. */
async function asModerator(tx: Tx, ctx: SignedIn, place: Place): Promise<MessageRow> {
  await lockRow(tx, place.conversationId);
  const message = await tx.message.findUnique({ where: { conversationId_seq: place } });
  if (!message) throw new ParleyError('NOT_FOUND', { what: 'message' });
  const { id, senderId } = message;
  if (senderId !== ctx.session.userId && !message.deletedAt)
    await audit(tx, ctx, { action: 'message-deleted', userId: senderId, details: { messageId: id } });
  return message;
}

/** Deletes a message for the caller alone, on all of their devices. */
export async function deleteForMe(ctx: SignedIn, place: Place): Promise<null> {
  const userId = ctx.session.userId;
  const { conversationId } = place;
  await ctx.app.database.transaction(async (tx) => {
    const { conversation, me } = await lockConversation(tx, conversationId, userId);
    await findVisible(tx, userId, place);
    await tx.hiddenMessage.create({ data: { userId, ...place } });
    const lastSeq = await lastSeqOf(tx, userId, conversationId);
    // Where nothing is left of what came since it was cleared, it is so again.
    if (me.cleared && lastSeq === null) await clearFor(tx, conversation, me);
    else await append(tx, { topic: userId, type: 'message.hidden', refs: { ...place, lastSeq } });
  });
  return null;
}

/** The seq of the newest message that somebody sees; null where there is none. */
async function lastSeqOf(tx: Tx, userId: string, conversationId: string): Promise<number | null> {
  const rows = await tx.$queryRawUnsafe<{ seq: number }[]>(LAST, userId, conversationId);
  return rows[0]?.seq ?? null;
}

const LAST = `
  SELECT m.seq FROM members me JOIN messages m ON m.conversation_id = me.conversation_id
  WHERE me.user_id = $1::uuid AND me.conversation_id = $2::uuid AND m.seq > me.joined_seq AND ${isShownTo('$1::uuid')}
  ORDER BY m.seq DESC LIMIT 1`;
