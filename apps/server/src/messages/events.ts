import type { Hydrator } from '../events/hydrate.ts';
import { MESSAGE_JSON } from './read.ts';

/**
 * The log has the seq; the text is in the message's own row, so that a deleted one leaves no copy. What is news of one
 * member alone, for a block, names its conversation.
 */
const created: Hydrator<'message.created'> = async (
  { pool },
  rows: { topic: string; refs: { seq: number; conversationId?: string } }[],
) => {
  const found = await pool.query<{ message: string | null }>({
    name: 'messages_of_events',
    text: MESSAGES,
    values: [rows.map(({ topic, refs }) => refs.conversationId ?? topic), rows.map(({ refs }) => refs.seq)],
  });
  return found.rows.map(({ message }) =>
    message === null ? null : { type: 'message.created', message: JSON.parse(message) },
  );
};

const MESSAGES = `
  SELECT ${MESSAGE_JSON} AS message
  FROM unnest($1::uuid[], $2::int[]) WITH ORDINALITY AS r (conversation_id, seq, ord)
  LEFT JOIN messages m ON m.conversation_id = r.conversation_id AND m.seq = r.seq
  ORDER BY r.ord`;

const read: Hydrator<'receipt.read'> = async (
  _,
  rows: { topic: string; refs: { conversationId?: string; marks: { userId: string; readSeq: number }[] } }[],
) => rows.map(({ topic, refs }) => ({ type: 'receipt.read', conversationId: topic, ...refs }));

const erased: Hydrator<'messages.erased'> = async (
  _,
  rows: { topic: string; refs: { senderId: string; at: string } }[],
) => rows.map(({ topic, refs }) => ({ type: 'messages.erased', conversationId: topic, ...refs }));

export const messageEvents = {
  'message.created': created,
  'receipt.read': read,
  'messages.erased': erased,
};
