import type { Message, MessageContent } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { directWith } from '../conversations/open-direct.ts';
import type { Rendered } from '../rendered.ts';
import { extrasOf } from './content.ts';

export interface SendInput extends MessageContent {
  /** Either this … */
  conversationId?: string | undefined;
  /** … or this: into the direct conversation with somebody, which is opened if there is none. */
  toUserId?: string | undefined;
  clientMessageId: string;
}

/** Sends a message. Whether the caller is in the conversation is decided with its row locked, in the queue. */
export async function sendMessage(ctx: SignedIn, input: SendInput): Promise<Rendered<Message>> {
  const { conversationId: given, toUserId, clientMessageId, text = '', ...extras } = input;
  const senderId = ctx.session.userId;
  // With a person the conversation is found first: the key is one for both ways of naming it.
  const conversationId = given ?? (await directWith(ctx, toUserId!)).id;
  return ctx.app.sends.push({ senderId, conversationId, clientMessageId, text, extras: extrasOf(extras) });
}
