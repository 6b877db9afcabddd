import { z } from 'zod';
import { id, timestamp } from './ids.ts';

/** A link by which people come into a group. Its token is told once, to whoever made it. */
export type Invite = {
  id: string;
  /** Who made it. */
  creatorId: string;
  createdAt: string;
  expiresAt: string;
  /** How many people may come by it; null: any number. */
  maxUses: number | null;
  /** How many have. */
  uses: number;
};

export const invite = z.object({
  id,
  creatorId: id,
  createdAt: timestamp,
  expiresAt: timestamp,
  maxUses: z.int().nullable(),
  uses: z.int(),
}) satisfies z.ZodType<Invite>;

/** What somebody sees of a group before they come into it. */
export type InvitePreview = { title: string | null; description: string | null; memberCount: number };

export const invitePreview = z.object({
  title: z.string().nullable(),
  description: z.string().nullable(),
  memberCount: z.int(),
}) satisfies z.ZodType<InvitePreview>;
