import { z } from 'zod';
import { id, seq, timestamp } from './ids.ts';

/** One message, the same in direct and in group conversations. */
export const message = z.object({
  id,
  conversationId: id,
  /** Its place in the conversation. */
  seq,
  senderId: id,
  text: z.string(),
  /** The sender's own key: the same key again returns this message instead of a second one. */
  clientMessageId: id,
  createdAt: timestamp,
});
export type Message = z.infer<typeof message>;
