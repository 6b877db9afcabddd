import type { Message, MessageContent } from '@parley/contract';

/** What somebody writes, and where: in a conversation, or to somebody, with whom there may be none yet. */
export type NewMessage = MessageContent &
  ({ conversationId: string; toUserId?: undefined } | { toUserId: string; conversationId?: undefined });

/** An own message on its way. */
export type OutgoingMessage = Readonly<NewMessage> & {
  /** The key under which it is stored once, however often it has to be sent. */
  readonly clientMessageId: string;
  /**
   * `queued`: waits for its turn or for the connection. `sending`: on its way. `sent`: stored, and not yet come
   * by the stream. `failed`: refused; it stays until it is retried or cancelled.
   */
  readonly status: 'queued' | 'sending' | 'sent' | 'failed';
  /** How often it went out and nothing is known of what became of it. */
  readonly unanswered: number;
  /** What was stored, once it is `sent`. */
  readonly message: Message | undefined;
  /** Why it `failed`: an error for `isParleyError`. */
  readonly error: Error | undefined;
};

/** Own messages in the order in which they go out: first in, first out in each conversation, and to each person. */
export type Outbox = readonly OutgoingMessage[];

export const enqueue = (
  outbox: Outbox,
  message: NewMessage & Pick<OutgoingMessage, 'clientMessageId'>,
): Outbox => [
  ...outbox,
  { ...message, status: 'queued', unanswered: 0, message: undefined, error: undefined },
];

/** What may go out now: of each conversation or person the first one that is not settled, unless it is on its way. */
export function due(outbox: Outbox): OutgoingMessage[] {
  const busy = new Set<string>();
  return outbox.filter(({ conversationId, toUserId, status }) => {
    const to = conversationId ?? toUserId;
    if (status === 'sent' || status === 'failed' || busy.has(to)) return false;
    busy.add(to);
    return status === 'queued';
  });
}

export const markSending = (outbox: Outbox, id: string): Outbox =>
  change(outbox, id, (item) => (item.status === 'queued' ? { ...item, status: 'sending' } : item));

/** No answer came: it may be stored or not, so it goes out again with the same key, still the first. */
export const markUnanswered = (outbox: Outbox, id: string): Outbox =>
  change(outbox, id, (item) =>
    item.status === 'sending' ? { ...item, status: 'queued', unanswered: item.unanswered + 1 } : item,
  );

export const markSent = (outbox: Outbox, id: string, message: Message): Outbox =>
  change(outbox, id, (item) => ({ ...item, status: 'sent', message, error: undefined }));

/** The server refused it. It holds up nothing that comes after it. */
export const markFailed = (outbox: Outbox, id: string, error: Error): Outbox =>
  change(outbox, id, (item) => (item.status === 'sent' ? item : { ...item, status: 'failed', error }));

/** Sends a failed one again, as the newest of its conversation. */
export function retry(outbox: Outbox, id: string): Outbox {
  const item = outbox.find(({ clientMessageId }) => clientMessageId === id);
  if (item?.status !== 'failed') return outbox;
  return [...outbox.filter((other) => other !== item), { ...item, status: 'queued', error: undefined }];
}

/** Takes one back that never went out, or that failed. One that went out unanswered may be stored already. */
export const cancel = (outbox: Outbox, id: string): Outbox =>
  outbox.filter((item) => item.clientMessageId !== id || !canCancel(item));

const canCancel = ({ status, unanswered }: OutgoingMessage): boolean =>
  status === 'failed' || (status === 'queued' && unanswered === 0);

function change(outbox: Outbox, id: string, edit: (item: OutgoingMessage) => OutgoingMessage): Outbox {
  const item = outbox.find(({ clientMessageId }) => clientMessageId === id);
  const edited = item && edit(item);
  return edited && edited !== item ? outbox.map((other) => (other === item ? edited : other)) : outbox;
}
