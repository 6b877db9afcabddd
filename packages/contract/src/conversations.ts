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
  /** Come to one of their devices up to here; never less than `readSeq`. It only grows. */
  deliveredSeq: number;
};

export const member = z.object({
  user: publicUser,
  role: z.enum(['owner', 'admin', 'member']),
  joinedAt: timestamp,
  joinedSeq: seq,
  readSeq: seq,
  deliveredSeq: seq,
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
  /** To be shown as unread, whatever was read. To mark it as read ends that, and so does sending. */
  isMarkedUnread: boolean;
};

export const membershipSettings = z.object({
  isArchived: z.boolean(),
  pinnedAt: timestamp.nullable(),
  mutedUntil: timestamp.nullable(),
  notify: z.enum(['all', 'mentions', 'none']),
  isMarkedUnread: z.boolean(),
}) satisfies z.ZodType<MembershipSettings>;

/** A person's own entry in a conversation. */
export type Membership = Omit<Member, 'user'> & MembershipSettings;

export const membership = member
  .omit({ user: true })
  .extend(membershipSettings.shape) satisfies z.ZodType<Membership>;

/** What is the same for everybody in a conversation. */
export type Conversation = {
  id: string;
  /** A thread is a conversation of its own, about one message of another: its members are those who follow it. */
  kind: 'direct' | 'group' | 'thread';
  /** Of a thread: the message that it is about, and where that is. */
  parent: { conversationId: string; seq: number } | null;
  /** Null but in a group. */
  title: string | null;
  description: string | null;
  /** A file, for `files.link`. Null but in a group. */
  icon: string | null;
  createdAt: string;
  memberCount: number;
  /** The `seq` of the newest message, 0 while there is none. */
  lastSeq: number;
  /** A plain member of a group sends once in so many seconds; 0: as often as they like. */
  slowModeSeconds: number;
  /** What somebody who joins a group sees: what is said from then on, or all that was said before, too. */
  history: 'joined' | 'all';
  /**
   * Messages are kept for so many days, in its threads too; null: as the server keeps them. Where both say something, the
   * shorter time counts.
   */
  retentionDays: number | null;
};

export const conversation = z.object({
  id,
  kind: z.enum(['direct', 'group', 'thread']),
  parent: z.object({ conversationId: id, seq }).nullable(),
  title: z.string().nullable(),
  description: z.string().nullable(),
  icon: id.nullable(),
  createdAt: timestamp,
  memberCount: z.int(),
  lastSeq: seq,
  slowModeSeconds: z.int(),
  history: z.enum(['joined', 'all']),
  retentionDays: z.int().nullable(),
}) satisfies z.ZodType<Conversation>;

/** What somebody has written in a conversation and not sent: on all of their devices, and nobody else's. */
export type Draft = {
  /** Empty where there is only what it answers. */
  text: string;
  /** The `seq` of the message that it answers. */
  replyTo?: number | undefined;
  updatedAt: string;
};

export const draft = z.object({
  text: z.string(),
  replyTo: seq.optional(),
  updatedAt: timestamp,
}) satisfies z.ZodType<Draft>;

/**
 * A conversation as one of its members sees it. Unread is `lastSeq - me.readSeq`, less what lies in `skipped`. `lastSeq` is
 * that of the newest message that this member may see.
 */
export type ConversationView = Conversation & {
  me: Membership;
  /** The other person of a direct conversation; null in a group and in a thread. */
  peer: Member | null;
  /** The newest message that this member may see. */
  lastMessage: Message | null;
  /** Ranges of `seq` behind `me.readSeq`, both ends included, in which there is nothing for this member. */
  skipped: SeqRange[];
  /**
   * The `seq` of each message behind `me.readSeq` that calls this member, by name or with everybody: the newest 1,000, in
   * their order.
   */
  mentions: number[];
  /** What this member has written and not sent; null: nothing. */
  draft: Draft | null;
};

export const conversationView = conversation.extend({
  me: membership,
  peer: member.nullable(),
  lastMessage: message.nullable(),
  skipped: z.array(seqRange),
  mentions: z.array(seq),
  draft: draft.nullable(),
}) satisfies z.ZodType<ConversationView>;
