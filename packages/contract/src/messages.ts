import { z } from 'zod';
import { id, seq, timestamp } from './ids.ts';

/** One message, the same in direct and in group conversations. */
export type Message = {
  id: string;
  conversationId: string;
  /** Its place in the conversation. */
  seq: number;
  senderId: string;
  text: string;
  /** The sender's own key: the same key again returns this message instead of a second one. */
  clientMessageId: string;
  createdAt: string;
};

export const message = z.object({
  id,
  conversationId: id,
  seq,
  senderId: id,
  text: z.string(),
  clientMessageId: id,
  createdAt: timestamp,
}) satisfies z.ZodType<Message>;
