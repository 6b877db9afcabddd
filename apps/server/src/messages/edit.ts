import { isDeepStrictEqual } from 'node:util';
import { LIMITS, type Message, type MessageExtras } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { lockConversation } from '../conversations/lock.ts';
import { jsonOrNull } from '../database/json.ts';
import { ParleyError } from '../error.ts';
import { firstLink } from '../previews/first-link.ts';
import { previewOf, wantPreview, withPreview } from '../previews/make.ts';
import type { Rendered } from '../rendered.ts';
import { followMentioned } from '../threads/mentioned.ts';
import { extrasOf, type Words } from './content.ts';
import { findStanding, type Place } from './find-visible.ts';
import { readMessage } from './read.ts';
import { refuseExtras } from './send-refusal.ts';
import { tellWhoSees } from './tell-who-sees.ts';

/** Says something else in a message that the caller has sent, within the time for it. What it said before is kept. */
export async function editMessage(ctx: SignedIn, input: Place & Words): Promise<Rendered<Message>> {
  const { database, clock, env, previews } = ctx.app;
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

    // What is shown of its link is not what it says.
    const before = extrasOf((message.extras ?? {}) as MessageExtras);
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
    const link = firstLink(text);
    const shown = previewOf(message);
    const preview = shown?.url === link ? shown : undefined;
    await tx.message.update({ where, data: { text, extras: withPreview(extras, preview), editedAt: now } });
    await tellWhoSees(tx, message, 'message.edited');
    if (previews && link !== null && link !== firstLink(message.text)) await wantPreview(tx, ctx.app, input);
  });
  return readMessage(database, me, input);
}
