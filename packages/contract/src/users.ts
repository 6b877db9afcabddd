import { z } from 'zod';
import { id, timestamp } from './ids.ts';

/** What anybody may know of a person. Never the e-mail address. */
export const publicUser = z.object({
  id,
  username: z.string(),
  fullName: z.string().nullable(),
});
export type PublicUser = z.infer<typeof publicUser>;

/** What a person sees of their own account. */
export const ownUser = publicUser.extend({
  email: z.string(),
  createdAt: timestamp,
});
export type OwnUser = z.infer<typeof ownUser>;
