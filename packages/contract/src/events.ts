import { z } from 'zod';
import {
  type Conversation,
  type ConversationView,
  conversation,
  conversationView,
  type Draft,
  draft,
  type Member,
  type MembershipSettings,
  member,
  membershipSettings,
} from './conversations.ts';
import { type Export, exportInfo } from './exports.ts';
import { id, seq, timestamp } from './ids.ts';
import { type LinkPreview, linkPreview, type Message, message, type Thread, thread } from './messages.ts';
import {
  type Block,
  block,
  type Contact,
  contact,
  type Friend,
  type FriendRequest,
  friend,
  friendRequest,
} from './people.ts';
import { type Presence, presence } from './presence.ts';
import { type Scheduled, scheduled } from './scheduled.ts';
import { type Story, story } from './stories.ts';
import { type OwnUser, ownUser, type PublicUser, publicUser, type Settings, settings } from './users.ts';

/** Why a session ended. */
export const SESSION_END_REASONS = [
  'logout',
  'revoked',
  /** A used refresh token came back: two parties hold it. */
  'reuse',
  'password-changed',
  'password-reset',
  'banned',
  'account-deleted',
] as const;
export type SessionEndReason = (typeof SESSION_END_REASONS)[number];

/**
 * The durable events, each a fact of the log. A subscriber gets every one it is entitled to, once, in the
 * order of the log. A payload carries absolute values, so that applying an event again changes nothing.
 */
