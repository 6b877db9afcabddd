import { TRPCClient } from "@trpc/client";
import { TRPCBuiltRouter } from "@trpc/server";
/** What a file is uploaded for: it decides how large it may be, and of which types. */
type FilePurpose = 'message' | 'avatar' | 'group_icon' | 'story';
/** How an application shows it. */
type FileKind = 'image' | 'video' | 'audio' | 'document' | 'archive';
/** A file that is there whole. How to download it is asked for with `files.link`. */
type FileInfo = {
  id: string;
  /** What its owner calls it, with the ending of its type. */
  name: string;
  /** Bytes. An image is written anew when it comes, so that it may differ from what was sent. */
  size: number;
  /** Its MIME type, by what is in it. */
  type: string;
  kind: FileKind;
  /** Only of an image: its pixels, upright … */
  width?: number | undefined;
  height?: number | undefined;
  /** … and what to show until it is there: https://blurha.sh. An image has a thumbnail. */
  blurhash?: string | undefined;
};
/** What somebody wants to be taken for while they are here. `invisible` looks as `offline` to everybody else. */
type Availability = 'online' | 'away' | 'busy' | 'invisible';
/** Whether somebody is here, as others see it. */
type Presence = {
  userId: string;
  status: 'online' | 'away' | 'busy' | 'offline';
  /** When they were here last; null while they are here, and when it is not known or not told. */
  lastSeenAt: string | null;
};
/** Roles of the installation, not of a group: a moderator looks after what people do, an admin after everything. */
type Role = 'USER' | 'MODERATOR' | 'ADMIN';
/** What a person says of the moment. Once `until` has passed it is over: show none. Null: until it is changed. */
type Status = {
  text: string;
  until: string | null;
};
/** What anybody may know of a person. Never the e-mail address. */
type PublicUser = {
  id: string;
  username: string;
  fullName: string | null;
  /** A file, for `files.link`. */
  avatar: string | null;
  status: Status | null;
  /** The account is gone. Shown as "Deleted user"; the username is a placeholder. */
  isDeleted: boolean;
};
/** A person's page: what `users.get` tells. */
type Profile = PublicUser & {
  bio: string | null;
};
/**
 * What a person lets others do and see. Contacts are those whom the person has as a contact; a friend counts as one.
 */
