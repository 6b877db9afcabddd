import { z } from 'zod';

/** One emoji as Unicode recommends it for interchange, or the name of one that the application draws itself. */
export const emoji = z
  .string()
  .max(64)
  .regex(/^(?:\p{RGI_Emoji}|:[a-z0-9_+\-]{1,32}:)$/v, 'one emoji, or its name between colons');
