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

/** How a person keeps a conversation for themselves: nobody else hears of it. */
export type MembershipSettings = {
  /** Put away. It stays so when something new comes. */
  isArchived: boolean;
  /** Since when it is pinned; null: it is not. */
  pinnedAt: string | null;
  /** Not to be notified until then; in the past, or null: not muted. For good is `9999-12-31T23:59:59.999Z`. */
  mutedUntil: string | null;
  /** Of which messages to be notified while it is not muted. */
  notify: 'all' | 'mentions' | 'none';
};

export const membershipSettings = z.object({
  isArchived: z.boolean(),
  pinnedAt: timestamp.nullable(),
  mutedUntil: timestamp.nullable(),
  notify: z.enum(['all', 'mentions', 'none']),
}) satisfies z.ZodType<MembershipSettings>;

/** A person's own entry in a conversation. */
export type Membership = Omit<Member, 'user'> & MembershipSettings;

export const membership = member
  .omit({ user: true })
  .extend(membershipSettings.shape) satisfies z.ZodType<Membership>;

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
  /** A plain member of a group sends once in so many seconds; 0: as often as they like. */
  slowModeSeconds: number;
  /** What somebody who joins a group sees: what is said from then on, or all that was said before, too. */
  history: 'joined' | 'all';
};

export const conversation = z.object({
  id,
  kind: z.enum(['direct', 'group']),
  title: z.string().nullable(),
  description: z.string().nullable(),
  createdAt: timestamp,
  memberCount: z.int(),
  lastSeq: seq,
  slowModeSeconds: z.int(),
  history: z.enum(['joined', 'all']),
}) satisfies z.ZodType<Conversation>;

/**
 * A conversation as one of its members sees it. Unread is `lastSeq - me.readSeq`, less what lies in `skipped`. `lastSeq` is
 * that of the newest message that this member may see.
 */
export type ConversationView = Conversation & {
  me: Membership;
  /** The other person of a direct conversation; null in a group. */
  peer: Member | null;
  /** The newest message that this member may see. */
  lastMessage: Message | null;
  /** Ranges of `seq` behind `me.readSeq`, both ends included, in which there is nothing for this member. */
  skipped: SeqRange[];
};

export const conversationView = conversation.extend({
  me: membership,
  peer: member.nullable(),
  lastMessage: message.nullable(),
  skipped: z.array(seqRange),
}) satisfies z.ZodType<ConversationView>;
