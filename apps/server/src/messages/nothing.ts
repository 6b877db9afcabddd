import { jsonOrNull } from '../database/json.ts';

/** What a deleted message says, in its row. */
export const NOTHING = { text: '', extras: jsonOrNull(null), editedAt: null, pinnedAt: null, reacted: false };
