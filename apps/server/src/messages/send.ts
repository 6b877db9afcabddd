import { type Message, type MessageContent, messageId, type StoryReference } from '@parley/contract';
import type { Acting } from '../context.ts';
import { directWith } from '../conversations/open-direct.ts';
import { filesToAttach, refuseFiles } from '../files/attach.ts';
import type { Rendered } from '../rendered.ts';
import { followMentioned } from '../threads/mentioned.ts';
import { extrasOf } from './content.ts';
import { findVisible } from './find-visible.ts';
import { readMessage } from './read.ts';

export interface SendInput extends MessageContent {
  /** Either this … */
  conversationId?: string | undefined;
  /** … or this: into the direct conversation with somebody, which is opened if there is none. */
  toUserId?: string | undefined;
  clientMessageId: string;
  /** The story of that person that it answers. */
  story?: StoryReference | undefined;
}

/** Sends a message. Whether the caller is in the conversation is decided with its row locked, in the queue. */
export async function sendMessage(ctx: Acting, input: SendInput): Promise<Rendered<Message>> {
  const {
    conversationId: given,
    toUserId,
    clientMessageId,
    text = '',
    attachments: ids = [],
    ...extras
  } = input;
  const senderId = ctx.session.userId;
  // With a person the conversation is found first: the key is one for both ways of naming it.
  const conversationId = given ?? (await directWith(ctx, toUserId!)).id;
  const { userIds = [] } = extras.mentions ?? {};
  if (given !== undefined && userIds.length > 0) await followMentioned(ctx, given, userIds);
  const send = { senderId, conversationId, clientMessageId, text };
  if (ids.length === 0) return ctx.app.sends.push({ ...send, extras: extrasOf(extras) });
  const id = messageId(senderId, clientMessageId);
  const attachments = await filesToAttach(ctx, id, ids);
  if (attachments === null) return readDeleted(ctx, id);
  return ctx.app.sends.push({ ...send, extras: extrasOf({ ...extras, attachments }) }).catch(refuseFiles);
}

/** A message of the caller that was deleted since, sent again. */
async function readDeleted({ app, session }: Acting, id: string): Promise<Rendered<Message>> {
  const { database } = app;
  const place = await database.prisma.message.findUniqueOrThrow({ where: { id } });
  await findVisible(database.prisma, session.userId, place);
  return readMessage(database, session.userId, place);
}
