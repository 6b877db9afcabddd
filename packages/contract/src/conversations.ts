import { z } from 'zod';
import { id, seq, timestamp } from './ids.ts';
import { message } from './messages.ts';
import { publicUser } from './users.ts';

/** A person in a conversation. The members of a direct conversation are both `member`. */
export const member = z.object({
  user: publicUser,
  role: z.enum(['owner', 'admin', 'member']),
  joinedAt: timestamp,
  /** They see messages with a higher `seq` than this. */
  joinedSeq: seq,
  /** Read up to here; it only grows. */
  readSeq: seq,
});
export type Member = z.infer<typeof member>;

/** What is the same for everybody in a conversation. */
export const conversation = z.object({
  id,
  kind: z.enum(['direct', 'group']),
  /** Null in a direct conversation. */
  title: z.string().nullable(),
  description: z.string().nullable(),
  createdAt: timestamp,
  memberCount: z.int(),
  /** The `seq` of the newest message, 0 while there is none. */
  lastSeq: seq,
});
export type Conversation = z.infer<typeof conversation>;

/** A conversation as one of its members sees it. Unread is `lastSeq - me.readSeq`. */
export const conversationView = conversation.extend({
  me: member.omit({ user: true }),
  /** The other person of a direct conversation; null in a group. */
  peer: member.nullable(),
  /** The newest message that this member may see. */
  lastMessage: message.nullable(),
});
export type ConversationView = z.infer<typeof conversationView>;
