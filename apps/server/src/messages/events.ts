import type { Message } from '@parley/contract';
import type { Database } from '../database/database.ts';
import type { Hydrator } from '../events/hydrate.ts';
import type { Place } from './find-visible.ts';
import { MESSAGE_JSON } from './read.ts';

type Rows<Refs> = { refs: Refs }[];

/**
 * The log has the seq; the text is in the message's own row, so that a deleted one leaves no copy. What is news of one
 * member alone, for a block, names its conversation.
 */
const created: Hydrator<'message.created'> = async (
  database,
  rows: { topic: string; refs: { seq: number; conversationId?: string } }[],
) => {
  const messages = await messagesAt(
    database,
    rows.map(({ topic, refs }) => ({ conversationId: topic, ...refs })),
  );
  return messages.map((message) => message && { type: 'message.created', message });
};

/** The messages in these places, as they are now. */
export async function messagesAt({ pool }: Database, places: Place[]): Promise<(Message | null)[]> {
  const { rows } = await pool.query<{ message: string | null }>({
    name: 'messages_of_events',
    text: MESSAGES,
    values: [places.map(({ conversationId }) => conversationId), places.map(({ seq }) => seq)],
  });
  return rows.map(({ message }) => (message === null ? null : JSON.parse(message)));
}

const MESSAGES = `
  SELECT ${MESSAGE_JSON} AS message
  FROM unnest($1::uuid[], $2::int[]) WITH ORDINALITY AS r (conversation_id, seq, ord)
  LEFT JOIN messages m ON m.conversation_id = r.conversation_id AND m.seq = r.seq
  ORDER BY r.ord`;

const edited: Hydrator<'message.edited'> = async (database, rows: Rows<Place>) => {
  const messages = await messagesAt(
    database,
    rows.map(({ refs }) => refs),
  );
  return messages.map((message) => message && { type: 'message.edited', message });
};

const deleted: Hydrator<'message.deleted'> = async (
  _,
  rows: Rows<Place & { actorId: string; deletedAt: string }>,
) => rows.map(({ refs }) => ({ type: 'message.deleted', ...refs }));

/**
 * `lastSeq` is that of the moment; what stands there, as it is now. Of somebody who has left since, nothing is told: come
 * again, they see it.
 */
const hidden: Hydrator<'message.hidden'> = async (
  database,
  rows: { topic: string; refs: Place & { lastSeq: number | null } }[],
) => {
  const places = rows.map(({ refs: { conversationId, lastSeq } }) => ({ conversationId, seq: lastSeq ?? 0 }));
  const last = await messagesAt(database, places);
  const asked = rows.map(({ topic, refs }) => ({
    ...{ userId: topic, conversationId: refs.conversationId, seq: refs.seq },
  }));
  const still = await database.prisma.hiddenMessage.findMany({ where: { OR: asked } });
  const keys = new Set(still.map(keyOf));
  return rows.map(({ refs: { conversationId, seq } }, index) =>
    keys.has(keyOf(asked[index]!))
      ? { type: 'message.hidden', conversationId, seq, lastMessage: last[index]! }
      : null,
  );
};

const keyOf = ({ userId, conversationId, seq }: Place & { userId: string }): string =>
  `${userId} ${conversationId} ${seq}`;

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
  'message.edited': edited,
  'message.deleted': deleted,
  'message.hidden': hidden,
  'receipt.read': read,
  'messages.erased': erased,
};
