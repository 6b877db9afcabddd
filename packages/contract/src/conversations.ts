import { z } from 'zod';
import { id, seq, timestamp } from './ids.ts';
import { type Message, message } from './messages.ts';
import { type PublicUser, publicUser } from './users.ts';

/** From the first to the last `seq`, both included. */
export type SeqRange = [from: number, to: number];

export const seqRange = z.tuple([seq, seq]) satisfies z.ZodType<SeqRange>;

/** A person in a conversation. The members of a direct conversation are both `member`. */
export type Member = {
  user: PublicUser;
  role: 'owner' | 'admin' | 'member';
  joinedAt: string;
  /** They see messages with a higher `seq` than this. */
  joinedSeq: number;
  /** Read up to here; it only grows. */
  readSeq: number;
};

export const member = z.object({
  user: publicUser,
  role: z.enum(['owner', 'admin', 'member']),
  joinedAt: timestamp,
  joinedSeq: seq,
  readSeq: seq,
}) satisfies z.ZodType<Member>;

/** What is the same for everybody in a conversation. */
export type Conversation = {
  id: string;
  kind: 'direct' | 'group';
  /** Null in a direct conversation. */
  title: string | null;
  description: string | null;
  createdAt: string;
  memberCount: number;
  /** The `seq` of the newest message, 0 while there is none. */
  lastSeq: number;
};

export const conversation = z.object({
  id,
  kind: z.enum(['direct', 'group']),
  title: z.string().nullable(),
  description: z.string().nullable(),
  createdAt: timestamp,
  memberCount: z.int(),
  lastSeq: seq,
}) satisfies z.ZodType<Conversation>;

/**
 * A conversation as one of its members sees it. Unread is `lastSeq - me.readSeq`, less what lies in `skipped`. `lastSeq` is
 * that of the newest message that this member may see.
 */
export type ConversationView = Conversation & {
  me: Omit<Member, 'user'>;
  /** The other person of a direct conversation; null in a group. */
  peer: Member | null;
  /** The newest message that this member may see. */
  lastMessage: Message | null;
  /** Ranges of `seq` behind `me.readSeq`, both ends included, in which there is nothing for this member. */
  skipped: SeqRange[];
};

export const conversationView = conversation.extend({
  me: member.omit({ user: true }),
  peer: member.nullable(),
  lastMessage: message.nullable(),
  skipped: z.array(seqRange),
}) satisfies z.ZodType<ConversationView>;
