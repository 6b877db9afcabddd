import { z } from 'zod';
import { id } from './ids.ts';

/** What one conversation has for somebody. Neither counts what was read, or what there is nothing of to see. */
export type ConversationUnread = {
  conversationId: string;
  /** Messages that are unread; 0 in one that this person has only marked so. */
  unread: number;
  /** Those of them that call this person, by name or with everybody. */
  mentions: number;
};

const conversationUnread = z.object({
  conversationId: id,
  unread: z.int(),
  mentions: z.int(),
}) satisfies z.ZodType<ConversationUnread>;

/** What somebody has not read, archived and muted conversations included. Threads count by themselves. */
export type Unread = {
  /** The sums over `conversations`. */
  total: number;
  mentions: number;
  /** Those in which something is unread, or that are marked so. */
  conversations: ConversationUnread[];
  /** The same of threads that this person follows. */
  threads: ConversationUnread[];
};

export const unread = z.object({
  total: z.int(),
  mentions: z.int(),
  conversations: z.array(conversationUnread),
  threads: z.array(conversationUnread),
}) satisfies z.ZodType<Unread>;
