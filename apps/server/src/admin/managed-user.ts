import { id, type Role, role, timestamp } from '@parley/contract';
import { z } from 'zod';
import type { User } from '../database/generated/client.ts';
import { banOf } from './ban-of.ts';

/** An account as those see it who look after it. */
export const managedUser = z.object({
  id,
  username: z.string(),
  fullName: z.string().nullable(),
  /** For admins; null for a moderator. */
  email: z.string().nullable(),
  isEmailVerified: z.boolean(),
  role,
  /** Since when they are banned; null when they are not, or no longer. */
  bannedAt: timestamp.nullable(),
  /** Until when; null for good. */
  bannedUntil: timestamp.nullable(),
  createdAt: timestamp,
  isDeleted: z.boolean(),
});
export type ManagedUser = z.infer<typeof managedUser>;

/** A row of theirs, for somebody with this role. */
export function toManagedUser(user: User, viewer: Role, now: Date): ManagedUser {
  const ban = banOf(user, now);
  return {
    id: user.id,
    username: user.username,
    fullName: user.fullName,
    email: viewer === 'ADMIN' ? user.email : null,
    isEmailVerified: user.emailVerifiedAt !== null,
    role: user.role,
    bannedAt: ban?.since.toISOString() ?? null,
    bannedUntil: ban?.until?.toISOString() ?? null,
    createdAt: user.createdAt.toISOString(),
    isDeleted: user.deletedAt !== null,
  };
}
