import type { App } from '../context.ts';
import { whereabouts } from '../conversations/whereabouts.ts';
import { isoOf } from '../database/iso.ts';
import { MESSAGE_JSON } from '../messages/read.ts';

/** Places in a conversation that one statement looks through. */
const WINDOW = 2_000;

/** The conversations in which there may be something of somebody's, also those that they have left. */
export async function* placesOf({ database }: App, userId: string): AsyncGenerator<string> {
  const { directs, groups, threads, former } = await whereabouts(database, userId);
  yield* [...directs, ...groups, ...threads, ...former];
}

/** What somebody has written in one conversation, in its order, with what it said before it was edited. */
export async function* ownMessages(
  { database: { pool, prisma } }: App,
  conversationId: string,
  userId: string,
): AsyncGenerator<object> {
  const conversation = await prisma.conversation.findUnique({ where: { id: conversationId } });
  if (!conversation) return;
  const { trimmedSeq, lastSeq } = conversation;
  for (let from = trimmedSeq; from < lastSeq; from += WINDOW) {
    const values = [conversationId, userId, from, from + WINDOW];
    const { rows } = await pool.query<{ json: string; earlier: object[] | null }>({ ...OWN, values });
    for (const { json, earlier } of rows) yield { ...JSON.parse(json), ...(earlier && { earlier }) };
  }
}

const OWN = {
  name: 'export_messages',
  text: `
    SELECT ${MESSAGE_JSON} AS json, CASE WHEN m.edited_at IS NOT NULL THEN (
      SELECT json_agg(json_build_object('text', e.text, 'writtenAt', ${isoOf('e.written_at')}) ORDER BY e.version)
      FROM message_edits e WHERE e.conversation_id = m.conversation_id AND e.seq = m.seq
    ) END AS earlier
    FROM messages m
    WHERE m.conversation_id = $1 AND m.sender_id = $2 AND m.seq > $3 AND m.seq <= $4 AND m.deleted_at IS NULL
    ORDER BY m.seq`,
};
