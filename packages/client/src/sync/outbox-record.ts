import type { OutgoingMessage } from './outbox.ts';

/** What of one person's outlives a restart: their messages that are not sent, and marks that the server does not have. */
export interface Kept {
  items: readonly OutgoingMessage[];
  /** Wanted marks, by conversation. */
  read: Readonly<Record<string, number>>;
  delivered: Readonly<Record<string, number>>;
}

/** Of a record with any other nothing is known. */
const VERSION = 1;

/** The text that is stored; null when there is nothing to keep. */
export function writeRecord({ items, read, delivered }: Kept): string | null {
  const unsent = items.filter(({ status }) => status !== 'sent').map(store);
  const marks = Object.keys(read).length + Object.keys(delivered).length;
  if (unsent.length === 0 && marks === 0) return null;
  return JSON.stringify({ version: VERSION, items: unsent, read, delivered });
}

/** What was stored; null for whatever else is found there. */
export function readRecord(text: string | null | undefined): Kept | null {
  try {
    const { version, items, read, delivered } = JSON.parse(text ?? 'null') ?? {};
    if (version !== VERSION || !Array.isArray(items)) return null;
    return { items: items.flatMap(recall), read: marksIn(read), delivered: marksIn(delivered) };
  } catch {
    return null;
  }
}

/** One that is on its way may have arrived when it is read again, as if it had gone out without an answer. */
function store({ message: _, error, status, unanswered, ...content }: OutgoingMessage): object {
  if (status === 'failed') return { ...content, status, unanswered, error: storeError(error) };
  return { ...content, status: 'queued', unanswered: unanswered + (status === 'sending' ? 1 : 0) };
}

function storeError(error: (Error & { data?: unknown }) | undefined): object {
  return { message: error?.message, data: error?.data };
}

function recall(stored: unknown): OutgoingMessage[] {
  if (typeof stored !== 'object' || stored === null) return [];
  const { status, unanswered, error, ...content } = stored as Record<string, unknown>;
  const { clientMessageId, conversationId, toUserId } = content;
  const to = conversationId ?? toUserId;
  if (typeof clientMessageId !== 'string' || typeof to !== 'string') return [];
  const item = { ...content, unanswered: Number(unanswered) || 0, message: undefined };
  const state = status === 'failed' ? { status, error: recallError(error) } : { status: 'queued' };
  return [{ error: undefined, ...item, ...state } as OutgoingMessage];
}

/** An error for `isParleyError`, as the one that was stored. */
function recallError(stored: unknown): Error {
  const { message, data } = (stored ?? {}) as { message?: unknown; data?: unknown };
  return Object.assign(new Error(typeof message === 'string' ? message : 'It was refused'), { data });
}

const marksIn = (stored: unknown): Record<string, number> =>
  Object.fromEntries(
    Object.entries(stored ?? {}).filter((entry): entry is [string, number] => Number.isSafeInteger(entry[1])),
  );