type Settings = {
  /** Who may begin a direct conversation with them. One that there is goes on. */
  dmPolicy: 'everyone' | 'contacts' | 'friends';
  /** Who is told when they were last here. */
  lastSeenFor: 'everyone' | 'contacts' | 'nobody';
  /**
   * Whether others are told how far they have read; how far messages have come to their devices is told in any case.
   * Not told, the mark that others see stays where it is; told again, it is shown from the next mark on. Whoever sends
   * says in any case that they have read what came before.
   */
  readReceipts: boolean;
  /** Who may put them into a group; in no case somebody whom they have blocked. */
  groupAddsBy: 'everyone' | 'contacts' | 'friends';
};
/** What a person sees of their own account. */
type OwnUser = Profile & {
  email: string;
  /** Whether they have shown that the address is theirs. */
  isEmailVerified: boolean;
  role: Role;
  settings: Settings;
  availability: Availability;
  createdAt: string;
};
/** An image or a video that somebody shows to those close to them, for 24 hours. */
type Story = {
  id: string;
  authorId: string;
  /** How to download it is asked for with `files.link`, which ends when the story does. */
  file: FileInfo;
  caption: string | null;
  createdAt: string;
  /** From then on nobody sees it any more. */
  expiresAt: string;
  /** Whether this person has seen it; one's own is. */
  isSeen: boolean;
  /** How many people have seen it: only of one's own, and null of all others. */
  views: number | null;
};
/** What one author shows to this person. */
type StoriesOfAuthor = {
  author: PublicUser;
  /** The newest first. */
  stories: Story[];
  /** Whether there is one among them that this person has not seen. */
  hasUnseen: boolean;
};
/** The story that a message answers. It may be gone. */
type StoryReference = {
  id: string;
  authorId: string;
};
/** Anything that JSON can say. */
type Json = string | number | boolean | null | Json[] | {
  [key: string]: Json;
};
/** Whom a message calls by name. Clients mark them in the text as they like. */
type Mentions = {
  userIds: string[];
  /** All members of the group. */
  everyone?: true | undefined;
};
/** What a page says of itself to which a message has a link. Nobody vouches for it. */
type LinkPreview = {
  /** The first link of the text, as `URL` writes it. */
  url: string;
  title: string;
  description?: string | undefined;
  siteName?: string | undefined;
};
/** What only some messages have. */
type MessageExtras = {
  /** The sender's own ciphertext, as base64, in place of a text. The server does not read it. */
  ciphertext?: string | undefined;
  /** The `seq` of the message that it answers, in the same conversation. */
  replyTo?: number | undefined;
  mentions?: Mentions | undefined;
  /** Whose words these are, and of when, in another conversation or this one. */
  forwarded?: {
    senderId: string;
    createdAt: string;
  } | undefined;
  /** It answers a story of the person to whom it was sent. */
  story?: StoryReference | undefined;
  /** Its files. How to download one is asked for with `files.link`. */
  attachments?: FileInfo[] | undefined;
  /** The application's own data. */
  metadata?: Record<string, Json> | undefined;
  /** What is under its first link, where the server looks. It comes later than the message: see `message.previewed`. */
  preview?: LinkPreview | undefined;
};
/** What somebody sends: either a text or a ciphertext, and what goes with it; with files it may be neither. */
type MessageContent = Pick<MessageExtras, 'ciphertext' | 'replyTo' | 'mentions' | 'metadata'> & {
  text?: string | undefined;
  /** The ids of the sender's own files, each of them complete and sent nowhere yet. */
  attachments?: string[] | undefined;
};
/** One emoji in which people have reacted to a message. */
type Reaction = {
  emoji: string;
  /** How many people. */
  count: number;
  /** Whether whoever reads this is one of them. */
  isMine: boolean;
};
/** The thread about a message, as the message has it. */
type Thread = {
  /** The id of the thread, which is a conversation. */
  id: string;
  /** How many messages there are in it, deleted ones included. */
  replies: number;
  /** When the newest of them came; null while there is none. */
  lastReplyAt: string | null;
};
/** One message, the same in direct and in group conversations. */
type Message = MessageExtras & {
  /** Its sender's key with the sender mixed in, see `messageId`. */
  id: string;
  conversationId: string;
  /** Its place in the conversation. */
  seq: number;
  senderId: string;
  /** Empty once it is deleted, and in one with a ciphertext. */
  text: string;
  createdAt: string;
  /** Only on one that was edited: when that was last. */
  editedAt?: string | undefined;
  /** Only on one that is pinned: since when. */
  pinnedAt?: string | undefined;
  /** Only on a deleted one: when that was. Its place stays, and nothing else of it. */
  deletedAt?: string | undefined;
  /**
   * Only on one to which somebody has reacted: the emojis in the order of their first use. `message.created` and
   * `message.edited` never have them: each reaction is told of by itself.
   */
  reactions?: Reaction[] | undefined;
  /** Only on one that a thread is about, and where it is read for one person: an event of it has none, see `thread.updated`. */
  thread?: Thread | undefined;
};
/** From the first to the last `seq`, both included. */
type SeqRange = [from: number, to: number];
/** A person in a conversation. The members of a direct conversation are both `member`. */
type Member = {
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
/** How a person keeps a conversation for themselves: nobody else hears of it. */
type MembershipSettings = {
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
/** A person's own entry in a conversation. */
type Membership = Omit<Member, 'user'> & MembershipSettings;
/** What is the same for everybody in a conversation. */
type Conversation = {
  id: string;
  /** A thread is a conversation of its own, about one message of another: its members are those who follow it. */
  kind: 'direct' | 'group' | 'thread';
  /** Of a thread: the message that it is about, and where that is. */
  parent: {
    conversationId: string;
    seq: number;
  } | null;
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
/** What somebody has written in a conversation and not sent: on all of their devices, and nobody else's. */
type Draft = {
  /** Empty where there is only what it answers. */
  text: string;
  /** The `seq` of the message that it answers. */
  replyTo?: number | undefined;
  updatedAt: string;
};
/**
 * A conversation as one of its members sees it. Unread is `lastSeq - me.readSeq`, less what lies in `skipped`. `lastSeq` is
 * that of the newest message that this member may see.
 */
type ConversationView = Conversation & {
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
/**
 * The closed list of errors: each code a client can meet, with the HTTP status it has over plain HTTP and
 * the data it carries. Nothing else ever leaves the server; what nobody foresaw is `INTERNAL`, with an id
 * that the server's log has.
 */
interface ErrorData {
  /** The input does not fit. `issues` names each field, as a path with dots. */
  INVALID_INPUT: {
    issues: {
      path: string;
      message: string;
    }[];
  };
  /** No session, or one that has ended. Log in again. */
  UNAUTHENTICATED: object;
  /** Username or e-mail and password do not belong together. */
  INVALID_CREDENTIALS: object;
  /** This refresh token is unknown, expired or ended. Log in again. */
  INVALID_REFRESH_TOKEN: object;
  /** A refresh token came back more than ten seconds after its first use: the whole session is ended. */
  REFRESH_TOKEN_REUSED: object;
  /** The account's address is not verified yet. Until it is, it can verify, ask for another mail, and log out. */
  EMAIL_NOT_VERIFIED: object;
  /** The code or link is wrong, used, too old, or meant for something else: which of them is not told. */
  INVALID_CODE: object;
  /** What was given as the current password is not it. */
  WRONG_PASSWORD: object;
  /** The account is banned: until then, or for good. */
  BANNED: {
    until: string | null;
  };
  /** Accounts are kept by another service here: this is done there. */
  ACCOUNTS_ELSEWHERE: object;
  /** Another account has this e-mail address. Told only where addresses need no verification. */
  EMAIL_TAKEN: object;
  /** Another account has this username, in whatever case. */
  USERNAME_TAKEN: object;
  /** It does not exist, or it is not for you to know that it does. */
  NOT_FOUND: {
    what: 'conversation' | 'user' | 'message' | 'member' | 'session' | 'friend' | 'friendRequest' | 'contact' | 'block' | 'report' | 'invite' | 'upload' | 'file' | 'story' | 'scheduled' | 'export' | 'procedure';
  };
  /** You see it, and may not do this to it. */
  FORBIDDEN: {
    need: 'owner' | 'admin' | 'sender' | 'MODERATOR' | 'ADMIN';
  };
  /** This person does not let you do it: begin a direct conversation with them, or put them into a group. */
  REFUSED_BY_SETTINGS: {
    userId: string;
  };
  /** This is not done with oneself: a conversation, a friendship, a contact, a block, a report, to hand a group over. */
  NOT_YOURSELF: object;
  /** The caller has blocked this person, and has to unblock them first. */
  PERSON_BLOCKED: object;
  /** They are friends already. */
  ALREADY_FRIENDS: object;
  /** This person is in the address book already. */
  ALREADY_A_CONTACT: object;
  /**
   * One of the two would have more of these than `limit`; friend requests are counted by who sends them, invites by group,
   * reactions by message (different ones), pins by conversation, uploads that are not complete, stories that are not over, scheduled messages
   * and exports that are being made by person. Those that wait in the outbox of a client are counted by the client, which refuses more of them itself.
   */
  TOO_MANY: {
    what: 'friends' | 'friendRequests' | 'contacts' | 'blocks' | 'invites' | 'reactions' | 'pins' | 'uploads' | 'stories' | 'scheduled' | 'exports' | 'outbox';
    limit: number;
  };
  /** This is done in groups only. */
  NOT_A_GROUP: object;
  /** A message of a thread has no thread of its own, and a thread keeps its messages for as long as its parent does. */
  IN_A_THREAD: object;
  /** The owner hands the group over before leaving it. */
  OWNER_MUST_TRANSFER: object;
  /** The invite is unknown, expired, revoked or used up, or its group is gone: which of them is not told. */
  INVALID_INVITE: object;
  /** The group would have more than `limit` members. */
  GROUP_FULL: {
    limit: number;
  };
  /** The same `clientMessageId` was sent before with other content; `messageId` is what was stored then. */
  IDEMPOTENCY_CONFLICT: {
    messageId: string;
  };
  /** A message is edited within so many seconds of being sent, and so often, and no more. */
  EDITING_OVER: {
    seconds: number;
  };
  /** The file has more than `limit` bytes, or than were announced. */
  FILE_TOO_LARGE: {
    limit: number;
  };
  /** What is in the file is not of a type that is taken here, or is broken. `type` is what it seems to be. */
  FILE_TYPE_REFUSED: {
    type: string | null;
  };
  /** One's files would have more than `limit` bytes together. */
  QUOTA_EXCEEDED: {
    limit: number;
  };
  /** Of `size` bytes `received` are there: send the others, from there on. */
  UPLOAD_INCOMPLETE: {
    received: number;
    size: number;
  };
  /** More than the operator lets one person, address or account do. Try again after `retryAfter` seconds. */
  RATE_LIMITED: {
    retryAfter: number;
  };
  /** More subscriptions than one socket may hold. */
  TOO_MANY_SUBSCRIPTIONS: {
    limit: number;
  };
  /** Too much is asked at this moment. Try again after `retryAfter` seconds. */
  BUSY: {
    retryAfter: number;
  };
  /** The server is leaving or its database is away. Nothing is known of the outcome: retry with the same key. */
  UNAVAILABLE: object;
  /** A method or a form of request that this procedure does not take. */
  UNSUPPORTED_REQUEST: object;
  /** Something nobody foresaw. `errorId` finds it in the server's log. */
  INTERNAL: {
    errorId: string;
  };
}
type ErrorCode = keyof ErrorData;
/** The HTTP status of each code. */
declare const ERROR_STATUS: {
  readonly INVALID_INPUT: 400;
  readonly UNAUTHENTICATED: 401;
  readonly INVALID_CREDENTIALS: 401;
  readonly INVALID_REFRESH_TOKEN: 401;
  readonly REFRESH_TOKEN_REUSED: 401;
  readonly EMAIL_NOT_VERIFIED: 403;
  readonly INVALID_CODE: 400;
  readonly WRONG_PASSWORD: 403;
  readonly BANNED: 403;
  readonly ACCOUNTS_ELSEWHERE: 403;
  readonly EMAIL_TAKEN: 409;
  readonly USERNAME_TAKEN: 409;
  readonly NOT_FOUND: 404;
  readonly FORBIDDEN: 403;
  readonly REFUSED_BY_SETTINGS: 403;
  readonly NOT_YOURSELF: 400;
  readonly PERSON_BLOCKED: 409;
  readonly ALREADY_FRIENDS: 409;
  readonly ALREADY_A_CONTACT: 409;
  readonly TOO_MANY: 409;
  readonly NOT_A_GROUP: 400;
  readonly IN_A_THREAD: 400;
  readonly OWNER_MUST_TRANSFER: 409;
  readonly INVALID_INVITE: 400;
  readonly GROUP_FULL: 409;
  readonly IDEMPOTENCY_CONFLICT: 409;
  readonly EDITING_OVER: 409;
  readonly FILE_TOO_LARGE: 413;
  readonly FILE_TYPE_REFUSED: 415;
  readonly QUOTA_EXCEEDED: 409;
  readonly UPLOAD_INCOMPLETE: 409;
  readonly RATE_LIMITED: 429;
  readonly TOO_MANY_SUBSCRIPTIONS: 429;
  readonly BUSY: 503;
  readonly UNAVAILABLE: 503;
  readonly UNSUPPORTED_REQUEST: 415;
  readonly INTERNAL: 500;
};
/** What `error.data` is on the wire: the code, its HTTP status and the code's own data. */
type WireError = { [Code in ErrorCode]: {
  code: Code;
  httpStatus: (typeof ERROR_STATUS)[Code];
} & ErrorData[Code]; }[ErrorCode];
/** An archive of what there is of a person, which they have asked for. */
type Export = {
  id: string;
  /** It is being made, can be downloaded, or could not be made. */
  status: 'pending' | 'ready' | 'failed';
  createdAt: string;
  /** Bytes; null until it is ready. */
  size: number | null;
  /** When it is removed. */
  expiresAt: string;
};
/** Two people who are friends, as one of them sees the other. */
type Friend = {
  user: PublicUser;
  since: string;
};
/** A request that waits for its answer, as one of the two sees it: there is at most one between two people. */
type FriendRequest = {
  /** The other person. */
  user: PublicUser;
  /** `outgoing`: this person asked; `incoming`: the other one did. */
  direction: 'incoming' | 'outgoing';
  createdAt: string;
};
/** Somebody in a person's address book, which nobody else sees. */
type Contact = {
  user: PublicUser;
  /** What the owner calls them; null where the name will do. */
  alias: string | null;
  createdAt: string;
};
/** Somebody whom a person has blocked. */
type Block = {
  user: PublicUser;
  createdAt: string;
};
/** Why somebody or something is reported. */
declare const REPORT_REASONS: readonly ['spam', 'harassment', 'violence', 'impersonation', 'illegal', 'other'];
type ReportReason = (typeof REPORT_REASONS)[number];
/** What a moderator has found of a report: that it is right, or that there is nothing in it. */
declare const REPORT_OUTCOMES: readonly ['upheld', 'dismissed'];
type ReportOutcome = (typeof REPORT_OUTCOMES)[number];
/** A report as moderators see it. */
type Report = {
  id: string;
  createdAt: string;
  reporter: PublicUser;
  /** Who is reported, or whose message or story is. */
  user: PublicUser;
  /** The message that is reported; null for a story, and for the person as such. */
  message: ReportedMessage | null;
  /** The story that is reported. */
  story: ReportedStory | null;
  reason: ReportReason;
  comment: string | null;
  /** How it was closed; null while it is open. */
  closed: ClosedReport | null;
};
type ReportedMessage = {
  id: string;
  conversationId: string;
  /** Its place; null when it is kept no longer. */
  seq: number | null;
  /** What it said when it was reported. */
  text: string | null;
};
type ReportedStory = {
  id: string;
  /** Moderators may read it for as long as there is the report. */
  fileId: string;
  caption: string | null;
};
type ClosedReport = {
  at: string;
  by: PublicUser;
  outcome: ReportOutcome;
};
/**
 * Why a scheduled message was not sent when its time came: the error that its send was refused with, or `BANNED`, when
 * its author was so at that moment.
 */
declare const SCHEDULED_FAILURES: readonly ['NOT_FOUND', 'FORBIDDEN', 'PERSON_BLOCKED', 'IDEMPOTENCY_CONFLICT', 'BANNED'];
type ScheduledFailure = (typeof SCHEDULED_FAILURES)[number];
/** A message that waits for its time. Nobody but its author knows of it. */
type Scheduled = Pick<MessageExtras, 'ciphertext' | 'replyTo' | 'mentions' | 'attachments' | 'metadata'> & {
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
/** Why a session ended. */
declare const SESSION_END_REASONS: readonly ['logout', 'revoked',
/** A used refresh token came back: two parties hold it. */
'reuse', 'password-changed', 'password-reset', 'banned', 'account-deleted'];
type SessionEndReason = (typeof SESSION_END_REASONS)[number];
/**
 * The durable events, each a fact of the log. A subscriber gets every one it is entitled to, once, in the
 * order of the log. A payload carries absolute values, so that applying an event again changes nothing.
 */
type ChatEvent =
/** A conversation began; everybody in it gets this. `members` names its first members. */
{
  type: 'conversation.created';
  actorId: string;
  conversation: Conversation;
  members: Member[];
} |
/** It has another title, description, icon, slow mode or history policy, or keeps its messages for another time. */
{
  type: 'conversation.updated';
  actorId: string;
  conversation: Conversation;
} |
/** A group was deleted with all that was said in it. It is the last event that anybody gets from it. */
{
  type: 'conversation.deleted';
  conversationId: string;
  actorId: string;
} |
/**
 * People came in. They get this event too, and all that follows it. Who came by themselves is the actor. `lastMessage`
 * is the newest one where they see what was said before, unless somebody in the group does not: then they load it.
 */
{
  type: 'member.added';
  actorId: string;
  conversation: Conversation;
  members: Member[];
  lastMessage: Message | null;
} |
/** An owner or admin put somebody out. It is the last event they get from this conversation. */
{
  type: 'member.removed';
  actorId: string;
  conversationId: string;
  userId: string;
  memberCount: number;
} |
/** Somebody left by themselves. It is the last event they get from this conversation. */
{
  type: 'member.left';
  conversationId: string;
  userId: string;
  memberCount: number;
} |
/** Somebody in a group is something else in it from now on. */
{
  type: 'member.roleChanged';
  conversationId: string;
  userId: string;
  role: Member['role'];
} |
/**
 * A message. Its sender has read up to it. What lies between it and the newest message before it was withheld from
 * this person.
 */
{
  type: 'message.created';
  message: Message;
} |
/** A message says something else now. Its place, its sender and what was said about it stay. */
{
  type: 'message.edited';
  message: Message;
} |
/** A message was deleted for everyone: its place stays, and counts as unread for nobody. */
{
  type: 'message.deleted';
  conversationId: string;
  seq: number;
  actorId: string;
  deletedAt: string;
} |
/**
 * This person deleted a message for themselves. `lastMessage` is the newest that they see now, null if there is none:
 * the conversation's `lastSeq` goes back to it.
 */
{
  type: 'message.hidden';
  conversationId: string;
  seq: number;
  lastMessage: Message | null;
} |
/** Somebody reacted to a message, or does so no more. `count` is how many do in this way from then on. */
ReactionEvent<'reaction.added'> | ReactionEvent<'reaction.removed'> |
/** A message is pinned to its conversation, or is so no more. Once it is deleted it is not. */
{
  type: 'message.pinned';
  conversationId: string;
  seq: number;
  actorId: string;
  pinnedAt: string;
} | {
  type: 'message.unpinned';
  conversationId: string;
  seq: number;
  actorId: string;
} |
/** A message shows what is under its link, as it is when this is read; null: nothing any more. */
{
  type: 'message.previewed';
  conversationId: string;
  seq: number;
  preview: LinkPreview | null;
} |
/**
 * What this person has written in a conversation and not sent, as it is when this is read; null: nothing any more.
 * `joinedAt` as in `membership.updated`.
 */
{
  type: 'draft.updated';
  conversationId: string;
  joinedAt: string;
  draft: Draft | null;
} |
/** A message that this person has scheduled, as it is when this is read: a new one, another one, or one that has failed. */
{
  type: 'scheduled.updated';
  scheduled: Scheduled;
} |
/** It is not scheduled any more. `sentSeq` is where it was sent to; null when it was taken away. */
{
  type: 'scheduled.removed';
  id: string;
  sentSeq: number | null;
} |
/**
 * This person keeps a conversation otherwise: archived, pinned, muted, and of what they are notified. `joinedAt` is
 * when they came in: whoever has come in again since is not concerned.
 */
{
  type: 'membership.updated';
  conversationId: string;
  joinedAt: string;
  settings: MembershipSettings;
} |
/**
 * This person deleted for themselves what was said up to `seq`. Where there is nothing newer, the conversation is not
 * shown any more; a message brings it back. `joinedAt` as in `membership.updated`.
 */
{
  type: 'conversation.cleared';
  conversationId: string;
  joinedAt: string;
  seq: number;
} |
/** The messages up to `seq` are gone for everybody: they were older than the conversation keeps them. None of them is unread. */
{
  type: 'conversation.trimmed';
  conversationId: string;
  seq: number;
} |
/**
 * Members read further. Gathered: at most one a conversation in 200 ms (direct) or 1 s (group) from each node. This
 * person's own mark also ends that they have marked the conversation as unread.
 */
{
  type: 'receipt.read';
  conversationId: string;
  marks: {
    userId: string;
    readSeq: number;
  }[];
} |
/** Messages have come to devices of members; what they have read has come, too. Gathered as those of reading. */
{
  type: 'receipt.delivered';
  conversationId: string;
  marks: {
    userId: string;
    deliveredSeq: number;
  }[];
} |
/** A thread about a message began, or has another reply. Of a message that is deleted nobody has to show it. */
{
  type: 'thread.updated';
  conversationId: string;
  seq: number;
  thread: Thread;
} |
/**
 * The messages of somebody whose account is gone are erased: of each, the text; their places stay. It is told at the
 * end, and before that wherever some of them called somebody: `mentions` are those.
 */
{
  type: 'messages.erased';
  conversationId: string;
  senderId: string;
  at: string;
  mentions: number[];
} |
/** Somebody's profile changed, or their account is gone. */
{
  type: 'user.updated';
  user: PublicUser;
} |
/** This person's own account changed: the profile, the address, whether it is verified, the role, the availability. */
{
  type: 'account.updated';
  user: OwnUser;
} |
/** This person changed what others may do and see. */
{
  type: 'settings.updated';
  settings: Settings;
} |
/** This person asked somebody to be friends, or was asked: `request.direction` says which. */
{
  type: 'friendRequest.created';
  request: FriendRequest;
} |
/** A request was accepted, or met one from the other side: they are friends now. Both get this. */
{
  type: 'friendRequest.accepted';
  friend: Friend;
} |
/** Whoever was asked does not want to. Both get this; `userId` is the other one. */
{
  type: 'friendRequest.rejected';
  userId: string;
} |
/** Whoever asked has taken it back. Both get this; `userId` is the other one. */
{
  type: 'friendRequest.cancelled';
  userId: string;
} |
/** One of two friends has ended it. Both get this; `userId` is the other one. */
{
  type: 'friend.removed';
  userId: string;
} |
/** This person's address book, which nobody else hears of. */
{
  type: 'contact.added';
  contact: Contact;
} | {
  type: 'contact.updated';
  contact: Contact;
} | {
  type: 'contact.removed';
  userId: string;
} |
/** This person blocked somebody, or does so no more. The other one does not hear of it. */
{
  type: 'block.added';
  block: Block;
} | {
  type: 'block.removed';
  userId: string;
} |
/** A story that this person may see: it is new, or they have come close to its author, or have written it. */
{
  type: 'story.created';
  story: Story;
} |
/** A story that this person sees no more: it is over or deleted, or they are not close to its author any more. */
{
  type: 'story.deleted';
  storyId: string;
  authorId: string;
} |
/**
 * This person has seen a story; or, where `views` is a number, so many people have seen one of theirs, gathered: at
 * most one a story in 100 ms from each node.
 */
{
  type: 'story.seen';
  storyId: string;
  authorId: string;
  views: number | null;
} |
/** An archive of what there is of this person is being made, is ready, or could not be made. */
{
  type: 'export.updated';
  export: Export;
} |
/** This person signed in somewhere. */
{
  type: 'session.started';
  sessionId: string;
  device: string;
  address: string;
  at: string;
} |
/** A session of this person ended. Its own sockets are closed right after. */
{
  type: 'session.ended';
  sessionId: string;
  reason: SessionEndReason;
};
type ReactionEvent<Type> = {
  type: Type;
  conversationId: string;
  seq: number;
  userId: string;
  emoji: string;
  count: number;
};
/** What a stream says about itself, between the events. None is a fact of the log. */
type StreamNotice =
/** All that was missed has been sent; what follows is live. */
{
  type: 'stream.caught-up';
} |
/**
 * More was missed of this conversation than is sent one by one. Its events up to here are left out; this is how it
 * stands now, null if the person is no longer in it. What is older than its last message is read on demand.
 */
{
  type: 'stream.gapped';
  conversationId: string;
  conversation: ConversationView | null;
} |
/**
 * The cursor cannot be honoured: `epoch` (the log was restored or reset), `pruned` (older than what is kept),
 * `future` (beyond the log's end) or `malformed`. The stream ends here. Take a fresh `sync.bootstrap`, and
 * subscribe from its cursor.
 */
{
  type: 'stream.reset';
  reason: 'epoch' | 'pruned' | 'future' | 'malformed';
};
/**
 * What is true only now, between the events: never in the log, and left out for a reader who is slow. Its cursor is
 * that of the event before it.
 */
type EphemeralEvent =
/**
 * How people are of whom this person is told: at most one a second. Behind `stream.caught-up` comes one with all
 * who are not offline, if there are any. Of those in `hidden` nothing is told any more.
 */
{
  type: 'presence.changed';
  people: Presence[];
  hidden: string[];
} |
/** Somebody writes, until then at the latest; null when they have stopped. A message of theirs ends it, too. */
{
  type: 'typing';
  conversationId: string;
  userId: string;
  until: string | null;
};
/** One item of `events.stream`. The cursor to resume from is its tracked id. */
type StreamItem = ChatEvent | StreamNotice | EphemeralEvent;
/** How far a message has come with one member: it is stored, it has come to one of their devices, they have read it. */
type Receipt = 'sent' | 'delivered' | 'read';
/** What one conversation has for somebody. Neither counts what was read, or what there is nothing of to see. */
type ConversationUnread = {
  conversationId: string;
  /** Messages that are unread; 0 in one that this person has only marked so. */
  unread: number;
  /** Those of them that call this person, by name or with everybody. */
  mentions: number;
};
/** What somebody has not read, archived and muted conversations included. Threads count by themselves. */
type Unread = {
  /** The sums over `conversations`. */
  total: number;
  mentions: number;
  /** Those in which something is unread, or that are marked so. */
  conversations: ConversationUnread[];
  /** The same of threads that this person follows. */
  threads: ConversationUnread[];
};
/** What a client keeps of where it is: `<epoch>.<position>`. It names no user: entitlement is decided anew. */
type Cursor = string;
/**
 * All limits there are: the variable with its numbers, and by what it counts. What a `person` does is counted in
 * this node's memory, since it is much; everything else in Postgres, for all nodes and beyond their restarts.
 * With a Redis all of it is counted there.
 */
declare const LIMITS: {
  /** Every call of a member, whatever it is. */
  readonly operations: {
    readonly variable: 'LIMIT_OPERATIONS';
    readonly by: 'person';
  };
  readonly sends: {
    readonly variable: 'LIMIT_SENDS';
    readonly by: 'person';
  };
  /** Changes of a profile: each is told to everybody who sees it. */
  readonly profiles: {
    readonly variable: 'LIMIT_PROFILES';
    readonly by: 'person';
  };
  /** Changes of a username. */
  readonly usernames: {
    readonly variable: 'LIMIT_USERNAMES';
    readonly by: 'person';
  };
  /** Friend requests that are sent: each is news for somebody else. */
  readonly friendRequests: {
    readonly variable: 'LIMIT_FRIEND_REQUESTS';
    readonly by: 'person';
  };
  readonly reports: {
    readonly variable: 'LIMIT_REPORTS';
    readonly by: 'person';
  };
  /** Searches of messages: one may cost as much as a thousand other calls. */
  readonly searches: {
    readonly variable: 'LIMIT_SEARCHES';
    readonly by: 'person';
  };
  /** Uploads that are begun. */
  readonly uploads: {
    readonly variable: 'LIMIT_UPLOADS';
    readonly by: 'person';
  };
  /** Files, or parts of them, that are downloaded. */
  readonly downloads: {
    readonly variable: 'LIMIT_DOWNLOADS';
    readonly by: 'person';
  };
  /** Current passwords that a member is asked for. */
  readonly passwords: {
    readonly variable: 'LIMIT_PASSWORDS';
    readonly by: 'person';
  };
  /** Every call that needs no session. */
  readonly strangers: {
    readonly variable: 'LIMIT_STRANGERS';
    readonly by: 'address';
  };
  readonly register: {
    readonly variable: 'LIMIT_REGISTER';
    readonly by: 'address';
  };
  readonly login: {
    readonly variable: 'LIMIT_LOGIN';
    readonly by: 'address';
  };
  /** Mailed codes that are tried. */
  readonly codes: {
    readonly variable: 'LIMIT_CODES';
    readonly by: 'address';
  };
  /** Mails that are asked for … */
  readonly mails: {
    readonly variable: 'LIMIT_MAILS';
    readonly by: 'address';
  };
  /** … and those that a mailbox gets of them, and all mailboxes: whoever asked is not told. See may-mail.ts. */
  readonly mailbox: {
    readonly variable: 'LIMIT_MAILBOX';
    readonly by: 'mailbox';
  };
  readonly mailPerDay: {
    readonly variable: 'MAIL_PER_DAY';
    readonly by: 'all';
  };
  /** Wrong passwords for what was given as username or e-mail address, and for all. See attempt-login.ts. */
  readonly failedLogins: {
    readonly variable: 'LIMIT_FAILED_LOGINS';
    readonly by: 'login';
  };
  readonly allFailedLogins: {
    readonly variable: 'LIMIT_ALL_FAILED_LOGINS';
    readonly by: 'all';
  };
};
type LimitName = keyof typeof LIMITS;
/** What an error looks like on the wire. `data` is one of the closed list, see the contract's errors.ts. */
interface ApiErrorShape {
  /** JSON-RPC's number. Clients read `data.code`. */
  code: number;
  message: string;
  data: WireError;
}
/**
 * What a procedure says of itself: the errors it gives beyond those that others of its kind give too, and its events.
 * Any gives `RATE_LIMITED`, `UNSUPPORTED_REQUEST`, `UNAVAILABLE` and `INTERNAL`, and `INVALID_INPUT` if it has an
 * input; any for people with a session `UNAUTHENTICATED`, and `EMAIL_NOT_VERIFIED` unless it is open to those too. One
 * that gives another still refuses with it, and the log says so: see `isDeclared`.
 */
interface Meta {
  /** One that names `ACCOUNTS_ELSEWHERE` is refused where another service keeps the accounts. */
  errors?: readonly ErrorCode[];
  /** The errors of its kind; the builders below set it. */
  common?: readonly ErrorCode[];
  events?: readonly string[];
  /** Open also to a session whose account's address is not verified yet. */
  unverified?: boolean;
  /** What it counts besides what every call does: by person, or by address where no session is needed. */
  limits?: readonly LimitName[];
}
/** A page of a conversation. */
interface MessagePage {
  /** In the order of `seq`. */
  messages: Message[];
  /** The range that the page covers, both included: a `seq` in it without a message is not a gap. */
  from: number;
  to: number;
  hasMoreBefore: boolean;
  hasMoreAfter: boolean;
  cursor: Cursor;
}
interface UndeliveredPage {
  /** Conversation by conversation, and there in the order of `seq`. */
  messages: Message[];
  /** What the next page comes `after`; null behind the last. */
  next: string | null;
}
interface FoundMessages {
  /** The newest first. */
  messages: Message[];
  /** Where the next page begins; null when everything was looked through. */
  next: string | null;
}
/** The whole API. */
declare const apiRecord: {
  auth: {
    register: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        device?: string | undefined;
        refreshTokenIn?: "body" | "cookie" | undefined;
        username: string;
        email: string;
        password: string;
        fullName?: string | undefined;
      };
      output: {
        status: "verification-sent";
      } | {
        sessionId: string;
        accessToken: string;
        accessTokenExpiresAt: string;
        refreshToken: string | null;
        user: {
          id: string;
          username: string;
          fullName: string | null;
          avatar: string | null;
          status: {
            text: string;
            until: string | null;
          } | null;
          isDeleted: boolean;
          bio: string | null;
          email: string;
          isEmailVerified: boolean;
          role: "ADMIN" | "MODERATOR" | "USER";
          settings: {
            dmPolicy: "contacts" | "everyone" | "friends";
            lastSeenFor: "contacts" | "everyone" | "nobody";
            readReceipts: boolean;
            groupAddsBy: "contacts" | "everyone" | "friends";
          };
          availability: "away" | "busy" | "invisible" | "online";
          createdAt: string;
        };
        status: "signed-in";
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    login: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        device?: string | undefined;
        refreshTokenIn?: "body" | "cookie" | undefined;
        login: string;
        password: string;
      };
      output: {
        sessionId: string;
        accessToken: string;
        accessTokenExpiresAt: string;
        refreshToken: string | null;
        user: {
          id: string;
          username: string;
          fullName: string | null;
          avatar: string | null;
          status: {
            text: string;
            until: string | null;
          } | null;
          isDeleted: boolean;
          bio: string | null;
          email: string;
          isEmailVerified: boolean;
          role: "ADMIN" | "MODERATOR" | "USER";
          settings: {
            dmPolicy: "contacts" | "everyone" | "friends";
            lastSeenFor: "contacts" | "everyone" | "nobody";
            readReceipts: boolean;
            groupAddsBy: "contacts" | "everyone" | "friends";
          };
          availability: "away" | "busy" | "invisible" | "online";
          createdAt: string;
        };
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    refresh: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        refreshToken?: string | null | undefined;
      };
      output: {
        sessionId: string;
        accessToken: string;
        accessTokenExpiresAt: string;
        refreshToken: string | null;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    logout: import("@trpc/server").TRPCMutationProcedure<{
      input: void;
      output: null;
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    verifyEmail: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        email: string;
        code: string;
      } | {
        token: string;
      };
      output: null;
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    resendVerification: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        email: string;
      };
      output: null;
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    forgotPassword: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        email: string;
      };
      output: null;
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    resetPassword: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        email: string;
        code: string;
        newPassword: string;
      } | {
        token: string;
        newPassword: string;
      };
      output: null;
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    changePassword: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        currentPassword: string;
        newPassword: string;
      };
      output: null;
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    changeEmail: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        password: string;
        email: string;
      };
      output: null;
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    confirmEmail: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        code: string;
      };
      output: null;
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    deleteAccount: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        password: string;
        messages: "erase" | "keep";
      };
      output: null;
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
  };
  account: {
    requestExport: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        password?: string | undefined;
      };
      output: {
        id: string;
        status: "failed" | "pending" | "ready";
        createdAt: string;
        size: number | null;
        expiresAt: string;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    exports: import("@trpc/server").TRPCQueryProcedure<{
      input: void;
      output: {
        id: string;
        status: "failed" | "pending" | "ready";
        createdAt: string;
        size: number | null;
        expiresAt: string;
      }[];
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    exportLink: import("@trpc/server").TRPCQueryProcedure<{
      input: {
        id: string;
      };
      output: {
        url: string;
        expiresAt: string;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
  };
  sessions: {
    list: import("@trpc/server").TRPCQueryProcedure<{
      input: void;
      output: {
        id: string;
        device: string;
        address: string;
        createdAt: string;
        lastUsedAt: string;
        isCurrent: boolean;
      }[];
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    revoke: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        sessionId: string;
      };
      output: null;
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    revokeOthers: import("@trpc/server").TRPCMutationProcedure<{
      input: void;
      output: null;
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    revokeAll: import("@trpc/server").TRPCMutationProcedure<{
      input: void;
      output: null;
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
  };
  users: {
    me: import("@trpc/server").TRPCQueryProcedure<{
      input: void;
      output: {
        id: string;
        username: string;
        fullName: string | null;
        avatar: string | null;
        status: {
          text: string;
          until: string | null;
        } | null;
        isDeleted: boolean;
        bio: string | null;
        email: string;
        isEmailVerified: boolean;
        role: "ADMIN" | "MODERATOR" | "USER";
        settings: {
          dmPolicy: "contacts" | "everyone" | "friends";
          lastSeenFor: "contacts" | "everyone" | "nobody";
          readReceipts: boolean;
          groupAddsBy: "contacts" | "everyone" | "friends";
        };
        availability: "away" | "busy" | "invisible" | "online";
        createdAt: string;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    updateProfile: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        fullName?: string | null | undefined;
        bio?: string | null | undefined;
        avatar?: string | null | undefined;
        username?: string | undefined;
      };
      output: {
        id: string;
        username: string;
        fullName: string | null;
        avatar: string | null;
        status: {
          text: string;
          until: string | null;
        } | null;
        isDeleted: boolean;
        bio: string | null;
        email: string;
        isEmailVerified: boolean;
        role: "ADMIN" | "MODERATOR" | "USER";
        settings: {
          dmPolicy: "contacts" | "everyone" | "friends";
          lastSeenFor: "contacts" | "everyone" | "nobody";
          readReceipts: boolean;
          groupAddsBy: "contacts" | "everyone" | "friends";
        };
        availability: "away" | "busy" | "invisible" | "online";
        createdAt: string;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    setStatus: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        text: string;
        until?: string | null | undefined;
      } | null;
      output: {
        id: string;
        username: string;
        fullName: string | null;
        avatar: string | null;
        status: {
          text: string;
          until: string | null;
        } | null;
        isDeleted: boolean;
        bio: string | null;
        email: string;
        isEmailVerified: boolean;
        role: "ADMIN" | "MODERATOR" | "USER";
        settings: {
          dmPolicy: "contacts" | "everyone" | "friends";
          lastSeenFor: "contacts" | "everyone" | "nobody";
          readReceipts: boolean;
          groupAddsBy: "contacts" | "everyone" | "friends";
        };
        availability: "away" | "busy" | "invisible" | "online";
        createdAt: string;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    get: import("@trpc/server").TRPCQueryProcedure<{
      input: {
        userId: string;
      } | {
        username: string;
      };
      output: {
        id: string;
        username: string;
        fullName: string | null;
        avatar: string | null;
        status: {
          text: string;
          until: string | null;
        } | null;
        isDeleted: boolean;
        bio: string | null;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    search: import("@trpc/server").TRPCQueryProcedure<{
      input: {
        query: string;
        limit?: number | undefined;
        cursor?: string | undefined;
      };
      output: {
        users: {
          id: string;
          username: string;
          fullName: string | null;
          avatar: string | null;
          status: {
            text: string;
            until: string | null;
          } | null;
          isDeleted: boolean;
        }[];
        next: string | null;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    list: import("@trpc/server").TRPCQueryProcedure<{
      input: {
        limit?: number | undefined;
        after?: string | undefined;
      };
      output: {
        users: {
          id: string;
          username: string;
          fullName: string | null;
          avatar: string | null;
          status: {
            text: string;
            until: string | null;
          } | null;
          isDeleted: boolean;
        }[];
        hasMore: boolean;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
  };
  settings: {
    get: import("@trpc/server").TRPCQueryProcedure<{
      input: void;
      output: {
        dmPolicy: "contacts" | "everyone" | "friends";
        lastSeenFor: "contacts" | "everyone" | "nobody";
        readReceipts: boolean;
        groupAddsBy: "contacts" | "everyone" | "friends";
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    update: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        dmPolicy?: "contacts" | "everyone" | "friends" | undefined;
        lastSeenFor?: "contacts" | "everyone" | "nobody" | undefined;
        readReceipts?: boolean | undefined;
        groupAddsBy?: "contacts" | "everyone" | "friends" | undefined;
      };
      output: {
        dmPolicy: "contacts" | "everyone" | "friends";
        lastSeenFor: "contacts" | "everyone" | "nobody";
        readReceipts: boolean;
        groupAddsBy: "contacts" | "everyone" | "friends";
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
  };
  friends: {
    list: import("@trpc/server").TRPCQueryProcedure<{
      input: {
        query?: string | undefined;
      };
      output: {
        friends: {
          user: {
            id: string;
            username: string;
            fullName: string | null;
            avatar: string | null;
            status: {
              text: string;
              until: string | null;
            } | null;
            isDeleted: boolean;
          };
          since: string;
        }[];
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    remove: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        userId: string;
      };
      output: {
        userId: string;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
  };
  friendRequests: {
    send: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        userId: string;
      };
      output: {
        status: "requested";
        request: {
          user: {
            id: string;
            username: string;
            fullName: string | null;
            avatar: string | null;
            status: {
              text: string;
              until: string | null;
            } | null;
            isDeleted: boolean;
          };
          direction: "incoming" | "outgoing";
          createdAt: string;
        };
      } | {
        status: "friends";
        friend: {
          user: {
            id: string;
            username: string;
            fullName: string | null;
            avatar: string | null;
            status: {
              text: string;
              until: string | null;
            } | null;
            isDeleted: boolean;
          };
          since: string;
        };
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    list: import("@trpc/server").TRPCQueryProcedure<{
      input: {
        direction?: "incoming" | "outgoing" | undefined;
      };
      output: {
        requests: {
          user: {
            id: string;
            username: string;
            fullName: string | null;
            avatar: string | null;
            status: {
              text: string;
              until: string | null;
            } | null;
            isDeleted: boolean;
          };
          direction: "incoming" | "outgoing";
          createdAt: string;
        }[];
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    accept: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        userId: string;
      };
      output: {
        user: {
          id: string;
          username: string;
          fullName: string | null;
          avatar: string | null;
          status: {
            text: string;
            until: string | null;
          } | null;
          isDeleted: boolean;
        };
        since: string;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    reject: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        userId: string;
      };
      output: {
        userId: string;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    cancel: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        userId: string;
      };
      output: {
        userId: string;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
  };
  contacts: {
    create: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        userId: string;
        alias?: string | undefined;
      };
      output: {
        user: {
          id: string;
          username: string;
          fullName: string | null;
          avatar: string | null;
          status: {
            text: string;
            until: string | null;
          } | null;
          isDeleted: boolean;
        };
        alias: string | null;
        createdAt: string;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    list: import("@trpc/server").TRPCQueryProcedure<{
      input: {
        mutualOnly?: boolean | undefined;
      };
      output: {
        contacts: {
          user: {
            id: string;
            username: string;
            fullName: string | null;
            avatar: string | null;
            status: {
              text: string;
              until: string | null;
            } | null;
            isDeleted: boolean;
          };
          alias: string | null;
          createdAt: string;
        }[];
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    get: import("@trpc/server").TRPCQueryProcedure<{
      input: {
        userId: string;
      };
      output: {
        user: {
          id: string;
          username: string;
          fullName: string | null;
          avatar: string | null;
          status: {
            text: string;
            until: string | null;
          } | null;
          isDeleted: boolean;
        };
        alias: string | null;
        createdAt: string;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    update: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        userId: string;
        alias: string | null;
      };
      output: {
        user: {
          id: string;
          username: string;
          fullName: string | null;
          avatar: string | null;
          status: {
            text: string;
            until: string | null;
          } | null;
          isDeleted: boolean;
        };
        alias: string | null;
        createdAt: string;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    remove: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        userId: string;
      };
      output: {
        userId: string;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
  };
  blocks: {
    add: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        userId: string;
      };
      output: {
        user: {
          id: string;
          username: string;
          fullName: string | null;
          avatar: string | null;
          status: {
            text: string;
            until: string | null;
          } | null;
          isDeleted: boolean;
        };
        createdAt: string;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    remove: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        userId: string;
      };
      output: {
        userId: string;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    list: import("@trpc/server").TRPCQueryProcedure<{
      input: void;
      output: {
        blocks: {
          user: {
            id: string;
            username: string;
            fullName: string | null;
            avatar: string | null;
            status: {
              text: string;
              until: string | null;
            } | null;
            isDeleted: boolean;
          };
          createdAt: string;
        }[];
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
  };
  conversations: {
    openDirect: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        userId: string;
      };
      output: {
        id: string;
        kind: "direct" | "group" | "thread";
        parent: {
          conversationId: string;
          seq: number;
        } | null;
        title: string | null;
        description: string | null;
        icon: string | null;
        createdAt: string;
        memberCount: number;
        lastSeq: number;
        slowModeSeconds: number;
        history: "all" | "joined";
        retentionDays: number | null;
        me: {
          role: "admin" | "member" | "owner";
          joinedAt: string;
          joinedSeq: number;
          readSeq: number;
          deliveredSeq: number;
          isArchived: boolean;
          pinnedAt: string | null;
          mutedUntil: string | null;
          notify: "all" | "mentions" | "none";
          isMarkedUnread: boolean;
        };
        peer: {
          user: {
            id: string;
            username: string;
            fullName: string | null;
            avatar: string | null;
            status: {
              text: string;
              until: string | null;
            } | null;
            isDeleted: boolean;
          };
          role: "admin" | "member" | "owner";
          joinedAt: string;
          joinedSeq: number;
          readSeq: number;
          deliveredSeq: number;
        } | null;
        lastMessage: {
          id: string;
          conversationId: string;
          seq: number;
          senderId: string;
          text: string;
          createdAt: string;
          editedAt?: string | undefined;
          pinnedAt?: string | undefined;
          deletedAt?: string | undefined;
          thread?: {
            id: string;
            replies: number;
            lastReplyAt: string | null;
          } | undefined;
          ciphertext?: string | undefined;
          replyTo?: number | undefined;
          mentions?: {
            userIds: string[];
            everyone?: true | undefined;
          } | undefined;
          forwarded?: {
            senderId: string;
            createdAt: string;
          } | undefined;
          story?: {
            id: string;
            authorId: string;
          } | undefined;
          attachments?: {
            id: string;
            name: string;
            size: number;
            type: string;
            kind: "archive" | "audio" | "document" | "image" | "video";
            width?: number | undefined;
            height?: number | undefined;
            blurhash?: string | undefined;
          }[] | undefined;
          metadata?: Record<string, Json> | undefined;
          preview?: {
            url: string;
            title: string;
            description?: string | undefined;
            siteName?: string | undefined;
          } | undefined;
          reactions?: {
            emoji: string;
            count: number;
            isMine: boolean;
          }[] | undefined;
        } | null;
        skipped: [number, number][];
        mentions: number[];
        draft: {
          text: string;
          replyTo?: number | undefined;
          updatedAt: string;
        } | null;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    list: import("@trpc/server").TRPCQueryProcedure<{
      input: {
        limit?: number | undefined;
        before?: string | undefined;
      };
      output: {
        conversations: {
          id: string;
          kind: "direct" | "group" | "thread";
          parent: {
            conversationId: string;
            seq: number;
          } | null;
          title: string | null;
          description: string | null;
          icon: string | null;
          createdAt: string;
          memberCount: number;
          lastSeq: number;
          slowModeSeconds: number;
          history: "all" | "joined";
          retentionDays: number | null;
          me: {
            role: "admin" | "member" | "owner";
            joinedAt: string;
            joinedSeq: number;
            readSeq: number;
            deliveredSeq: number;
            isArchived: boolean;
            pinnedAt: string | null;
            mutedUntil: string | null;
            notify: "all" | "mentions" | "none";
            isMarkedUnread: boolean;
          };
          peer: {
            user: {
              id: string;
              username: string;
              fullName: string | null;
              avatar: string | null;
              status: {
                text: string;
                until: string | null;
              } | null;
              isDeleted: boolean;
            };
            role: "admin" | "member" | "owner";
            joinedAt: string;
            joinedSeq: number;
            readSeq: number;
            deliveredSeq: number;
          } | null;
          lastMessage: {
            id: string;
            conversationId: string;
            seq: number;
            senderId: string;
            text: string;
            createdAt: string;
            editedAt?: string | undefined;
            pinnedAt?: string | undefined;
            deletedAt?: string | undefined;
            thread?: {
              id: string;
              replies: number;
              lastReplyAt: string | null;
            } | undefined;
            ciphertext?: string | undefined;
            replyTo?: number | undefined;
            mentions?: {
              userIds: string[];
              everyone?: true | undefined;
            } | undefined;
            forwarded?: {
              senderId: string;
              createdAt: string;
            } | undefined;
            story?: {
              id: string;
              authorId: string;
            } | undefined;
            attachments?: {
              id: string;
              name: string;
              size: number;
              type: string;
              kind: "archive" | "audio" | "document" | "image" | "video";
              width?: number | undefined;
              height?: number | undefined;
              blurhash?: string | undefined;
            }[] | undefined;
            metadata?: Record<string, Json> | undefined;
            preview?: {
              url: string;
              title: string;
              description?: string | undefined;
              siteName?: string | undefined;
            } | undefined;
            reactions?: {
              emoji: string;
              count: number;
              isMine: boolean;
            }[] | undefined;
          } | null;
          skipped: [number, number][];
          mentions: number[];
          draft: {
            text: string;
            replyTo?: number | undefined;
            updatedAt: string;
          } | null;
        }[];
        hasMore: boolean;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    get: import("@trpc/server").TRPCQueryProcedure<{
      input: {
        conversationId: string;
      };
      output: {
        conversation: {
          id: string;
          kind: "direct" | "group" | "thread";
          parent: {
            conversationId: string;
            seq: number;
          } | null;
          title: string | null;
          description: string | null;
          icon: string | null;
          createdAt: string;
          memberCount: number;
          lastSeq: number;
          slowModeSeconds: number;
          history: "all" | "joined";
          retentionDays: number | null;
          me: {
            role: "admin" | "member" | "owner";
            joinedAt: string;
            joinedSeq: number;
            readSeq: number;
            deliveredSeq: number;
            isArchived: boolean;
            pinnedAt: string | null;
            mutedUntil: string | null;
            notify: "all" | "mentions" | "none";
            isMarkedUnread: boolean;
          };
          peer: {
            user: {
              id: string;
              username: string;
              fullName: string | null;
              avatar: string | null;
              status: {
                text: string;
                until: string | null;
              } | null;
              isDeleted: boolean;
            };
            role: "admin" | "member" | "owner";
            joinedAt: string;
            joinedSeq: number;
            readSeq: number;
            deliveredSeq: number;
          } | null;
          lastMessage: {
            id: string;
            conversationId: string;
            seq: number;
            senderId: string;
            text: string;
            createdAt: string;
            editedAt?: string | undefined;
            pinnedAt?: string | undefined;
            deletedAt?: string | undefined;
            thread?: {
              id: string;
              replies: number;
              lastReplyAt: string | null;
            } | undefined;
            ciphertext?: string | undefined;
            replyTo?: number | undefined;
            mentions?: {
              userIds: string[];
              everyone?: true | undefined;
            } | undefined;
            forwarded?: {
              senderId: string;
              createdAt: string;
            } | undefined;
            story?: {
              id: string;
              authorId: string;
            } | undefined;
            attachments?: {
              id: string;
              name: string;
              size: number;
              type: string;
              kind: "archive" | "audio" | "document" | "image" | "video";
              width?: number | undefined;
              height?: number | undefined;
              blurhash?: string | undefined;
            }[] | undefined;
            metadata?: Record<string, Json> | undefined;
            preview?: {
              url: string;
              title: string;
              description?: string | undefined;
              siteName?: string | undefined;
            } | undefined;
            reactions?: {
              emoji: string;
              count: number;
              isMine: boolean;
            }[] | undefined;
          } | null;
          skipped: [number, number][];
          mentions: number[];
          draft: {
            text: string;
            replyTo?: number | undefined;
            updatedAt: string;
          } | null;
        };
        isListed: boolean;
        cursor: string;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    members: import("@trpc/server").TRPCQueryProcedure<{
      input: {
        conversationId: string;
        limit?: number | undefined;
        after?: string | undefined;
      };
      output: {
        members: {
          user: {
            id: string;
            username: string;
            fullName: string | null;
            avatar: string | null;
            status: {
              text: string;
              until: string | null;
            } | null;
            isDeleted: boolean;
          };
          role: "admin" | "member" | "owner";
          joinedAt: string;
          joinedSeq: number;
          readSeq: number;
          deliveredSeq: number;
        }[];
        next: string | null;
        cursor: string;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    configure: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        conversationId: string;
        isArchived?: boolean | undefined;
        isPinned?: boolean | undefined;
        mutedUntil?: string | null | undefined;
        notify?: "all" | "mentions" | "none" | undefined;
        isMarkedUnread?: boolean | undefined;
      };
      output: {
        isArchived: boolean;
        pinnedAt: string | null;
        mutedUntil: string | null;
        notify: "all" | "mentions" | "none";
        isMarkedUnread: boolean;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    clear: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        conversationId: string;
      };
      output: null;
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    setRetention: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        conversationId: string;
        retentionDays: number | null;
      };
      output: {
        id: string;
        kind: "direct" | "group" | "thread";
        parent: {
          conversationId: string;
          seq: number;
        } | null;
        title: string | null;
        description: string | null;
        icon: string | null;
        createdAt: string;
        memberCount: number;
        lastSeq: number;
        slowModeSeconds: number;
        history: "all" | "joined";
        retentionDays: number | null;
        me: {
          role: "admin" | "member" | "owner";
          joinedAt: string;
          joinedSeq: number;
          readSeq: number;
          deliveredSeq: number;
          isArchived: boolean;
          pinnedAt: string | null;
          mutedUntil: string | null;
          notify: "all" | "mentions" | "none";
          isMarkedUnread: boolean;
        };
        peer: {
          user: {
            id: string;
            username: string;
            fullName: string | null;
            avatar: string | null;
            status: {
              text: string;
              until: string | null;
            } | null;
            isDeleted: boolean;
          };
          role: "admin" | "member" | "owner";
          joinedAt: string;
          joinedSeq: number;
          readSeq: number;
          deliveredSeq: number;
        } | null;
        lastMessage: {
          id: string;
          conversationId: string;
          seq: number;
          senderId: string;
          text: string;
          createdAt: string;
          editedAt?: string | undefined;
          pinnedAt?: string | undefined;
          deletedAt?: string | undefined;
          thread?: {
            id: string;
            replies: number;
            lastReplyAt: string | null;
          } | undefined;
          ciphertext?: string | undefined;
          replyTo?: number | undefined;
          mentions?: {
            userIds: string[];
            everyone?: true | undefined;
          } | undefined;
          forwarded?: {
            senderId: string;
            createdAt: string;
          } | undefined;
          story?: {
            id: string;
            authorId: string;
          } | undefined;
          attachments?: {
            id: string;
            name: string;
            size: number;
            type: string;
            kind: "archive" | "audio" | "document" | "image" | "video";
            width?: number | undefined;
            height?: number | undefined;
            blurhash?: string | undefined;
          }[] | undefined;
          metadata?: Record<string, Json> | undefined;
          preview?: {
            url: string;
            title: string;
            description?: string | undefined;
            siteName?: string | undefined;
          } | undefined;
          reactions?: {
            emoji: string;
            count: number;
            isMine: boolean;
          }[] | undefined;
        } | null;
        skipped: [number, number][];
        mentions: number[];
        draft: {
          text: string;
          replyTo?: number | undefined;
          updatedAt: string;
        } | null;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
  };
  groups: {
    create: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        title: string;
        description?: string | undefined;
        slowModeSeconds?: number | undefined;
        history?: "all" | "joined" | undefined;
        userIds: string[];
      };
      output: {
        id: string;
        kind: "direct" | "group" | "thread";
        parent: {
          conversationId: string;
          seq: number;
        } | null;
        title: string | null;
        description: string | null;
        icon: string | null;
        createdAt: string;
        memberCount: number;
        lastSeq: number;
        slowModeSeconds: number;
        history: "all" | "joined";
        retentionDays: number | null;
        me: {
          role: "admin" | "member" | "owner";
          joinedAt: string;
          joinedSeq: number;
          readSeq: number;
          deliveredSeq: number;
          isArchived: boolean;
          pinnedAt: string | null;
          mutedUntil: string | null;
          notify: "all" | "mentions" | "none";
          isMarkedUnread: boolean;
        };
        peer: {
          user: {
            id: string;
            username: string;
            fullName: string | null;
            avatar: string | null;
            status: {
              text: string;
              until: string | null;
            } | null;
            isDeleted: boolean;
          };
          role: "admin" | "member" | "owner";
          joinedAt: string;
          joinedSeq: number;
          readSeq: number;
          deliveredSeq: number;
        } | null;
        lastMessage: {
          id: string;
          conversationId: string;
          seq: number;
          senderId: string;
          text: string;
          createdAt: string;
          editedAt?: string | undefined;
          pinnedAt?: string | undefined;
          deletedAt?: string | undefined;
          thread?: {
            id: string;
            replies: number;
            lastReplyAt: string | null;
          } | undefined;
          ciphertext?: string | undefined;
          replyTo?: number | undefined;
          mentions?: {
            userIds: string[];
            everyone?: true | undefined;
          } | undefined;
          forwarded?: {
            senderId: string;
            createdAt: string;
          } | undefined;
          story?: {
            id: string;
            authorId: string;
          } | undefined;
          attachments?: {
            id: string;
            name: string;
            size: number;
            type: string;
            kind: "archive" | "audio" | "document" | "image" | "video";
            width?: number | undefined;
            height?: number | undefined;
            blurhash?: string | undefined;
          }[] | undefined;
          metadata?: Record<string, Json> | undefined;
          preview?: {
            url: string;
            title: string;
            description?: string | undefined;
            siteName?: string | undefined;
          } | undefined;
          reactions?: {
            emoji: string;
            count: number;
            isMine: boolean;
          }[] | undefined;
        } | null;
        skipped: [number, number][];
        mentions: number[];
        draft: {
          text: string;
          replyTo?: number | undefined;
          updatedAt: string;
        } | null;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    update: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        conversationId: string;
        title?: string | undefined;
        description?: string | null | undefined;
        icon?: string | null | undefined;
        slowModeSeconds?: number | undefined;
        history?: "all" | "joined" | undefined;
      };
      output: {
        id: string;
        kind: "direct" | "group" | "thread";
        parent: {
          conversationId: string;
          seq: number;
        } | null;
        title: string | null;
        description: string | null;
        icon: string | null;
        createdAt: string;
        memberCount: number;
        lastSeq: number;
        slowModeSeconds: number;
        history: "all" | "joined";
        retentionDays: number | null;
        me: {
          role: "admin" | "member" | "owner";
          joinedAt: string;
          joinedSeq: number;
          readSeq: number;
          deliveredSeq: number;
          isArchived: boolean;
          pinnedAt: string | null;
          mutedUntil: string | null;
          notify: "all" | "mentions" | "none";
          isMarkedUnread: boolean;
        };
        peer: {
          user: {
            id: string;
            username: string;
            fullName: string | null;
            avatar: string | null;
            status: {
              text: string;
              until: string | null;
            } | null;
            isDeleted: boolean;
          };
          role: "admin" | "member" | "owner";
          joinedAt: string;
          joinedSeq: number;
          readSeq: number;
          deliveredSeq: number;
        } | null;
        lastMessage: {
          id: string;
          conversationId: string;
          seq: number;
          senderId: string;
          text: string;
          createdAt: string;
          editedAt?: string | undefined;
          pinnedAt?: string | undefined;
          deletedAt?: string | undefined;
          thread?: {
            id: string;
            replies: number;
            lastReplyAt: string | null;
          } | undefined;
          ciphertext?: string | undefined;
          replyTo?: number | undefined;
          mentions?: {
            userIds: string[];
            everyone?: true | undefined;
          } | undefined;
          forwarded?: {
            senderId: string;
            createdAt: string;
          } | undefined;
          story?: {
            id: string;
            authorId: string;
          } | undefined;
          attachments?: {
            id: string;
            name: string;
            size: number;
            type: string;
            kind: "archive" | "audio" | "document" | "image" | "video";
            width?: number | undefined;
            height?: number | undefined;
            blurhash?: string | undefined;
          }[] | undefined;
          metadata?: Record<string, Json> | undefined;
          preview?: {
            url: string;
            title: string;
            description?: string | undefined;
            siteName?: string | undefined;
          } | undefined;
          reactions?: {
            emoji: string;
            count: number;
            isMine: boolean;
          }[] | undefined;
        } | null;
        skipped: [number, number][];
        mentions: number[];
        draft: {
          text: string;
          replyTo?: number | undefined;
          updatedAt: string;
        } | null;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    setRole: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        conversationId: string;
        userId: string;
        role: "admin" | "member";
      };
      output: null;
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    transferOwnership: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        conversationId: string;
        userId: string;
      };
      output: null;
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    addMembers: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        conversationId: string;
        userIds: string[];
      };
      output: {
        added: string[];
        skipped: {
          userId: string;
          reason: "already_member" | "refused_by_settings" | "unknown_user";
        }[];
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    removeMember: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        conversationId: string;
        userId: string;
      };
      output: null;
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    delete: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        conversationId: string;
      };
      output: null;
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    leave: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        conversationId: string;
      };
      output: null;
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
  };
  invites: {
    create: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        conversationId: string;
        expiresInSeconds?: number | undefined;
        maxUses?: number | undefined;
      };
      output: {
        invite: {
          id: string;
          creatorId: string;
          createdAt: string;
          expiresAt: string;
          maxUses: number | null;
          uses: number;
        };
        token: string;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    list: import("@trpc/server").TRPCQueryProcedure<{
      input: {
        conversationId: string;
      };
      output: {
        invites: {
          id: string;
          creatorId: string;
          createdAt: string;
          expiresAt: string;
          maxUses: number | null;
          uses: number;
        }[];
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    revoke: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        conversationId: string;
        inviteId: string;
      };
      output: null;
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    preview: import("@trpc/server").TRPCQueryProcedure<{
      input: {
        token: string;
      };
      output: {
        title: string | null;
        description: string | null;
        memberCount: number;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    accept: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        token: string;
      };
      output: {
        id: string;
        kind: "direct" | "group" | "thread";
        parent: {
          conversationId: string;
          seq: number;
        } | null;
        title: string | null;
        description: string | null;
        icon: string | null;
        createdAt: string;
        memberCount: number;
        lastSeq: number;
        slowModeSeconds: number;
        history: "all" | "joined";
        retentionDays: number | null;
        me: {
          role: "admin" | "member" | "owner";
          joinedAt: string;
          joinedSeq: number;
          readSeq: number;
          deliveredSeq: number;
          isArchived: boolean;
          pinnedAt: string | null;
          mutedUntil: string | null;
          notify: "all" | "mentions" | "none";
          isMarkedUnread: boolean;
        };
        peer: {
          user: {
            id: string;
            username: string;
            fullName: string | null;
            avatar: string | null;
            status: {
              text: string;
              until: string | null;
            } | null;
            isDeleted: boolean;
          };
          role: "admin" | "member" | "owner";
          joinedAt: string;
          joinedSeq: number;
          readSeq: number;
          deliveredSeq: number;
        } | null;
        lastMessage: {
          id: string;
          conversationId: string;
          seq: number;
          senderId: string;
          text: string;
          createdAt: string;
          editedAt?: string | undefined;
          pinnedAt?: string | undefined;
          deletedAt?: string | undefined;
          thread?: {
            id: string;
            replies: number;
            lastReplyAt: string | null;
          } | undefined;
          ciphertext?: string | undefined;
          replyTo?: number | undefined;
          mentions?: {
            userIds: string[];
            everyone?: true | undefined;
          } | undefined;
          forwarded?: {
            senderId: string;
            createdAt: string;
          } | undefined;
          story?: {
            id: string;
            authorId: string;
          } | undefined;
          attachments?: {
            id: string;
            name: string;
            size: number;
            type: string;
            kind: "archive" | "audio" | "document" | "image" | "video";
            width?: number | undefined;
            height?: number | undefined;
            blurhash?: string | undefined;
          }[] | undefined;
          metadata?: Record<string, Json> | undefined;
          preview?: {
            url: string;
            title: string;
            description?: string | undefined;
            siteName?: string | undefined;
          } | undefined;
          reactions?: {
            emoji: string;
            count: number;
            isMine: boolean;
          }[] | undefined;
        } | null;
        skipped: [number, number][];
        mentions: number[];
        draft: {
          text: string;
          replyTo?: number | undefined;
          updatedAt: string;
        } | null;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
  };
  messages: {
    send: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        text?: string | undefined;
        ciphertext?: string | undefined;
        mentions?: {
          everyone?: true | undefined;
          userIds: string[];
        } | undefined;
        replyTo?: number | undefined;
        attachments?: string[] | undefined;
        metadata?: Record<string, Json> | undefined;
        conversationId?: string | undefined;
        toUserId?: string | undefined;
        clientMessageId: string;
      };
      output: Message;
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    forward: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        from: {
          conversationId: string;
          seq: number;
        };
        conversationId: string;
        clientMessageId: string;
      };
      output: Message;
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    edit: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        text?: string | undefined;
        ciphertext?: string | undefined;
        mentions?: {
          everyone?: true | undefined;
          userIds: string[];
        } | undefined;
        conversationId: string;
        seq: number;
      };
      output: Message;
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    removePreview: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        conversationId: string;
        seq: number;
      };
      output: null;
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    history: import("@trpc/server").TRPCQueryProcedure<{
      input: {
        conversationId: string;
        seq: number;
      };
      output: {
        versions: {
          text: string;
          ciphertext?: string | undefined;
          mentions?: {
            userIds: string[];
            everyone?: true | undefined;
          } | undefined;
          writtenAt: string;
        }[];
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    delete: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        conversationId: string;
        seq: number;
        scope: "everyone" | "me";
      };
      output: null;
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    pin: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        conversationId: string;
        seq: number;
      };
      output: null;
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    unpin: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        conversationId: string;
        seq: number;
      };
      output: null;
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    pinned: import("@trpc/server").TRPCQueryProcedure<{
      input: {
        conversationId: string;
      };
      output: {
        messages: Message[];
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    list: import("@trpc/server").TRPCQueryProcedure<{
      input: {
        conversationId: string;
        limit?: number | undefined;
        before?: number | undefined;
        after?: number | undefined;
        around?: number | undefined;
      };
      output: MessagePage;
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    markRead: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        conversationId: string;
        seq?: number | undefined;
        messageIds?: string[] | undefined;
      };
      output: {
        readSeq: number;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    markDelivered: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        conversationId: string;
        seq?: number | undefined;
        messageIds?: string[] | undefined;
      };
      output: {
        deliveredSeq: number;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    readers: import("@trpc/server").TRPCQueryProcedure<{
      input: {
        conversationId: string;
        seq: number;
        limit?: number | undefined;
        after?: string | undefined;
      };
      output: {
        read: number;
        delivered: number;
        sent: number;
        members: {
          user: {
            id: string;
            username: string;
            fullName: string | null;
            avatar: string | null;
            status: {
              text: string;
              until: string | null;
            } | null;
            isDeleted: boolean;
          };
          status: "delivered" | "read" | "sent";
        }[];
        next: string | null;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    undelivered: import("@trpc/server").TRPCQueryProcedure<{
      input: {
        limit?: number | undefined;
        after?: string | undefined;
      };
      output: UndeliveredPage;
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
  };
  reactions: {
    add: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        conversationId: string;
        seq: number;
        emoji: string;
      };
      output: {
        reactions: {
          emoji: string;
          count: number;
          isMine: boolean;
        }[];
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    remove: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        conversationId: string;
        seq: number;
        emoji: string;
      };
      output: {
        reactions: {
          emoji: string;
          count: number;
          isMine: boolean;
        }[];
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    list: import("@trpc/server").TRPCQueryProcedure<{
      input: {
        conversationId: string;
        seq: number;
        emoji?: string | undefined;
        limit?: number | undefined;
        after?: string | undefined;
      };
      output: {
        reactions: {
          user: {
            id: string;
            username: string;
            fullName: string | null;
            avatar: string | null;
            status: {
              text: string;
              until: string | null;
            } | null;
            isDeleted: boolean;
          };
          emoji: string;
          at: string;
        }[];
        next: string | null;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
  };
  drafts: {
    set: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        conversationId: string;
        text: string;
        replyTo?: number | undefined;
      };
      output: {
        text: string;
        replyTo?: number | undefined;
        updatedAt: string;
      } | null;
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
  };
  scheduled: {
    create: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        text?: string | undefined;
        ciphertext?: string | undefined;
        mentions?: {
          everyone?: true | undefined;
          userIds: string[];
        } | undefined;
        replyTo?: number | undefined;
        attachments?: string[] | undefined;
        metadata?: Record<string, Json> | undefined;
        conversationId: string;
        clientMessageId: string;
        sendAt: string;
      };
      output: {
        id: string;
        conversationId: string;
        text: string;
        sendAt: string;
        createdAt: string;
        updatedAt: string;
        failure?: "BANNED" | "FORBIDDEN" | "IDEMPOTENCY_CONFLICT" | "NOT_FOUND" | "PERSON_BLOCKED" | undefined;
        ciphertext?: string | undefined;
        replyTo?: number | undefined;
        mentions?: {
          userIds: string[];
          everyone?: true | undefined;
        } | undefined;
        attachments?: {
          id: string;
          name: string;
          size: number;
          type: string;
          kind: "archive" | "audio" | "document" | "image" | "video";
          width?: number | undefined;
          height?: number | undefined;
          blurhash?: string | undefined;
        }[] | undefined;
        metadata?: Record<string, Json> | undefined;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    list: import("@trpc/server").TRPCQueryProcedure<{
      input: void;
      output: {
        scheduled: {
          id: string;
          conversationId: string;
          text: string;
          sendAt: string;
          createdAt: string;
          updatedAt: string;
          failure?: "BANNED" | "FORBIDDEN" | "IDEMPOTENCY_CONFLICT" | "NOT_FOUND" | "PERSON_BLOCKED" | undefined;
          ciphertext?: string | undefined;
          replyTo?: number | undefined;
          mentions?: {
            userIds: string[];
            everyone?: true | undefined;
          } | undefined;
          attachments?: {
            id: string;
            name: string;
            size: number;
            type: string;
            kind: "archive" | "audio" | "document" | "image" | "video";
            width?: number | undefined;
            height?: number | undefined;
            blurhash?: string | undefined;
          }[] | undefined;
          metadata?: Record<string, Json> | undefined;
        }[];
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    update: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        text?: string | undefined;
        ciphertext?: string | undefined;
        mentions?: {
          everyone?: true | undefined;
          userIds: string[];
        } | undefined;
        replyTo?: number | undefined;
        attachments?: string[] | undefined;
        metadata?: Record<string, Json> | undefined;
        id: string;
        sendAt: string;
      };
      output: {
        id: string;
        conversationId: string;
        text: string;
        sendAt: string;
        createdAt: string;
        updatedAt: string;
        failure?: "BANNED" | "FORBIDDEN" | "IDEMPOTENCY_CONFLICT" | "NOT_FOUND" | "PERSON_BLOCKED" | undefined;
        ciphertext?: string | undefined;
        replyTo?: number | undefined;
        mentions?: {
          userIds: string[];
          everyone?: true | undefined;
        } | undefined;
        attachments?: {
          id: string;
          name: string;
          size: number;
          type: string;
          kind: "archive" | "audio" | "document" | "image" | "video";
          width?: number | undefined;
          height?: number | undefined;
          blurhash?: string | undefined;
        }[] | undefined;
        metadata?: Record<string, Json> | undefined;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    cancel: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        id: string;
      };
      output: null;
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    sendNow: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        id: string;
      };
      output: Message;
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
  };
  threads: {
    open: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        conversationId: string;
        seq: number;
      };
      output: {
        id: string;
        kind: "direct" | "group" | "thread";
        parent: {
          conversationId: string;
          seq: number;
        } | null;
        title: string | null;
        description: string | null;
        icon: string | null;
        createdAt: string;
        memberCount: number;
        lastSeq: number;
        slowModeSeconds: number;
        history: "all" | "joined";
        retentionDays: number | null;
        me: {
          role: "admin" | "member" | "owner";
          joinedAt: string;
          joinedSeq: number;
          readSeq: number;
          deliveredSeq: number;
          isArchived: boolean;
          pinnedAt: string | null;
          mutedUntil: string | null;
          notify: "all" | "mentions" | "none";
          isMarkedUnread: boolean;
        };
        peer: {
          user: {
            id: string;
            username: string;
            fullName: string | null;
            avatar: string | null;
            status: {
              text: string;
              until: string | null;
            } | null;
            isDeleted: boolean;
          };
          role: "admin" | "member" | "owner";
          joinedAt: string;
          joinedSeq: number;
          readSeq: number;
          deliveredSeq: number;
        } | null;
        lastMessage: {
          id: string;
          conversationId: string;
          seq: number;
          senderId: string;
          text: string;
          createdAt: string;
          editedAt?: string | undefined;
          pinnedAt?: string | undefined;
          deletedAt?: string | undefined;
          thread?: {
            id: string;
            replies: number;
            lastReplyAt: string | null;
          } | undefined;
          ciphertext?: string | undefined;
          replyTo?: number | undefined;
          mentions?: {
            userIds: string[];
            everyone?: true | undefined;
          } | undefined;
          forwarded?: {
            senderId: string;
            createdAt: string;
          } | undefined;
          story?: {
            id: string;
            authorId: string;
          } | undefined;
          attachments?: {
            id: string;
            name: string;
            size: number;
            type: string;
            kind: "archive" | "audio" | "document" | "image" | "video";
            width?: number | undefined;
            height?: number | undefined;
            blurhash?: string | undefined;
          }[] | undefined;
          metadata?: Record<string, Json> | undefined;
          preview?: {
            url: string;
            title: string;
            description?: string | undefined;
            siteName?: string | undefined;
          } | undefined;
          reactions?: {
            emoji: string;
            count: number;
            isMine: boolean;
          }[] | undefined;
        } | null;
        skipped: [number, number][];
        mentions: number[];
        draft: {
          text: string;
          replyTo?: number | undefined;
          updatedAt: string;
        } | null;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    unfollow: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        conversationId: string;
      };
      output: null;
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    list: import("@trpc/server").TRPCQueryProcedure<{
      input: {
        limit?: number | undefined;
        before?: string | undefined;
      };
      output: {
        threads: {
          id: string;
          kind: "direct" | "group" | "thread";
          parent: {
            conversationId: string;
            seq: number;
          } | null;
          title: string | null;
          description: string | null;
          icon: string | null;
          createdAt: string;
          memberCount: number;
          lastSeq: number;
          slowModeSeconds: number;
          history: "all" | "joined";
          retentionDays: number | null;
          me: {
            role: "admin" | "member" | "owner";
            joinedAt: string;
            joinedSeq: number;
            readSeq: number;
            deliveredSeq: number;
            isArchived: boolean;
            pinnedAt: string | null;
            mutedUntil: string | null;
            notify: "all" | "mentions" | "none";
            isMarkedUnread: boolean;
          };
          peer: {
            user: {
              id: string;
              username: string;
              fullName: string | null;
              avatar: string | null;
              status: {
                text: string;
                until: string | null;
              } | null;
              isDeleted: boolean;
            };
            role: "admin" | "member" | "owner";
            joinedAt: string;
            joinedSeq: number;
            readSeq: number;
            deliveredSeq: number;
          } | null;
          lastMessage: {
            id: string;
            conversationId: string;
            seq: number;
            senderId: string;
            text: string;
            createdAt: string;
            editedAt?: string | undefined;
            pinnedAt?: string | undefined;
            deletedAt?: string | undefined;
            thread?: {
              id: string;
              replies: number;
              lastReplyAt: string | null;
            } | undefined;
            ciphertext?: string | undefined;
            replyTo?: number | undefined;
            mentions?: {
              userIds: string[];
              everyone?: true | undefined;
            } | undefined;
            forwarded?: {
              senderId: string;
              createdAt: string;
            } | undefined;
            story?: {
              id: string;
              authorId: string;
            } | undefined;
            attachments?: {
              id: string;
              name: string;
              size: number;
              type: string;
              kind: "archive" | "audio" | "document" | "image" | "video";
              width?: number | undefined;
              height?: number | undefined;
              blurhash?: string | undefined;
            }[] | undefined;
            metadata?: Record<string, Json> | undefined;
            preview?: {
              url: string;
              title: string;
              description?: string | undefined;
              siteName?: string | undefined;
            } | undefined;
            reactions?: {
              emoji: string;
              count: number;
              isMine: boolean;
            }[] | undefined;
          } | null;
          skipped: [number, number][];
          mentions: number[];
          draft: {
            text: string;
            replyTo?: number | undefined;
            updatedAt: string;
          } | null;
        }[];
        hasMore: boolean;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
  };
  search: {
    messages: import("@trpc/server").TRPCQueryProcedure<{
      input: {
        query?: string | undefined;
        conversationId?: string | undefined;
        from?: string | undefined;
        has?: "archive" | "audio" | "document" | "file" | "image" | "link" | "video" | undefined;
        before?: string | undefined;
        after?: string | undefined;
        limit?: number | undefined;
        cursor?: string | undefined;
      };
      output: FoundMessages;
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
  };
  uploads: {
    create: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        purpose: "avatar" | "group_icon" | "message" | "story";
        name: string;
        size: number;
      };
      output: {
        uploadId: string;
        url: string;
        expiresAt: string;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    complete: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        uploadId: string;
      };
      output: {
        id: string;
        name: string;
        size: number;
        type: string;
        kind: "archive" | "audio" | "document" | "image" | "video";
        width?: number | undefined;
        height?: number | undefined;
        blurhash?: string | undefined;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
  };
  files: {
    link: import("@trpc/server").TRPCQueryProcedure<{
      input: {
        fileId: string;
      };
      output: {
        url: string;
        thumbnailUrl: string | null;
        expiresAt: string;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
  };
  stories: {
    create: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        fileId: string;
        caption?: string | undefined;
        audience?: string[] | undefined;
      };
      output: {
        id: string;
        authorId: string;
        file: {
          id: string;
          name: string;
          size: number;
          type: string;
          kind: "archive" | "audio" | "document" | "image" | "video";
          width?: number | undefined;
          height?: number | undefined;
          blurhash?: string | undefined;
        };
        caption: string | null;
        createdAt: string;
        expiresAt: string;
        isSeen: boolean;
        views: number | null;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    mine: import("@trpc/server").TRPCQueryProcedure<{
      input: void;
      output: {
        stories: {
          id: string;
          authorId: string;
          file: {
            id: string;
            name: string;
            size: number;
            type: string;
            kind: "archive" | "audio" | "document" | "image" | "video";
            width?: number | undefined;
            height?: number | undefined;
            blurhash?: string | undefined;
          };
          caption: string | null;
          createdAt: string;
          expiresAt: string;
          isSeen: boolean;
          views: number | null;
        }[];
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    feed: import("@trpc/server").TRPCQueryProcedure<{
      input: {
        limit?: number | undefined;
        after?: string | undefined;
      };
      output: {
        authors: {
          author: {
            id: string;
            username: string;
            fullName: string | null;
            avatar: string | null;
            status: {
              text: string;
              until: string | null;
            } | null;
            isDeleted: boolean;
          };
          stories: {
            id: string;
            authorId: string;
            file: {
              id: string;
              name: string;
              size: number;
              type: string;
              kind: "archive" | "audio" | "document" | "image" | "video";
              width?: number | undefined;
              height?: number | undefined;
              blurhash?: string | undefined;
            };
            caption: string | null;
            createdAt: string;
            expiresAt: string;
            isSeen: boolean;
            views: number | null;
          }[];
          hasUnseen: boolean;
        }[];
        next: string | null;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    get: import("@trpc/server").TRPCQueryProcedure<{
      input: {
        storyId: string;
      };
      output: {
        id: string;
        authorId: string;
        file: {
          id: string;
          name: string;
          size: number;
          type: string;
          kind: "archive" | "audio" | "document" | "image" | "video";
          width?: number | undefined;
          height?: number | undefined;
          blurhash?: string | undefined;
        };
        caption: string | null;
        createdAt: string;
        expiresAt: string;
        isSeen: boolean;
        views: number | null;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    markSeen: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        storyId: string;
      };
      output: null;
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    viewers: import("@trpc/server").TRPCQueryProcedure<{
      input: {
        storyId: string;
        limit?: number | undefined;
        after?: string | undefined;
      };
      output: {
        viewers: {
          user: {
            id: string;
            username: string;
            fullName: string | null;
            avatar: string | null;
            status: {
              text: string;
              until: string | null;
            } | null;
            isDeleted: boolean;
          };
          at: string;
        }[];
        count: number;
        next: string | null;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    delete: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        storyId: string;
      };
      output: null;
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    reply: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        storyId: string;
        text: string;
        clientMessageId: string;
      };
      output: Message;
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
  };
  reports: {
    create: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        reason: "harassment" | "illegal" | "impersonation" | "other" | "spam" | "violence";
        comment?: string | undefined;
        kind: "user";
        userId: string;
      } | {
        reason: "harassment" | "illegal" | "impersonation" | "other" | "spam" | "violence";
        comment?: string | undefined;
        kind: "message";
        conversationId: string;
        seq: number;
      } | {
        reason: "harassment" | "illegal" | "impersonation" | "other" | "spam" | "violence";
        comment?: string | undefined;
        kind: "story";
        storyId: string;
      };
      output: {
        id: string;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    list: import("@trpc/server").TRPCQueryProcedure<{
      input: {
        status?: "closed" | "open" | undefined;
        userId?: string | undefined;
        before?: {
          createdAt: string;
          id: string;
        } | undefined;
        limit?: number | undefined;
      };
      output: {
        reports: {
          id: string;
          createdAt: string;
          reporter: {
            id: string;
            username: string;
            fullName: string | null;
            avatar: string | null;
            status: {
              text: string;
              until: string | null;
            } | null;
            isDeleted: boolean;
          };
          user: {
            id: string;
            username: string;
            fullName: string | null;
            avatar: string | null;
            status: {
              text: string;
              until: string | null;
            } | null;
            isDeleted: boolean;
          };
          message: {
            id: string;
            conversationId: string;
            seq: number | null;
            text: string | null;
          } | null;
          story: {
            id: string;
            fileId: string;
            caption: string | null;
          } | null;
          reason: "harassment" | "illegal" | "impersonation" | "other" | "spam" | "violence";
          comment: string | null;
          closed: {
            at: string;
            by: {
              id: string;
              username: string;
              fullName: string | null;
              avatar: string | null;
              status: {
                text: string;
                until: string | null;
              } | null;
              isDeleted: boolean;
            };
            outcome: "dismissed" | "upheld";
          } | null;
        }[];
        hasMore: boolean;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    close: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        id: string;
        outcome: "dismissed" | "upheld";
      };
      output: {
        id: string;
        createdAt: string;
        reporter: {
          id: string;
          username: string;
          fullName: string | null;
          avatar: string | null;
          status: {
            text: string;
            until: string | null;
          } | null;
          isDeleted: boolean;
        };
        user: {
          id: string;
          username: string;
          fullName: string | null;
          avatar: string | null;
          status: {
            text: string;
            until: string | null;
          } | null;
          isDeleted: boolean;
        };
        message: {
          id: string;
          conversationId: string;
          seq: number | null;
          text: string | null;
        } | null;
        story: {
          id: string;
          fileId: string;
          caption: string | null;
        } | null;
        reason: "harassment" | "illegal" | "impersonation" | "other" | "spam" | "violence";
        comment: string | null;
        closed: {
          at: string;
          by: {
            id: string;
            username: string;
            fullName: string | null;
            avatar: string | null;
            status: {
              text: string;
              until: string | null;
            } | null;
            isDeleted: boolean;
          };
          outcome: "dismissed" | "upheld";
        } | null;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
  };
  presence: {
    set: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        status: "away" | "busy" | "invisible" | "online";
      };
      output: null;
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    get: import("@trpc/server").TRPCQueryProcedure<{
      input: {
        userIds: string[];
      };
      output: {
        people: {
          userId: string;
          status: "away" | "busy" | "offline" | "online";
          lastSeenAt: string | null;
        }[];
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
  };
  typing: {
    start: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        conversationId: string;
      };
      output: null;
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    stop: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        conversationId: string;
      };
      output: null;
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
  };
  events: {
    stream: import("@trpc/server").TRPCSubscriptionProcedure<{
      input: {
        lastEventId?: string | null | undefined;
      } | undefined;
      output: AsyncIterable<import("@trpc/server/unstable-core-do-not-import").TrackedData<StreamItem>, any, any>;
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
  };
  sync: {
    bootstrap: import("@trpc/server").TRPCQueryProcedure<{
      input: void;
      output: {
        cursor: string;
        me: {
          id: string;
          username: string;
          fullName: string | null;
          avatar: string | null;
          status: {
            text: string;
            until: string | null;
          } | null;
          isDeleted: boolean;
          bio: string | null;
          email: string;
          isEmailVerified: boolean;
          role: "ADMIN" | "MODERATOR" | "USER";
          settings: {
            dmPolicy: "contacts" | "everyone" | "friends";
            lastSeenFor: "contacts" | "everyone" | "nobody";
            readReceipts: boolean;
            groupAddsBy: "contacts" | "everyone" | "friends";
          };
          availability: "away" | "busy" | "invisible" | "online";
          createdAt: string;
        };
        conversations: {
          id: string;
          kind: "direct" | "group" | "thread";
          parent: {
            conversationId: string;
            seq: number;
          } | null;
          title: string | null;
          description: string | null;
          icon: string | null;
          createdAt: string;
          memberCount: number;
          lastSeq: number;
          slowModeSeconds: number;
          history: "all" | "joined";
          retentionDays: number | null;
          me: {
            role: "admin" | "member" | "owner";
            joinedAt: string;
            joinedSeq: number;
            readSeq: number;
            deliveredSeq: number;
            isArchived: boolean;
            pinnedAt: string | null;
            mutedUntil: string | null;
            notify: "all" | "mentions" | "none";
            isMarkedUnread: boolean;
          };
          peer: {
            user: {
              id: string;
              username: string;
              fullName: string | null;
              avatar: string | null;
              status: {
                text: string;
                until: string | null;
              } | null;
              isDeleted: boolean;
            };
            role: "admin" | "member" | "owner";
            joinedAt: string;
            joinedSeq: number;
            readSeq: number;
            deliveredSeq: number;
          } | null;
          lastMessage: {
            id: string;
            conversationId: string;
            seq: number;
            senderId: string;
            text: string;
            createdAt: string;
            editedAt?: string | undefined;
            pinnedAt?: string | undefined;
            deletedAt?: string | undefined;
            thread?: {
              id: string;
              replies: number;
              lastReplyAt: string | null;
            } | undefined;
            ciphertext?: string | undefined;
            replyTo?: number | undefined;
            mentions?: {
              userIds: string[];
              everyone?: true | undefined;
            } | undefined;
            forwarded?: {
              senderId: string;
              createdAt: string;
            } | undefined;
            story?: {
              id: string;
              authorId: string;
            } | undefined;
            attachments?: {
              id: string;
              name: string;
              size: number;
              type: string;
              kind: "archive" | "audio" | "document" | "image" | "video";
              width?: number | undefined;
              height?: number | undefined;
              blurhash?: string | undefined;
            }[] | undefined;
            metadata?: Record<string, Json> | undefined;
            preview?: {
              url: string;
              title: string;
              description?: string | undefined;
              siteName?: string | undefined;
            } | undefined;
            reactions?: {
              emoji: string;
              count: number;
              isMine: boolean;
            }[] | undefined;
          } | null;
          skipped: [number, number][];
          mentions: number[];
          draft: {
            text: string;
            replyTo?: number | undefined;
            updatedAt: string;
          } | null;
        }[];
        hasMore: boolean;
        threads: {
          id: string;
          kind: "direct" | "group" | "thread";
          parent: {
            conversationId: string;
            seq: number;
          } | null;
          title: string | null;
          description: string | null;
          icon: string | null;
          createdAt: string;
          memberCount: number;
          lastSeq: number;
          slowModeSeconds: number;
          history: "all" | "joined";
          retentionDays: number | null;
          me: {
            role: "admin" | "member" | "owner";
            joinedAt: string;
            joinedSeq: number;
            readSeq: number;
            deliveredSeq: number;
            isArchived: boolean;
            pinnedAt: string | null;
            mutedUntil: string | null;
            notify: "all" | "mentions" | "none";
            isMarkedUnread: boolean;
          };
          peer: {
            user: {
              id: string;
              username: string;
              fullName: string | null;
              avatar: string | null;
              status: {
                text: string;
                until: string | null;
              } | null;
              isDeleted: boolean;
            };
            role: "admin" | "member" | "owner";
            joinedAt: string;
            joinedSeq: number;
            readSeq: number;
            deliveredSeq: number;
          } | null;
          lastMessage: {
            id: string;
            conversationId: string;
            seq: number;
            senderId: string;
            text: string;
            createdAt: string;
            editedAt?: string | undefined;
            pinnedAt?: string | undefined;
            deletedAt?: string | undefined;
            thread?: {
              id: string;
              replies: number;
              lastReplyAt: string | null;
            } | undefined;
            ciphertext?: string | undefined;
            replyTo?: number | undefined;
            mentions?: {
              userIds: string[];
              everyone?: true | undefined;
            } | undefined;
            forwarded?: {
              senderId: string;
              createdAt: string;
            } | undefined;
            story?: {
              id: string;
              authorId: string;
            } | undefined;
            attachments?: {
              id: string;
              name: string;
              size: number;
              type: string;
              kind: "archive" | "audio" | "document" | "image" | "video";
              width?: number | undefined;
              height?: number | undefined;
              blurhash?: string | undefined;
            }[] | undefined;
            metadata?: Record<string, Json> | undefined;
            preview?: {
              url: string;
              title: string;
              description?: string | undefined;
              siteName?: string | undefined;
            } | undefined;
            reactions?: {
              emoji: string;
              count: number;
              isMine: boolean;
            }[] | undefined;
          } | null;
          skipped: [number, number][];
          mentions: number[];
          draft: {
            text: string;
            replyTo?: number | undefined;
            updatedAt: string;
          } | null;
        }[];
        friends: {
          user: {
            id: string;
            username: string;
            fullName: string | null;
            avatar: string | null;
            status: {
              text: string;
              until: string | null;
            } | null;
            isDeleted: boolean;
          };
          since: string;
        }[];
        friendRequests: {
          user: {
            id: string;
            username: string;
            fullName: string | null;
            avatar: string | null;
            status: {
              text: string;
              until: string | null;
            } | null;
            isDeleted: boolean;
          };
          direction: "incoming" | "outgoing";
          createdAt: string;
        }[];
        contacts: {
          user: {
            id: string;
            username: string;
            fullName: string | null;
            avatar: string | null;
            status: {
              text: string;
              until: string | null;
            } | null;
            isDeleted: boolean;
          };
          alias: string | null;
          createdAt: string;
        }[];
        blocks: {
          user: {
            id: string;
            username: string;
            fullName: string | null;
            avatar: string | null;
            status: {
              text: string;
              until: string | null;
            } | null;
            isDeleted: boolean;
          };
          createdAt: string;
        }[];
        stories: {
          id: string;
          authorId: string;
          file: {
            id: string;
            name: string;
            size: number;
            type: string;
            kind: "archive" | "audio" | "document" | "image" | "video";
            width?: number | undefined;
            height?: number | undefined;
            blurhash?: string | undefined;
          };
          caption: string | null;
          createdAt: string;
          expiresAt: string;
          isSeen: boolean;
          views: number | null;
        }[];
        scheduled: {
          id: string;
          conversationId: string;
          text: string;
          sendAt: string;
          createdAt: string;
          updatedAt: string;
          failure?: "BANNED" | "FORBIDDEN" | "IDEMPOTENCY_CONFLICT" | "NOT_FOUND" | "PERSON_BLOCKED" | undefined;
          ciphertext?: string | undefined;
          replyTo?: number | undefined;
          mentions?: {
            userIds: string[];
            everyone?: true | undefined;
          } | undefined;
          attachments?: {
            id: string;
            name: string;
            size: number;
            type: string;
            kind: "archive" | "audio" | "document" | "image" | "video";
            width?: number | undefined;
            height?: number | undefined;
            blurhash?: string | undefined;
          }[] | undefined;
          metadata?: Record<string, Json> | undefined;
        }[];
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    unread: import("@trpc/server").TRPCQueryProcedure<{
      input: void;
      output: {
        total: number;
        mentions: number;
        conversations: {
          conversationId: string;
          unread: number;
          mentions: number;
        }[];
        threads: {
          conversationId: string;
          unread: number;
          mentions: number;
        }[];
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
  };
  admin: {
    users: import("@trpc/server").TRPCQueryProcedure<{
      input: {
        username?: string | undefined;
        email?: string | undefined;
        after?: string | undefined;
        limit?: number | undefined;
      };
      output: {
        users: {
          id: string;
          username: string;
          fullName: string | null;
          email: string | null;
          isEmailVerified: boolean;
          role: "ADMIN" | "MODERATOR" | "USER";
          bannedAt: string | null;
          bannedUntil: string | null;
          createdAt: string;
          isDeleted: boolean;
        }[];
        hasMore: boolean;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    audit: import("@trpc/server").TRPCQueryProcedure<{
      input: {
        userId?: string | undefined;
        before?: {
          at: string;
          id: string;
        } | undefined;
        limit?: number | undefined;
      };
      output: {
        records: {
          id: string;
          at: string;
          action: "account-deleted" | "banned" | "email-changed" | "email-verified" | "login" | "login-failed" | "logout" | "message-deleted" | "password-changed" | "password-reset" | "refresh-reused" | "report-closed" | "role-changed" | "session-revoked" | "unbanned";
          userId: string | null;
          actorId: string | null;
          address: string;
          details: Record<string, string | number | boolean | null>;
        }[];
        hasMore: boolean;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    setRole: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        userId: string;
        role: "ADMIN" | "MODERATOR" | "USER";
      };
      output: {
        id: string;
        username: string;
        fullName: string | null;
        email: string | null;
        isEmailVerified: boolean;
        role: "ADMIN" | "MODERATOR" | "USER";
        bannedAt: string | null;
        bannedUntil: string | null;
        createdAt: string;
        isDeleted: boolean;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    ban: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        userId: string;
        until?: string | undefined;
        reason?: "harassment" | "illegal-content" | "impersonation" | "other" | "spam" | undefined;
      };
      output: {
        id: string;
        username: string;
        fullName: string | null;
        email: string | null;
        isEmailVerified: boolean;
        role: "ADMIN" | "MODERATOR" | "USER";
        bannedAt: string | null;
        bannedUntil: string | null;
        createdAt: string;
        isDeleted: boolean;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    unban: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        userId: string;
      };
      output: {
        id: string;
        username: string;
        fullName: string | null;
        email: string | null;
        isEmailVerified: boolean;
        role: "ADMIN" | "MODERATOR" | "USER";
        bannedAt: string | null;
        bannedUntil: string | null;
        createdAt: string;
        isDeleted: boolean;
      };
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
    endSessions: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        userId: string;
      };
      output: null;
      meta: Meta;
      errorShape: import("@trpc/server").TRPCDefaultErrorShape;
    }>;
  };
};
/**
 * The API's type, for clients: the procedures and nothing of the server. It must never mention the built
 * router: one mention would bring the context, and with it the database, into every client.
 */
type AppRouter = TRPCBuiltRouter<{
  ctx: object;
  meta: object;
  errorShape: ApiErrorShape;
  transformer: true;
}, typeof apiRecord>;
/** Every procedure of the server, typed: `api.messages.list.query({ … })`. */
type Api = TRPCClient<AppRouter>;
type MaybePromise<Value> = Value | Promise<Value>;
/** Where tokens are kept. Anything with these three will do, synchronous or not. */
interface TokenStorage {
  get(key: string): MaybePromise<string | null | undefined>;
  set(key: string, value: string): MaybePromise<unknown>;
  remove(key: string): MaybePromise<unknown>;
}
/** Where all is kept that outlives a restart: the outbox, the marks, and the tokens if they go nowhere else. */
interface Storage extends TokenStorage {
  /** All that there are, those of others among them. */
  keys(): MaybePromise<readonly string[]>;
}
/** Keeps nothing beyond the life of the page or process. */
declare function memoryStorage(): Storage;
/** What is used of `localStorage`, by its shape. */
interface WebStorage {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}
/** `webStorage(localStorage)`: a browser's, which its tabs share. What is written is there at once. */
declare function webStorage(storage: WebStorage): Storage;
/** What is used of React Native's `AsyncStorage`, by its shape. */
interface AsyncStorageLike {
  getItem(key: string): Promise<string | null>;
  setItem(key: string, value: string): Promise<void>;
  removeItem(key: string): Promise<void>;
  getAllKeys(): Promise<readonly string[]>;
}
/** `asyncStorage(AsyncStorage)`: that of `@react-native-async-storage/async-storage`. */
declare function asyncStorage(storage: AsyncStorageLike): Storage;
/** A browser's IndexedDB, which its tabs share and which takes more than `localStorage`. One database of this name. */
declare function indexedDbStorage(name?: string): Storage;
/** What the client uses of a WebSocket. The browser's, Node's, React Native's and `ws`'s have it. */
interface WebSocketLike {
  binaryType: string;
  send(data: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'open' | 'message' | 'error' | 'close', listener: (event: {
    type: string;
    data?: unknown;
    code?: number;
    reason?: string;
  }) => void): void;
}
type WebSocketConstructor = new (url: string) => WebSocketLike;
/** What the client uses of `fetch`. */
type Fetch = (url: string, init?: {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  credentials?: 'include';
}) => Promise<FetchResponse>;
interface FetchResponse {
  readonly ok: boolean;
  readonly status: number;
  json(): Promise<unknown>;
}
/**
 * An `EventSource` class whose requests go through the `fetch` in its second argument, as that of the package
 * `eventsource` does. A browser's own one cannot send the token.
 */
type EventSourceConstructor = new (url: string, init: never) => object;
/** What the client uses of a `Blob` or a `File`. */
interface BlobLike {
  readonly size: number;
  slice(start?: number, end?: number): BlobLike;
}
/** What can be uploaded: a `Blob` or `File`, bytes, or, in React Native, where a file of the device is. */
type UploadContent = BlobLike | Uint8Array | {
  readonly uri: string;
};
/** A value that changes: what `useSyncExternalStore`, signals and stores of any framework can follow. */
interface Readable<Value> {
  /** The value now. The same object until it changes. */
  get(): Value;
  /** Calls back after each change, until the function it returns is called. */
  subscribe(listener: (value: Value) => void): () => void;
}
/** How far an upload is. `sent` and `size` are bytes; a size is unknown until the file was read. */
type UploadState = {
  readonly sent: number;
  readonly size: number | undefined;
} & ({
  readonly status: 'starting' | 'sending' | 'completing' | 'cancelled';
} | {
  readonly status: 'done';
  readonly file: FileInfo;
} |
/** Refused, or given up by logging out or closing. `error` is for `isParleyError`. */
{
  readonly status: 'failed';
  readonly error: Error;
});
/** A file on its way. */
interface Upload {
  readonly state: Readable<UploadState>;
  /**
   * Resolves with the file, to be used by its id; rejects when it is refused or cancelled. It waits for as long as there is no
   * connection. Nobody has to look at it.
   */
  readonly done: Promise<FileInfo>;
  /** Gives it up, if it is not done. */
  cancel(): void;
}
interface UploadOptions {
  /** What it is called. It gets the ending of what is in it. */
  name: string;
  /** What it is for: this decides how large it may be, and of which types. */
  purpose: FilePurpose;
  /** Aborting cancels it. */
  signal?: {
    readonly aborted: boolean;
    addEventListener(type: 'abort', listener: () => void): void;
  };
}
interface AuthOptions {
  /**
   * For an application with a sign-in of its own: gives the access token, freshly for every connection. Null
   * when nobody is signed in. Without it, the client keeps and refreshes the tokens of `login` and `register`.
   */
  getToken?: () => MaybePromise<string | null>;
  /**
   * For web pages: the refresh token is kept in a cookie that no script can read, and nothing secret is stored. The
   * page's origin has to be one that the server allows, on the same site. `storage` then says after a restart
   * whether there is a session.
   */
  cookie?: boolean;
  /** Where the tokens are kept, if not in the `storage` of the client: a phone's SecureStore for one. */
  storage?: TokenStorage;
  /** The session is over: it was revoked, or its token is not taken any more. Somebody has to log in again. */
  onSessionExpired?: () => void;
}
/** What somebody writes, and where: in a conversation, or to somebody, with whom there may be none yet. */
type NewMessage = MessageContent & ({
  conversationId: string;
  toUserId?: undefined;
} | {
  toUserId: string;
  conversationId?: undefined;
});
/** An own message on its way. */
type OutgoingMessage = Readonly<NewMessage> & {
  /** The key under which it is stored once, however often it has to be sent. */
  readonly clientMessageId: string;
  /**
   * `queued`: waits for its turn or for the connection. `sending`: on its way. `sent`: stored, and not yet come
   * by the stream. `failed`: refused; it stays until it is retried or cancelled.
   */
  readonly status: 'queued' | 'sending' | 'sent' | 'failed';
  /** How often it went out and nothing is known of what became of it. */
  readonly unanswered: number;
  /** What was stored, once it is `sent`. */
  readonly message: Message | undefined;
  /** Why it `failed`: an error for `isParleyError`. */
  readonly error: Error | undefined;
};
/** The people whom this person has to do with, by user id; undefined while not loaded. Who is deleted is in none. */
interface People {
  readonly friends: Readonly<Record<string, Friend>> | undefined;
  /** Those that wait for an answer, from either side: there is at most one between two people. */
  readonly friendRequests: Readonly<Record<string, FriendRequest>> | undefined;
  readonly contacts: Readonly<Record<string, Contact>> | undefined;
  /** Whom this person has blocked. */
  readonly blocks: Readonly<Record<string, Block>> | undefined;
}
/** The same as a snapshot tells it. */
interface PeopleLists {
  friends: Friend[];
  friendRequests: FriendRequest[];
  contacts: Contact[];
  blocks: Block[];
}
/** What this person has scheduled, by the id that the message will have; undefined while not loaded. */
interface Schedule {
  readonly scheduled: Readonly<Record<string, Scheduled>> | undefined;
}
/** What is scheduled, the next one first; with a conversation, what is for it. Those that could not be sent are among them. */
declare const scheduledOf: ({ scheduled }: Schedule, conversationId?: string) => Scheduled[];
/** Stories as the state keeps them: by id; undefined while not loaded. */
type Stories = Readonly<Record<string, Story>> | undefined;
/**
 * The stories of others that are not over, by author, as `stories.feed` has them: those with one that this person has
 * not seen first, and of these and of the others whoever has the newest. `now` in milliseconds, as of `Date.now()`.
 */
declare function storiesOf(state: ChatState, now: number): StoriesOfAuthor[];
/** One's own that are not over, the newest first. */
declare const ownStoriesOf: (state: ChatState, now: number) => Story[];
/**
 * All that the client knows, as immutable values: what did not change keeps its identity. Unknown is not empty:
 * what was not loaded is `undefined`.
 */
interface ChatState extends People, Schedule {
  readonly me: OwnUser | undefined;
  /**
   * By id: the most recent ones first loaded, older ones once they were asked for or somebody wrote in them. Threads are
   * among them, see `conversationsOf` and `threadsOf`.
   */
  readonly conversations: Readonly<Record<string, ConversationState>> | undefined;
  /** Whether there are older conversations on the server than the first load brought. */
  readonly hasMoreConversations: boolean;
  /** The stories that this person sees, their own among them, by id: see `storiesOf` and `ownStoriesOf`. */
  readonly stories: Stories;
  /** Own messages that are not in a timeline yet, in the order they were sent. */
  readonly outbox: readonly OutgoingMessage[];
  /**
   * How people are, by user id, as far as it was told. Who is not in it is unknown, not offline: while not connected,
   * and of people whom the server does not tell of by itself, nothing is known.
   */
  readonly presence: Readonly<Record<string, Presence>>;
  /** Who writes at this moment: by conversation and user id, until when at the latest. Never oneself. */
  readonly typing: Readonly<Record<string, Readonly<Record<string, string>>>>;
}
interface ConversationState extends ConversationView {
  /** By user id; undefined while not loaded. */
  readonly members: Readonly<Record<string, Member>> | undefined;
  readonly timeline: Timeline;
}
/**
 * The part of a conversation's history that is known: every message in `from..to` that this person may see. A
 * `seq` missing in between is a message withheld from them. Nothing is known before `from`. The range is empty when
 * `from` is `to + 1`.
 */
interface Timeline {
  readonly from: number;
  readonly to: number;
  /** `to` follows the stream. If not, this is some part of the history, and what is new is counted and not in it. */
  readonly isAtEnd: boolean;
  /** By ascending `seq`. */
  readonly messages: readonly Message[];
}
/** What `sync.bootstrap` answers: everything of one moment, and that moment's cursor. */
interface Bootstrap extends PeopleLists {
  cursor: string;
  me: OwnUser;
  conversations: ConversationView[];
  hasMore: boolean;
  /** Those that this person follows, the most recently active ones. */
  threads: ConversationView[];
  scheduled: Scheduled[];
  /** Those that this person sees, the newest of them; their own among them. */
  stories: Story[];
}
declare const emptyState: ChatState;
/** Messages this person has not read. */
declare const unreadOf: ({ lastSeq, me, skipped }: ConversationView) => number;
/** The conversations that are known, the most recently active first, without the threads. */
declare const conversationsOf: (state: ChatState) => ConversationState[];
/** The same of the threads that this person follows; with a conversation, of those about its messages. */
declare const threadsOf: (state: ChatState, conversationId?: string) => ConversationState[];
/**
 * What this person has not read in all that is known of their conversations; where `hasMoreConversations` is true, only
 * the server knows all of it: `sync.unread`.
 */
declare function totalsOf({ conversations }: ChatState): Unread;
/** What a person says of the moment; null once it is over. `now` in milliseconds, as of `Date.now()`. */
declare const statusAt: ({ status }: PublicUser, now: number) => Status | null;
/** Whether the history begins before what is known of it. */
declare const hasMoreBefore: ({ timeline, me }: ConversationState) => boolean;
/** Whether the history goes on behind what is known of it, as after a jump to an older message. */
declare const hasMoreAfter: ({ timeline }: ConversationState) => boolean;
/** The state that a bootstrap tells. Only the outbox outlives it: the log may not be the same one any more. */
declare function takeBootstrap(state: ChatState, snapshot: Bootstrap): ChatState;
/** What listeners and the reducer get: a type that this version does not know yet is `unknown`. */
type ReceivedEvent = StreamItem | UnknownEvent;
interface UnknownEvent {
  type: 'unknown';
}
/**
 * The state after an event of the log, or after what is true only now. Pure, and idempotent: events carry absolute values, marks and counters
 * only move forward, so that applying again what was applied changes nothing. Events of a conversation that is
 * not known change nothing either; the caller loads it.
 */
declare function applyEvent(state: ChatState, event: ReceivedEvent): ChatState;
/**
 * `idle`: nobody is signed in, or the client is closed. `connecting`: for the first time. `catching-up`: what
 * was missed is on its way. `live`: nothing is missing. `reconnecting`: the connection was lost just now.
 * `offline`: it does not come back, and is tried again and again. `unauthorized`: the session is over; log in.
 */
type ConnectionStatus = 'idle' | 'connecting' | 'live' | 'catching-up' | 'reconnecting' | 'offline' | 'unauthorized';
/** Where to load a page. */
interface PageInput {
  conversationId: string;
  /** Messages a page: 1 to 100; 50 if not given. */
  limit?: number;
}
/** A conversation's timeline, page by page. Errors of each: `NOT_FOUND`. */
interface Pages {
  /** Loads the page before what is known, if there is one: see `hasMoreBefore`. */
  loadOlder(input: PageInput): Promise<void>;
  /** Loads the page behind what is known, if the timeline stands away from the end: see `hasMoreAfter`. */
  loadNewer(input: PageInput): Promise<void>;
  /**
   * Loads what is around a message, unless it is known. If that does not touch what is known, the timeline stands there from
   * then on, away from the end.
   */
  jumpTo(input: PageInput & {
    seq: number;
  }): Promise<void>;
  /** Brings the timeline back to the end, where it follows the stream. */
  toLatest(input: PageInput): Promise<void>;
}
/** What has become of one message so far. */
type SendingState = {
  readonly status: 'queued' | 'sending';
} | {
  readonly status: 'sent';
  readonly message: Message;
} |
/** Refused, or given up by logging out or closing. `error` is for `isParleyError`. */
{
  readonly status: 'failed';
  readonly error: Error;
} | {
  readonly status: 'cancelled';
};
/** One message that was given to `messages.send`. It is on its way, whether this is kept or not. */
interface Sending extends Readable<SendingState> {
  readonly clientMessageId: string;
  /**
   * Resolves with the stored message; rejects when it fails or is cancelled. It waits for as long as there is
   * no answer. After `retry` it is a new promise. Nobody has to look at it.
   */
  readonly result: Promise<Message>;
  /** Sends a failed one again, as the newest of its conversation. */
  retry(): void;
  /**
   * Takes it back if it never went out, or failed; false if it is too late. One that failed is not sent again
   * then, but an attempt before, whose answer was lost, may have stored it.
   */
  cancel(): boolean;
}
interface ClientOptions {
  /** Where the server is: `https://chat.example.com`. */
  url: string;
  /**
   * `ws`: one WebSocket for everything. `sse`: HTTP with server-sent events. `auto`, if not given: a WebSocket, and where
   * sockets are blocked and HTTP is not, server-sent events until one opens. React Native has none: there it is `ws`.
   */
  transport?: 'auto' | 'ws' | 'sse';
  auth?: AuthOptions;
  /**
   * Where the session, what was not sent and marks are kept, so that they outlive a restart: `webStorage(localStorage)`,
   * `indexedDbStorage()` or `asyncStorage(AsyncStorage)`. Nowhere, if not given.
   */
  storage?: Storage;
  /** For runtimes that have none of their own. */
  WebSocket?: WebSocketConstructor;
  fetch?: Fetch;
  /**
   * Whether whatever comes to this device is marked as delivered by itself (`auto`, if not given), at most once a second and
   * conversation; or by the application, with `messages.markDelivered`.
   */
  delivered?: 'auto' | 'manual';
  /** Instead of the class of the package `eventsource`, for runtimes that need another. */
  EventSource?: EventSourceConstructor;
}
/** A client of one server, for one person at a time. */
interface ChatClient {
  /**
   * Makes an account and signs in. Null where the server wants the address verified first: its owner has a mail,
   * `api.auth.verifyEmail` takes what is in it, and then one can log in. Errors: those of `auth.register`.
   */
  register(input: Omit<Parameters<Api['auth']['register']['mutate']>[0], 'refreshTokenIn'>): Promise<OwnUser | null>;
  /** Signs in; the state fills right after. Errors: those of `auth.login`. */
  login(input: Omit<Parameters<Api['auth']['login']['mutate']>[0], 'refreshTokenIn'>): Promise<OwnUser>;
  /**
   * Signs out and forgets everything of this person on this device, what was not sent included. Rejects if the server could not
   * be told.
   */
  logout(): Promise<void>;
  /** The server's procedures, typed. What is asked here does not go into the state. */
  readonly api: Api;
  /** Calls back for each event of this type, after the state has it, until the function it returns is called. */
  on<Type extends ReceivedEvent['type']>(type: Type, listener: (event: Extract<ReceivedEvent, {
    type: Type;
  }>) => void): () => void;
  readonly connection: Readable<ConnectionStatus> & {
    /** Whether it has not been live for five seconds, although somebody is signed in: time to say so. */
    readonly isTakingLong: Readable<boolean>;
  };
  /**
   * Connects now instead of at the end of a wait, and finds out in 3 seconds whether a connection that seems open still
   * is: for when there is a network again, or somebody looks again. In browsers it is called by itself.
   */
  wake(): void;
  readonly state: Readable<ChatState>;
  /** With them, a conversation's timeline in the state is loaded page by page, in both directions and from anywhere. */
  readonly messages: Pages & {
    /**
     * Puts a message into the outbox: it shows in the state as soon as it is stored, with a storage that answers at once
     * or without one immediately, and goes out as soon as it can. It has a `text` or a `ciphertext`, and what goes with
     * it. It goes into a conversation, or to a person, `toUserId`, with whom one is opened if there is none. A draft that
     * is kept there stays: the application takes it away, `api.drafts.set`. Throws `TOO_MANY`, of `outbox`, when 500
     * are not sent.
     */
    send(draft: NewMessage): Sending;
    /**
     * One of the outbox, by its key, to retry or cancel it, from before a restart too. Undefined once it is sent or
     * cancelled.
     */
    sending(clientMessageId: string): Sending | undefined;
    /**
     * Marks a conversation as read up to a seq: in the state at once, at the server as soon as it can. Resolves
     * when the server has it. Errors: `NOT_FOUND`.
     */
    markRead(input: {
      conversationId: string;
      seq: number;
    }): Promise<void>;
    /**
     * The same for what has come to this device: so that others see it as delivered. Only needed where the option
     * `delivered` is `manual`; whatever is read has come, too.
     */
    markDelivered(input: {
      conversationId: string;
      seq: number;
    }): Promise<void>;
  };
  readonly conversations: {
    /** Loads one conversation into the state, such as one older than the first load brought. Errors: `NOT_FOUND`. */
    load(input: {
      conversationId: string;
    }): Promise<void>;
    /** Loads everybody in a conversation into the state, page by page. Errors: `NOT_FOUND`. */
    loadMembers(input: {
      conversationId: string;
    }): Promise<Member[]>;
  };
  readonly files: {
    /**
     * Uploads a file, so that it can be used by its id: in a message's `attachments`, as an avatar, as an icon, in a story. It
     * goes on where it broke off when the link is lost or the server starts anew, but not when this application does.
     * Errors of `done`: those of `uploads.create` and `uploads.complete`.
     */
    upload(content: UploadContent, options: UploadOptions): Upload;
    /**
     * An address to download or show a file, for the next minutes; with `thumbnail`, the smaller one of an image. It is
     * asked for once and kept as long as it is good. Errors: `NOT_FOUND`.
     */
    link(input: {
      fileId: string;
      thumbnail?: boolean;
    }): Promise<string>;
  };
  /**
   * Somebody presses keys in a conversation: call it at each of them. It says so to the others at most every three
   * seconds, and sending ends it. While there is no connection it does nothing.
   */
  typing(conversationId: string): void;
  /** Sets how this person wants to be taken, on all devices. The state has it as `me.availability`. */
  setPresence(status: Availability): Promise<void>;
  /** Ends the connection for good. What was not sent is given up, or kept for the next start, if there is a `storage`. */
  close(): Promise<void>;
}
/** A client. With a kept session, or with `auth.getToken`, it connects by itself; else after `login`. */
declare function createClient(options: ClientOptions): ChatClient;
/** A refusal of the server: `data` is its code with what belongs to it. */
interface ParleyError<Code extends ErrorCode = ErrorCode> extends Error {
  readonly data: Extract<WireError, {
    code: Code;
  }>;
}
/**
 * Whether the server refused, and, given a code, refused for that reason: `error.data` is typed by it. False
 * for whatever else can go wrong on the way: then nothing is known of the outcome.
 */
declare function isParleyError<Code extends ErrorCode = ErrorCode>(error: unknown, code?: Code): error is ParleyError<Code>;
type Marks = Pick<Member, 'readSeq' | 'deliveredSeq'>;
/**
 * How far a message has come with a member of its conversation: read by them, come to one of their devices, or neither
 * as far as it is known. Of its own sender, who has read it, it says nothing of use.
 */
declare function receiptOf(member: Marks, { seq }: Pick<Message, 'seq'>): Receipt;
export { type Api, type AppRouter, type AsyncStorageLike, type AuthOptions, type Availability, type BlobLike, type Block, type Bootstrap, type ChatClient, type ChatEvent, type ChatState, type ClientOptions, type ConnectionStatus, type Contact, type Conversation, type ConversationState, type ConversationUnread, type ConversationView, type Draft, type EphemeralEvent, type ErrorCode, type ErrorData, type EventSourceConstructor, type Fetch, type FileInfo, type FilePurpose, type Friend, type FriendRequest, type LinkPreview, type Member, type Membership, type MembershipSettings, type Message, type MessageContent, type OutgoingMessage, type OwnUser, type PageInput, type Pages, type ParleyError, type People, type Presence, type Profile, type PublicUser, type Reaction, type Readable, type Receipt, type ReceivedEvent, type Report, type ReportOutcome, type ReportReason, type Schedule, type Scheduled, type ScheduledFailure, type Sending, type SendingState, type SeqRange, type Settings, type Status, type Storage, type Stories, type StoriesOfAuthor, type Story, type StoryReference, type StreamItem, type StreamNotice, type Thread, type Timeline, type TokenStorage, type UnknownEvent, type Unread, type Upload, type UploadContent, type UploadOptions, type UploadState, type WebSocketConstructor, type WebStorage, type WireError, applyEvent, asyncStorage, conversationsOf, createClient, emptyState, hasMoreAfter, hasMoreBefore, indexedDbStorage, isParleyError, memoryStorage, ownStoriesOf, receiptOf, scheduledOf, statusAt, storiesOf, takeBootstrap, threadsOf, totalsOf, unreadOf, webStorage };