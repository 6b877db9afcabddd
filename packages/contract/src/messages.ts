import { z } from 'zod';
import { type FileInfo, fileInfo } from './files.ts';
import { id, seq, timestamp } from './ids.ts';
import { type StoryReference, storyReference } from './stories.ts';

/** Anything that JSON can say. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Whom a message calls by name. Clients mark them in the text as they like. */
export type Mentions = {
  userIds: string[];
  /** All members of the group. */
  everyone?: true | undefined;
};

/** What a page says of itself to which a message has a link. Nobody vouches for it. */
export type LinkPreview = {
  /** The first link of the text, as `URL` writes it. */
  url: string;
  title: string;
  description?: string | undefined;
  siteName?: string | undefined;
};

/** What only some messages have. */
export type MessageExtras = {
  /** The sender's own ciphertext, as base64, in place of a text. The server does not read it. */
  ciphertext?: string | undefined;
  /** The `seq` of the message that it answers, in the same conversation. */
  replyTo?: number | undefined;
  mentions?: Mentions | undefined;
  /** Whose words these are, and of when, in another conversation or this one. */
  forwarded?: { senderId: string; createdAt: string } | undefined;
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
export type MessageContent = Pick<MessageExtras, 'ciphertext' | 'replyTo' | 'mentions' | 'metadata'> & {
  text?: string | undefined;
  /** The ids of the sender's own files, each of them complete and sent nowhere yet. */
  attachments?: string[] | undefined;
};

/** One emoji in which people have reacted to a message. */
export type Reaction = {
  emoji: string;
  /** How many people. */
  count: number;
  /** Whether whoever reads this is one of them. */
  isMine: boolean;
};

/** The thread about a message, as the message has it. */
export type Thread = {
  /** The id of the thread, which is a conversation. */
  id: string;
  /** How many messages there are in it, deleted ones included. */
  replies: number;
  /** When the newest of them came; null while there is none. */
  lastReplyAt: string | null;
};

export const thread = z.object({
  id,
  replies: seq,
  lastReplyAt: timestamp.nullable(),
}) satisfies z.ZodType<Thread>;

/** One message, the same in direct and in group conversations. */
export type Message = MessageExtras & {
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

/** By our own name: the published types say nothing of Zod. */
export const json: z.ZodType<Json, Json> = z.json();

export const mentions = z.object({
  userIds: z.array(id),
  everyone: z.literal(true).optional(),
}) satisfies z.ZodType<Mentions>;

export const linkPreview = z.object({
  url: z.string(),
  title: z.string(),
  description: z.string().optional(),
  siteName: z.string().optional(),
}) satisfies z.ZodType<LinkPreview>;

export const reaction = z.object({
  emoji: z.string(),
  count: z.int(),
  isMine: z.boolean(),
}) satisfies z.ZodType<Reaction>;

export const message = z.object({
  id,
  conversationId: id,
  seq,
  senderId: id,
  text: z.string(),
  createdAt: timestamp,
  editedAt: timestamp.optional(),
  pinnedAt: timestamp.optional(),
  deletedAt: timestamp.optional(),
  thread: thread.optional(),
  ciphertext: z.string().optional(),
  replyTo: seq.optional(),
  mentions: mentions.optional(),
  forwarded: z.object({ senderId: id, createdAt: timestamp }).optional(),
  story: storyReference.optional(),
  attachments: z.array(fileInfo).optional(),
  metadata: z.record(z.string(), json).optional(),
  preview: linkPreview.optional(),
  reactions: z.array(reaction).optional(),
}) satisfies z.ZodType<Message>;

/** What a message said at one time. */
export type MessageVersion = Pick<Message, 'text' | 'ciphertext' | 'mentions'> & { writtenAt: string };

export const messageVersion = message
  .pick({ text: true, ciphertext: true, mentions: true })
  .extend({ writtenAt: timestamp }) satisfies z.ZodType<MessageVersion>;
