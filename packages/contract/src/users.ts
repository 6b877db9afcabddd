import { z } from 'zod';
import { id, timestamp } from './ids.ts';

/** Roles of the installation, not of a group: a moderator looks after what people do, an admin after everything. */
export type Role = 'USER' | 'MODERATOR' | 'ADMIN';

export const role = z.enum(['USER', 'MODERATOR', 'ADMIN']) satisfies z.ZodType<Role>;

/** What anybody may know of a person. Never the e-mail address. */
export type PublicUser = {
  id: string;
  username: string;
  fullName: string | null;
  /** The account is gone. Shown as "Deleted user"; the username is a placeholder. */
  isDeleted: boolean;
};

export const publicUser = z.object({
  id,
  username: z.string(),
  fullName: z.string().nullable(),
  isDeleted: z.boolean(),
}) satisfies z.ZodType<PublicUser>;

/** What a person sees of their own account. */
export type OwnUser = PublicUser & {
  email: string;
  /** Whether they have shown that the address is theirs. */
  isEmailVerified: boolean;
  role: Role;
  createdAt: string;
};

export const ownUser = publicUser.extend({
  email: z.string(),
  isEmailVerified: z.boolean(),
  role,
  createdAt: timestamp,
}) satisfies z.ZodType<OwnUser>;
