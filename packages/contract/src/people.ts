import { z } from 'zod';
import { timestamp } from './ids.ts';
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
