import { isDeepStrictEqual } from 'node:util';
import { LIMITS, type Message, type MessageExtras } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { lockConversation } from '../conversations/lock.ts';
import type { Tx } from '../database/database.ts';
import type { Message as MessageRow } from '../database/generated/client.ts';
import { jsonOrNull } from '../database/json.ts';
import { ParleyError } from '../error.ts';
import { append, appendAll } from '../events/append.ts';
import type { Rendered } from '../rendered.ts';
import { followMentioned } from '../threads/mentioned.ts';
import { extrasOf, type Words } from './content.ts';
import { findStanding, type Place, topicOf } from './find-visible.ts';
import { readMessage } from './read.ts';
import { refuseExtras } from './send-refusal.ts';

/** Says something else in a message that the caller has sent, within the time for it. What it said before is kept. */
export async function editMessage(ctx: SignedIn, input: Place & Words): Promise<Rendered<Message>> {
  const { database, clock, env } = ctx.app;
  const { conversationId, seq, text = '', ciphertext, mentions } = input;
  const me = ctx.session.userId;
  if (mentions && mentions.userIds.length > 0) await followMentioned(ctx, conversationId, mentions.userIds);
  await database.transaction(async (tx) => {
    await lockConversation(tx, conversationId, me);
    const message = await findStanding(tx, me, input);
    if (message.senderId !== me) throw new ParleyError('FORBIDDEN', { need: 'sender' });
    const now = clock.now();
    const seconds = env.EDIT_MINUTES * 60;
    const version = 1 + (await tx.messageEdit.count({ where: { conversationId, seq } }));
    if (now.getTime() - message.createdAt.getTime() > seconds * 1_000 || version >= LIMITS.edits)
      throw new ParleyError('EDITING_OVER', { seconds });

    const before = message.extras as MessageExtras | null;
    const extras = extrasOf({ ...before, ciphertext, mentions });
    if (text === message.text && isDeepStrictEqual(extras, before)) return;
    if (extras) await refuseExtras(tx, me, conversationId, extras);
    await tx.messageEdit.create({
      data: {
        conversationId,
        seq,
        version,
        text: message.text,
        extras: jsonOrNull(before),
        writtenAt: message.editedAt ?? message.createdAt,
      },
    });
    const where = { conversationId_seq: { conversationId, seq } };
    await tx.message.update({ where, data: { text, extras: jsonOrNull(extras), editedAt: now } });
    await tellOfEdit(tx, message);
  });
  return readMessage(database, me, input);
}

/**
 * Tells whoever sees the message: everybody at once, or each by themselves where somebody has come in since who does not
 * see it.
 */
async function tellOfEdit(tx: Tx, message: MessageRow): Promise<void> {
  const { conversationId, seq } = message;
  const edited = (topic: string) => ({
    topic,
    type: 'message.edited' as const,
    refs: { conversationId, seq },
  });
  const cameWith = (joinedSeq: { lt: number } | { gte: number }) => ({
    conversationId,
    OR: [{ shownJoinedSeq: joinedSeq }, { shownJoinedSeq: null, joinedSeq }],
  });
  const cameLater = await tx.member.count({ where: cameWith({ gte: seq }) });
  if (message.withheld || cameLater === 0) return append(tx, edited(topicOf(message)));
  const members = await tx.member.findMany({
    where: cameWith({ lt: seq }),
    select: { userId: true },
    orderBy: { userId: 'asc' },
  });
  await appendAll(
    tx,
    members.map(({ userId }) => edited(userId)),
  );
}