export type ChatEvent =
  /** A conversation began; everybody in it gets this. `members` names its first members. */
  | { type: 'conversation.created'; actorId: string; conversation: Conversation; members: Member[] }
  /** It has another title, description, icon, slow mode or history policy, or keeps its messages for another time. */
  | { type: 'conversation.updated'; actorId: string; conversation: Conversation }
  /** A group was deleted with all that was said in it. It is the last event that anybody gets from it. */
  | { type: 'conversation.deleted'; conversationId: string; actorId: string }
  /**
   * People came in. They get this event too, and all that follows it. Who came by themselves is the actor. `lastMessage`
   * is the newest one where they see what was said before, unless somebody in the group does not: then they load it.
   */
  | {
      type: 'member.added';
      actorId: string;
      conversation: Conversation;
      members: Member[];
      lastMessage: Message | null;
    }
  /** An owner or admin put somebody out. It is the last event they get from this conversation. */
  | { type: 'member.removed'; actorId: string; conversationId: string; userId: string; memberCount: number }
  /** Somebody left by themselves. It is the last event they get from this conversation. */
  | { type: 'member.left'; conversationId: string; userId: string; memberCount: number }
  /** Somebody in a group is something else in it from now on. */
  | { type: 'member.roleChanged'; conversationId: string; userId: string; role: Member['role'] }
  /**
   * A message. Its sender has read up to it. What lies between it and the newest message before it was withheld from
   * this person.
   */
  | { type: 'message.created'; message: Message }
  /** A message says something else now. Its place, its sender and what was said about it stay. */
  | { type: 'message.edited'; message: Message }
  /** A message was deleted for everyone: its place stays, and counts as unread for nobody. */
  | { type: 'message.deleted'; conversationId: string; seq: number; actorId: string; deletedAt: string }
  /**
   * This person deleted a message for themselves. `lastMessage` is the newest that they see now, null if there is none:
   * the conversation's `lastSeq` goes back to it.
   */
  | { type: 'message.hidden'; conversationId: string; seq: number; lastMessage: Message | null }
  /** Somebody reacted to a message, or does so no more. `count` is how many do in this way from then on. */
  | ReactionEvent<'reaction.added'>
  | ReactionEvent<'reaction.removed'>
  /** A message is pinned to its conversation, or is so no more. Once it is deleted it is not. */
  | { type: 'message.pinned'; conversationId: string; seq: number; actorId: string; pinnedAt: string }
  | { type: 'message.unpinned'; conversationId: string; seq: number; actorId: string }
  /** A message shows what is under its link, as it is when this is read; null: nothing any more. */
  | { type: 'message.previewed'; conversationId: string; seq: number; preview: LinkPreview | null }
  /**
   * What this person has written in a conversation and not sent, as it is when this is read; null: nothing any more.
   * `joinedAt` as in `membership.updated`.
   */
  | { type: 'draft.updated'; conversationId: string; joinedAt: string; draft: Draft | null }
  /** A message that this person has scheduled, as it is when this is read: a new one, another one, or one that has failed. */
  | { type: 'scheduled.updated'; scheduled: Scheduled }
  /** It is not scheduled any more. `sentSeq` is where it was sent to; null when it was taken away. */
  | { type: 'scheduled.removed'; id: string; sentSeq: number | null }
  /**
   * This person keeps a conversation otherwise: archived, pinned, muted, and of what they are notified. `joinedAt` is
   * when they came in: whoever has come in again since is not concerned.
   */
  | { type: 'membership.updated'; conversationId: string; joinedAt: string; settings: MembershipSettings }
  /**
   * This person deleted for themselves what was said up to `seq`. Where there is nothing newer, the conversation is not
   * shown any more; a message brings it back. `joinedAt` as in `membership.updated`.
   */
  | { type: 'conversation.cleared'; conversationId: string; joinedAt: string; seq: number }
  /** The messages up to `seq` are gone for everybody: they were older than the conversation keeps them. None of them is unread. */
  | { type: 'conversation.trimmed'; conversationId: string; seq: number }
  /**
   * Members read further. Gathered: at most one a conversation in 200 ms (direct) or 1 s (group) from each node. This
   * person's own mark also ends that they have marked the conversation as unread.
   */
  | { type: 'receipt.read'; conversationId: string; marks: { userId: string; readSeq: number }[] }
  /** Messages have come to devices of members; what they have read has come, too. Gathered as those of reading. */
  | { type: 'receipt.delivered'; conversationId: string; marks: { userId: string; deliveredSeq: number }[] }
  /** A thread about a message began, or has another reply. Of a message that is deleted nobody has to show it. */
  | { type: 'thread.updated'; conversationId: string; seq: number; thread: Thread }
  /**
   * The messages of somebody whose account is gone are erased: of each, the text; their places stay. It is told at the
   * end, and before that wherever some of them called somebody: `mentions` are those.
   */
  | { type: 'messages.erased'; conversationId: string; senderId: string; at: string; mentions: number[] }
  /** Somebody's profile changed, or their account is gone. */
  | { type: 'user.updated'; user: PublicUser }
  /** This person's own account changed: the profile, the address, whether it is verified, the role, the availability. */
  | { type: 'account.updated'; user: OwnUser }
  /** This person changed what others may do and see. */
  | { type: 'settings.updated'; settings: Settings }
  /** This person asked somebody to be friends, or was asked: `request.direction` says which. */
  | { type: 'friendRequest.created'; request: FriendRequest }
  /** A request was accepted, or met one from the other side: they are friends now. Both get this. */
  | { type: 'friendRequest.accepted'; friend: Friend }
  /** Whoever was asked does not want to. Both get this; `userId` is the other one. */
  | { type: 'friendRequest.rejected'; userId: string }
  /** Whoever asked has taken it back. Both get this; `userId` is the other one. */
  | { type: 'friendRequest.cancelled'; userId: string }
  /** One of two friends has ended it. Both get this; `userId` is the other one. */
  | { type: 'friend.removed'; userId: string }
  /** This person's address book, which nobody else hears of. */
  | { type: 'contact.added'; contact: Contact }
  | { type: 'contact.updated'; contact: Contact }
  | { type: 'contact.removed'; userId: string }
  /** This person blocked somebody, or does so no more. The other one does not hear of it. */
  | { type: 'block.added'; block: Block }
  | { type: 'block.removed'; userId: string }
  /** A story that this person may see: it is new, or they have come close to its author, or have written it. */
  | { type: 'story.created'; story: Story }
  /** A story that this person sees no more: it is over or deleted, or they are not close to its author any more. */
  | { type: 'story.deleted'; storyId: string; authorId: string }
  /**
   * This person has seen a story; or, where `views` is a number, so many people have seen one of theirs, gathered: at
   * most one a story in 100 ms from each node.
   */
  | { type: 'story.seen'; storyId: string; authorId: string; views: number | null }
  /** An archive of what there is of this person is being made, is ready, or could not be made. */
  | { type: 'export.updated'; export: Export }
  /** This person signed in somewhere. */
  | { type: 'session.started'; sessionId: string; device: string; address: string; at: string }
  /** A session of this person ended. Its own sockets are closed right after. */
  | { type: 'session.ended'; sessionId: string; reason: SessionEndReason };

