import type { Message, MessageExtras } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { ParleyError } from '../error.ts';
import { refuseFiles } from '../files/attach.ts';
import type { Rendered } from '../rendered.ts';
import { findStanding, type Place } from './find-visible.ts';

export interface ForwardInput {
  from: Place;
  conversationId: string;
  clientMessageId: string;
}

/**
 * Sends what another message says, which the caller sees, and whose words it is. Whom it mentioned and what it answered
 * belong to where it was said. What is encrypted is encrypted for somebody: the client sends that anew.
 */
export async function forwardMessage(ctx: SignedIn, input: ForwardInput): Promise<Rendered<Message>> {
  const senderId = ctx.session.userId;
  const { from, conversationId, clientMessageId } = input;
  const message = await findStanding(ctx.app.database.prisma, senderId, from);
  const before = (message.extras ?? {}) as MessageExtras;
  if (before.ciphertext !== undefined) throw new ParleyError('NOT_FOUND', { what: 'message' });
  const forwarded = before.forwarded ?? {
    senderId: message.senderId,
    createdAt: message.createdAt.toISOString(),
  };
  const { metadata, attachments } = before;
  const extras: MessageExtras = {
    forwarded,
    ...(attachments && { attachments }),
    ...(metadata && { metadata }),
  };
  return ctx.app.sends
    .push({ senderId, conversationId, clientMessageId, text: message.text, extras })
    .catch(refuseFiles);
}
