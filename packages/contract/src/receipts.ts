import { z } from 'zod';

/** How far a message has come with one member: it is stored, it has come to one of their devices, they have read it. */
export type Receipt = 'sent' | 'delivered' | 'read';

export const receipt = z.enum(['sent', 'delivered', 'read']) satisfies z.ZodType<Receipt>;
