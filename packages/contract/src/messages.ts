import { z } from 'zod';
import { id, seq, timestamp } from './ids.ts';

/** One message, the same in direct and in group conversations. */
export type Message = {
  /** Its sender's key with the sender mixed in, see `messageId`. */
  id: string;
  conversationId: string;
  /** Its place in the conversation. */
  seq: number;
  senderId: string;
  /** Empty once it is deleted. */
  text: string;
  createdAt: string;
  /** Only on a deleted one: when that was. Its place stays. */
  deletedAt?: string | undefined;
};

export const message = z.object({
  id,
  conversationId: id,
  seq,
  senderId: id,
  text: z.string(),
  createdAt: timestamp,
  deletedAt: timestamp.optional(),
}) satisfies z.ZodType<Message>;
