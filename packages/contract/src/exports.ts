import { z } from 'zod';
import { id, timestamp } from './ids.ts';

/** An archive of what there is of a person, which they have asked for. */
export type Export = {
  id: string;
  /** It is being made, can be downloaded, or could not be made. */
  status: 'pending' | 'ready' | 'failed';
  createdAt: string;
  /** Bytes; null until it is ready. */
  size: number | null;
  /** When it is removed. */
  expiresAt: string;
};

export const exportInfo = z.object({
  id,
  status: z.enum(['pending', 'ready', 'failed']),
  createdAt: timestamp,
  size: z.int().nullable(),
  expiresAt: timestamp,
}) satisfies z.ZodType<Export>;