type ReactionEvent<Type> = {
  type: Type;
  conversationId: string;
  seq: number;
  userId: string;
  emoji: string;
  count: number;
};

const reactionFacts = { conversationId: id, seq, userId: id, emoji: z.string(), count: z.int() };

export const chatEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('conversation.created'), actorId: id, conversation, members: z.array(member) }),
  z.object({ type: z.literal('conversation.updated'), actorId: id, conversation }),
  z.object({ type: z.literal('conversation.deleted'), conversationId: id, actorId: id }),
  z.object({
    type: z.literal('member.added'),
    actorId: id,
    conversation,
    members: z.array(member),
    lastMessage: message.nullable(),
  }),
  z.object({
    type: z.literal('member.removed'),
    actorId: id,
    conversationId: id,
    userId: id,
    memberCount: z.int(),
  }),
  z.object({ type: z.literal('member.left'), conversationId: id, userId: id, memberCount: z.int() }),
  z.object({
    type: z.literal('member.roleChanged'),
    conversationId: id,
    userId: id,
    role: member.shape.role,
  }),
  z.object({ type: z.literal('message.created'), message }),
  z.object({ type: z.literal('message.edited'), message }),
  z.object({
    type: z.literal('message.deleted'),
    conversationId: id,
    seq,
    actorId: id,
    deletedAt: timestamp,
  }),
  z.object({
    type: z.literal('message.hidden'),
    conversationId: id,
    seq,
    lastMessage: message.nullable(),
  }),
  z.object({ type: z.literal('reaction.added'), ...reactionFacts }),
  z.object({ type: z.literal('reaction.removed'), ...reactionFacts }),
  z.object({
    type: z.literal('message.pinned'),
    conversationId: id,
    seq,
    actorId: id,
    pinnedAt: timestamp,
  }),
  z.object({
    type: z.literal('message.previewed'),
    conversationId: id,
    seq,
    preview: linkPreview.nullable(),
  }),
  z.object({ type: z.literal('message.unpinned'), conversationId: id, seq, actorId: id }),
  z.object({
    type: z.literal('draft.updated'),
    conversationId: id,
    joinedAt: timestamp,
    draft: draft.nullable(),
  }),
  z.object({ type: z.literal('scheduled.updated'), scheduled }),
  z.object({ type: z.literal('scheduled.removed'), id, sentSeq: seq.nullable() }),
  z.object({
    type: z.literal('membership.updated'),
    conversationId: id,
    joinedAt: timestamp,
    settings: membershipSettings,
  }),
  z.object({ type: z.literal('conversation.cleared'), conversationId: id, joinedAt: timestamp, seq }),
  z.object({ type: z.literal('conversation.trimmed'), conversationId: id, seq }),
  z.object({
    type: z.literal('receipt.read'),
    conversationId: id,
    marks: z.array(z.object({ userId: id, readSeq: seq })),
  }),
  z.object({
    type: z.literal('receipt.delivered'),
    conversationId: id,
    marks: z.array(z.object({ userId: id, deliveredSeq: seq })),
  }),
  z.object({ type: z.literal('thread.updated'), conversationId: id, seq, thread }),
  z.object({
    type: z.literal('messages.erased'),
    conversationId: id,
    senderId: id,
    at: timestamp,
    mentions: z.array(seq),
  }),
  z.object({ type: z.literal('user.updated'), user: publicUser }),
  z.object({ type: z.literal('account.updated'), user: ownUser }),
  z.object({ type: z.literal('settings.updated'), settings }),
  z.object({ type: z.literal('friendRequest.created'), request: friendRequest }),
  z.object({ type: z.literal('friendRequest.accepted'), friend }),
  z.object({ type: z.literal('friendRequest.rejected'), userId: id }),
  z.object({ type: z.literal('friendRequest.cancelled'), userId: id }),
  z.object({ type: z.literal('friend.removed'), userId: id }),
  z.object({ type: z.literal('contact.added'), contact }),
  z.object({ type: z.literal('contact.updated'), contact }),
  z.object({ type: z.literal('contact.removed'), userId: id }),
  z.object({ type: z.literal('block.added'), block }),
  z.object({ type: z.literal('block.removed'), userId: id }),
  z.object({ type: z.literal('story.created'), story }),
  z.object({ type: z.literal('story.deleted'), storyId: id, authorId: id }),
  z.object({
    type: z.literal('story.seen'),
    storyId: id,
    authorId: id,
    views: z.int().nullable(),
  }),
  z.object({ type: z.literal('export.updated'), export: exportInfo }),
  z.object({
    type: z.literal('session.started'),
    sessionId: id,
    device: z.string(),
    address: z.string(),
    at: timestamp,
  }),
  z.object({
    type: z.literal('session.ended'),
    sessionId: id,
    reason: z.enum(SESSION_END_REASONS),
  }),
]) satisfies z.ZodType<ChatEvent>;

