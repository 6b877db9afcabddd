import { z } from 'zod';

/** A UUID, in lower case. Users, sessions, conversations and messages have version 7, made by the server. */
export const id = z.uuid().toLowerCase();

/** A moment: ISO 8601 in UTC with milliseconds, as `Date.prototype.toISOString` writes it. */
export const timestamp = z.iso.datetime({ precision: 3 });

/** A place in a conversation: 1 for its first message, then dense. 0 is before all. */
export const seq = z.int().min(0);
