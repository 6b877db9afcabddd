import { z } from 'zod';
import { id, timestamp } from './ids.ts';
import { type Availability, availability } from './presence.ts';

/** Roles of the installation, not of a group: a moderator looks after what people do, an admin after everything. */
export type Role = 'USER' | 'MODERATOR' | 'ADMIN';

export const role = z.enum(['USER', 'MODERATOR', 'ADMIN']) satisfies z.ZodType<Role>;

/** What a person says of the moment. Once `until` has passed it is over: show none. Null: until it is changed. */
export type Status = { text: string; until: string | null };

export const status = z.object({ text: z.string(), until: timestamp.nullable() }) satisfies z.ZodType<Status>;

/** What anybody may know of a person. Never the e-mail address. */
export type PublicUser = {
  id: string;
  username: string;
  fullName: string | null;
  /** A file, for `files.link`. */
  avatar: string | null;
  status: Status | null;
  /** The account is gone. Shown as "Deleted user"; the username is a placeholder. */
  isDeleted: boolean;
};

export const publicUser = z.object({
  id,
  username: z.string(),
  fullName: z.string().nullable(),
  avatar: id.nullable(),
  status: status.nullable(),
  isDeleted: z.boolean(),
}) satisfies z.ZodType<PublicUser>;

/** A person's page: what `users.get` tells. */
export type Profile = PublicUser & { bio: string | null };

export const profile = publicUser.extend({ bio: z.string().nullable() }) satisfies z.ZodType<Profile>;

/**
 * What a person lets others do and see. Contacts are those whom the person has as a contact; a friend counts as one.
 */
export type Settings = {
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

export const settings = z.object({
  dmPolicy: z.enum(['everyone', 'contacts', 'friends']),
  lastSeenFor: z.enum(['everyone', 'contacts', 'nobody']),
  readReceipts: z.boolean(),
  groupAddsBy: z.enum(['everyone', 'contacts', 'friends']),
}) satisfies z.ZodType<Settings>;

/** What a person sees of their own account. */
export type OwnUser = Profile & {
  email: string;
  /** Whether they have shown that the address is theirs. */
  isEmailVerified: boolean;
  role: Role;
  settings: Settings;
  availability: Availability;
  createdAt: string;
};

export const ownUser = profile.extend({
  email: z.string(),
  isEmailVerified: z.boolean(),
  role,
  settings,
  availability,
  createdAt: timestamp,
}) satisfies z.ZodType<OwnUser>;
