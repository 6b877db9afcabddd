import { z } from 'zod';
import { id, timestamp } from './ids.ts';

/** What somebody wants to be taken for while they are here. `invisible` looks as `offline` to everybody else. */
export type Availability = 'online' | 'away' | 'busy' | 'invisible';

export const availability = z.enum(['online', 'away', 'busy', 'invisible']) satisfies z.ZodType<Availability>;

/** Whether somebody is here, as others see it. */
export type Presence = {
  userId: string;
  status: 'online' | 'away' | 'busy' | 'offline';
  /** When they were here last; null while they are here, and when it is not known or not told. */
  lastSeenAt: string | null;
};

export const presence = z.object({
  userId: id,
  status: z.enum(['online', 'away', 'busy', 'offline']),
  lastSeenAt: timestamp.nullable(),
}) satisfies z.ZodType<Presence>;
