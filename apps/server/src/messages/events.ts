import type { Message } from '@parley/contract';
import type { Database } from '../database/database.ts';
import type { Hydrator } from '../events/hydrate.ts';
import type { Place } from './find-visible.ts';
import { MESSAGE_JSON, messageJsonFor } from './read.ts';

type Rows<Refs> = { refs: Refs }[];

/** Reads the messages in these places, as they are now; `json` says how, of `m`, and of `w` for whom. */
function readerOf(name: string, json: string) {
  const text = `
    SELECT ${json} AS message
    FROM unnest($1::uuid[], $2::int[], $3::uuid[]) WITH ORDINALITY AS w (conversation_id, seq, user_id, ord)
    LEFT JOIN messages m ON m.conversation_id = w.conversation_id AND m.seq = w.seq
    ORDER BY w.ord`;
  return async (
    { pool }: Database,
    places: (Place & { userId?: string | null })[],
  ): Promise<(Message | null)[]> => {
    const values = [
      places.map(({ conversationId }) => conversationId),
      places.map(({ seq }) => seq),
      places.map(({ userId = null }) => userId),
    ];
    const { rows } = await pool.query<{ message: string | null }>({ name, text, values });
    return rows.map(({ message }) => (message === null ? null : JSON.parse(message)));
  };
}

/** As everybody is told of them, without the reactions to them. */
const messagesAt = readerOf('messages_of_events', MESSAGE_JSON);

/** With the reactions to them, each as somebody reads it; `userId` null: nobody who has reacted to it. */
export const messagesReadAt = readerOf('messages_read_of_events', messageJsonFor('w.user_id'));

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

const edited: Hydrator<'message.edited'> = async (database, rows: Rows<Place>) => {
  const messages = await messagesAt(
    database,
    rows.map(({ refs }) => refs),
  );
  return messages.map((message) => message && { type: 'message.edited', message });
};

/** The page's words are in the message's own row as well. */
const previewed: Hydrator<'message.previewed'> = async (database, rows: Rows<Place>) => {
  const messages = await messagesAt(
    database,
    rows.map(({ refs }) => refs),
  );
  return rows.map(({ refs: { conversationId, seq } }, index) => {
    const message = messages[index];
    const preview = message?.preview ?? null;
    return message ? { type: 'message.previewed', conversationId, seq, preview } : null;
  });
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
  const places = rows.map(({ topic, refs: { conversationId, lastSeq } }) => ({
    userId: topic,
    conversationId,
    seq: lastSeq ?? 0,
  }));
  const last = await messagesReadAt(database, places);
  const asked = rows.map(({ topic, refs }) => ({
    userId: topic,
    conversationId: refs.conversationId,
    seq: refs.seq,
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

type PinRefs = Place & { actorId: string };

const pinned: Hydrator<'message.pinned'> = async (_, rows: Rows<PinRefs & { pinnedAt: string }>) =>
  rows.map(({ refs }) => ({ type: 'message.pinned', ...refs }));

const unpinned: Hydrator<'message.unpinned'> = async (_, rows: Rows<PinRefs>) =>
  rows.map(({ refs }) => ({ type: 'message.unpinned', ...refs }));

const read: Hydrator<'receipt.read'> = async (
  _,
  rows: { topic: string; refs: { conversationId?: string; marks: { userId: string; readSeq: number }[] } }[],
) => rows.map(({ topic, refs }) => ({ type: 'receipt.read', conversationId: topic, ...refs }));

const delivered: Hydrator<'receipt.delivered'> = async (
  _,
  rows: Rows<{ conversationId: string; marks: { userId: string; deliveredSeq: number }[] }>,
) => rows.map(({ refs }) => ({ type: 'receipt.delivered', ...refs }));

const erased: Hydrator<'messages.erased'> = async (
  _,
  rows: { topic: string; refs: { senderId: string; at: string; mentions: number[] } }[],
) => rows.map(({ topic, refs }) => ({ type: 'messages.erased', conversationId: topic, ...refs }));

export const messageEvents = {
  'message.created': created,
  'message.edited': edited,
  'message.previewed': previewed,
  'message.deleted': deleted,
  'message.hidden': hidden,
  'message.pinned': pinned,
  'message.unpinned': unpinned,
  'receipt.read': read,
  'receipt.delivered': delivered,
  'messages.erased': erased,
};
