import type { MessageExtras, MessageVersion } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { findStanding, type Place } from './find-visible.ts';

/** What a message has said, from the first version to the present one. */
export async function messageHistory(ctx: SignedIn, place: Place): Promise<MessageVersion[]> {
  const { prisma } = ctx.app.database;
  const { createdAt, editedAt, text, extras } = await findStanding(prisma, ctx.session.userId, place);
  const { conversationId, seq } = place;
  const edits = await prisma.messageEdit.findMany({
    where: { conversationId, seq },
    orderBy: { version: 'asc' },
  });
  const present = { text, extras, writtenAt: editedAt ?? createdAt };
  return [...edits, present].map((version): MessageVersion => {
    const { ciphertext, mentions } = (version.extras ?? {}) as MessageExtras;
    return { text: version.text, ciphertext, mentions, writtenAt: version.writtenAt.toISOString() };
  });
}
