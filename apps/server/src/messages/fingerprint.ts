import { hash } from 'node:crypto';
import type { MessageExtras } from '@parley/contract';

/** What was sent under a key, and where, in 16 characters: whether a retry says the same, also after an edit. */
export function fingerprint({
  conversationId,
  text,
  extras,
}: {
  conversationId: string;
  text: string;
  extras: MessageExtras | null;
}): string {
  const content = extras
    ? `${conversationId} ${JSON.stringify(extras)} ${text}`
    : `${conversationId} ${text}`;
  return hash('sha256', content, 'base64').slice(0, 16);
}
