import type { Message } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import type { Rendered } from '../rendered.ts';

export interface SendInput {
  conversationId: string;
  text: string;
  clientMessageId: string;
}

/** Sends a message. Whether the caller is in the conversation is decided with its row locked, in the queue. */
export function sendMessage(ctx: SignedIn, input: SendInput): Promise<Rendered<Message>> {
  return ctx.app.sends.push({ senderId: ctx.session.userId, ...input });
}
