import { z } from 'zod';
import { id, timestamp } from './ids.ts';
import { type MessageExtras, message } from './messages.ts';

/**
 * Why a scheduled message was not sent when its time came: the error that its send was refused with, or `BANNED`, when
 * its author was so at that moment.
 */
export const SCHEDULED_FAILURES = [
  'NOT_FOUND',
  'FORBIDDEN',
  'PERSON_BLOCKED',
  'IDEMPOTENCY_CONFLICT',
  'BANNED',
] as const;
export type ScheduledFailure = (typeof SCHEDULED_FAILURES)[number];

/** A message that waits for its time. Nobody but its author knows of it. */
export type Scheduled = Pick<
  MessageExtras,
  'ciphertext' | 'replyTo' | 'mentions' | 'attachments' | 'metadata'
> & {
  /** The id that the message will have, see `messageId`. */
  id: string;
  conversationId: string;
  /** Empty in one with a ciphertext, and in one that has nothing but files. */
  text: string;
  sendAt: string;
  createdAt: string;
  updatedAt: string;
  /** Only on one that could not be sent. It waits no more: it is kept until its author changes it or takes it away. */
  failure?: ScheduledFailure | undefined;
};

const { ciphertext, replyTo, mentions, attachments, metadata } = message.shape;

export const scheduled = z.object({
  id,
  conversationId: id,
  text: z.string(),
  sendAt: timestamp,
  createdAt: timestamp,
  updatedAt: timestamp,
  failure: z.enum(SCHEDULED_FAILURES).optional(),
  ciphertext,
  replyTo,
  mentions,
  attachments,
  metadata,
}) satisfies z.ZodType<Scheduled>;