/** What a stream says about itself, between the events. None is a fact of the log. */
export type StreamNotice =
  /** All that was missed has been sent; what follows is live. */
  | { type: 'stream.caught-up' }
  /**
   * More was missed of this conversation than is sent one by one. Its events up to here are left out; this is how it
   * stands now, null if the person is no longer in it. What is older than its last message is read on demand.
   */
  | { type: 'stream.gapped'; conversationId: string; conversation: ConversationView | null }
  /**
   * The cursor cannot be honoured: `epoch` (the log was restored or reset), `pruned` (older than what is kept),
   * `future` (beyond the log's end) or `malformed`. The stream ends here. Take a fresh `sync.bootstrap`, and
   * subscribe from its cursor.
   */
  | { type: 'stream.reset'; reason: 'epoch' | 'pruned' | 'future' | 'malformed' };

export const streamNotice = z.discriminatedUnion('type', [
  z.object({ type: z.literal('stream.caught-up') }),
  z.object({
    type: z.literal('stream.gapped'),
    conversationId: id,
    conversation: conversationView.nullable(),
  }),
  z.object({ type: z.literal('stream.reset'), reason: z.enum(['epoch', 'pruned', 'future', 'malformed']) }),
]) satisfies z.ZodType<StreamNotice>;

/**
 * What is true only now, between the events: never in the log, and left out for a reader who is slow. Its cursor is
 * that of the event before it.
 */
export type EphemeralEvent =
  /**
   * How people are of whom this person is told: at most one a second. Behind `stream.caught-up` comes one with all
   * who are not offline, if there are any. Of those in `hidden` nothing is told any more.
   */
  | { type: 'presence.changed'; people: Presence[]; hidden: string[] }
  /** Somebody writes, until then at the latest; null when they have stopped. A message of theirs ends it, too. */
  | { type: 'typing'; conversationId: string; userId: string; until: string | null };

export const ephemeralEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('presence.changed'), people: z.array(presence), hidden: z.array(id) }),
  z.object({ type: z.literal('typing'), conversationId: id, userId: id, until: timestamp.nullable() }),
]) satisfies z.ZodType<EphemeralEvent>;

/** One item of `events.stream`. The cursor to resume from is its tracked id. */
export type StreamItem = ChatEvent | StreamNotice | EphemeralEvent;
