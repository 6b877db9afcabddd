import { isDeepStrictEqual } from 'node:util';
import { LIMITS, type Message, type MessageExtras } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { lockConversation } from '../conversations/lock.ts';
import { jsonOrNull } from '../database/json.ts';
import { ParleyError } from '../error.ts';
import { append } from '../events/append.ts';
import type { Rendered } from '../rendered.ts';
import { extrasOf, type Words } from './content.ts';
import { findStanding, type Place, topicOf } from './find-visible.ts';
import { readMessage } from './read.ts';
import { refuseExtras } from './send-refusal.ts';

/** Says something else in a message that the caller has sent, within the time for it. What it said before is kept. */
export async function editMessage(ctx: SignedIn, input: Place & Words): Promise<Rendered<Message>> {
  const { database, clock, env } = ctx.app;
  const { conversationId, seq, text = '', ciphertext, mentions } = input;
  const me = ctx.session.userId;
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
        ...{ conversationId, seq, version },
        ...{
          text: message.text,
          extras: jsonOrNull(before),
          writtenAt: message.editedAt ?? message.createdAt,
        },
      },
    });
    const where = { conversationId_seq: { conversationId, seq } };
    await tx.message.update({ where, data: { text, extras: jsonOrNull(extras), editedAt: now } });
    await append(tx, { topic: topicOf(message), type: 'message.edited', refs: { conversationId, seq } });
  });
  return readMessage(database, conversationId, seq);
}
