import { z } from 'zod';
import { id, seq, timestamp } from './ids.ts';
import { type PublicUser, publicUser } from './users.ts';

/** Two people who are friends, as one of them sees the other. */
export type Friend = { user: PublicUser; since: string };

export const friend = z.object({ user: publicUser, since: timestamp }) satisfies z.ZodType<Friend>;

/** A request that waits for its answer, as one of the two sees it: there is at most one between two people. */
export type FriendRequest = {
  /** The other person. */
  user: PublicUser;
  /** `outgoing`: this person asked; `incoming`: the other one did. */
  direction: 'incoming' | 'outgoing';
  createdAt: string;
};

export const friendRequest = z.object({
  user: publicUser,
  direction: z.enum(['incoming', 'outgoing']),
  createdAt: timestamp,
}) satisfies z.ZodType<FriendRequest>;

/** Somebody in a person's address book, which nobody else sees. */
export type Contact = {
  user: PublicUser;
  /** What the owner calls them; null where the name will do. */
  alias: string | null;
  createdAt: string;
};

export const contact = z.object({
  user: publicUser,
  alias: z.string().nullable(),
  createdAt: timestamp,
}) satisfies z.ZodType<Contact>;

/** Somebody whom a person has blocked. */
export type Block = { user: PublicUser; createdAt: string };

export const block = z.object({ user: publicUser, createdAt: timestamp }) satisfies z.ZodType<Block>;

/** Why somebody or something is reported. */
export const REPORT_REASONS = [
  'spam',
  'harassment',
  'violence',
  'impersonation',
  'illegal',
  'other',
] as const;
export type ReportReason = (typeof REPORT_REASONS)[number];

/** What a moderator has found of a report: that it is right, or that there is nothing in it. */
export const REPORT_OUTCOMES = ['upheld', 'dismissed'] as const;
export type ReportOutcome = (typeof REPORT_OUTCOMES)[number];

/** A report as moderators see it. */
export type Report = {
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

export type ReportedMessage = {
  id: string;
  conversationId: string;
  /** Its place; null when it is kept no longer. */
  seq: number | null;
  /** What it said when it was reported. */
  text: string | null;
};

export type ReportedStory = {
  id: string;
  /** Moderators may read it for as long as there is the report. */
  fileId: string;
  caption: string | null;
};

export type ClosedReport = { at: string; by: PublicUser; outcome: ReportOutcome };

export const report = z.object({
  id,
  createdAt: timestamp,
  reporter: publicUser,
  user: publicUser,
  message: z.object({ id, conversationId: id, seq: seq.nullable(), text: z.string().nullable() }).nullable(),
  story: z.object({ id, fileId: id, caption: z.string().nullable() }).nullable(),
  reason: z.enum(REPORT_REASONS),
  comment: z.string().nullable(),
  closed: z.object({ at: timestamp, by: publicUser, outcome: z.enum(REPORT_OUTCOMES) }).nullable(),
}) satisfies z.ZodType<Report>;
