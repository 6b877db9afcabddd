import { z } from 'zod';
import { id, timestamp } from './ids.ts';

/** What anybody may know of a person. Never the e-mail address. */
export type PublicUser = {
  id: string;
  username: string;
  fullName: string | null;
};

export const publicUser = z.object({
  id,
  username: z.string(),
  fullName: z.string().nullable(),
}) satisfies z.ZodType<PublicUser>;

/** What a person sees of their own account. */
export type OwnUser = PublicUser & {
  email: string;
  createdAt: string;
};

export const ownUser = publicUser.extend({
  email: z.string(),
  createdAt: timestamp,
}) satisfies z.ZodType<OwnUser>;
