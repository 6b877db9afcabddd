import { hash } from 'node:crypto';

/**
 * The id of what somebody sends under a key: a UUID of version 7 with the key's own time, whose other bits are
 * a hash of sender and key. The same key is the same id, so the primary key finds a retry, and nobody can make
 * an id that is another's: 74 bits of SHA-256 would have to agree.
 */
export function messageId({
  senderId,
  clientMessageId,
}: {
  senderId: string;
  clientMessageId: string;
}): string {
  const digest = hash('sha256', senderId + clientMessageId);
  const variant = '89ab'[Number.parseInt(digest[3]!, 16) & 3];
  const tail = `7${digest.slice(0, 3)}-${variant}${digest.slice(4, 7)}-${digest.slice(7, 19)}`;
  return `${clientMessageId.slice(0, 14)}${tail}`;
}

/** What was sent under a key, and where, in 16 characters: whether a retry says the same, also after an edit. */
export const fingerprint = ({ conversationId, text }: { conversationId: string; text: string }): string =>
  hash('sha256', `${conversationId} ${text}`, 'base64').slice(0, 16);
