import { hash } from 'node:crypto';

/** What was sent under a key, and where, in 16 characters: whether a retry says the same, also after an edit. */
export const fingerprint = ({ conversationId, text }: { conversationId: string; text: string }): string =>
  hash('sha256', `${conversationId} ${text}`, 'base64').slice(0, 16);
