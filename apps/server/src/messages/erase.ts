import type { App } from '../context.ts';
import { lockRow } from '../conversations/lock.ts';
import type { Database } from '../database/database.ts';
import { append } from '../events/append.ts';
import { dropReactions } from '../reactions/remove.ts';
import { NOTHING } from './nothing.ts';

/** Places in a conversation that one statement looks through. */
const WINDOW = 10_000;

/**
 * Erases what somebody whose account is gone has written in one conversation: the texts go, the places stay, and one
 * event tells of it. The first of the messages goes last, together with that event: as long as it stands there is
 * something to do, so this can be broken off and begun again anywhere.
 */
export async function eraseMessages(
  { database }: App,
  { conversationId, senderId }: { conversationId: string; senderId: string },
): Promise<void> {
  const { pool, prisma } = database;
  const conversation = await prisma.conversation.findUnique({ where: { id: conversationId } });
  // A group that was deleted is gone with all that was said in it.
  if (!conversation) return;
  // The same for all of them, and for each try.
  const { deletedAt } = await prisma.user.findUniqueOrThrow({ where: { id: senderId } });
  if (!deletedAt) throw new Error('only the messages of a deleted account are erased');
  let first: number | undefined;
  for (let from = 0; from < conversation.lastSeq; from += WINDOW) {
    const range: Range = [conversationId, senderId, from, from + WINDOW];
    if (first === undefined) {
      const { rows } = await pool.query<{ seq: number }>({ ...FIRST, values: range });
      first = rows[0]?.seq;
    }
    if (first === undefined) continue;
    await pool.query({ ...FORGET, values: range });
    await eraseRange(database, range, first, deletedAt);
    await dropReactionsToErased(database, range);
  }
  const seq = first;
  if (seq === undefined) return;
  await database.transaction(async (tx) => {
    await lockRow(tx, conversationId);
    const [calling] = await tx.$queryRawUnsafe<object[]>(CALLING, conversationId, senderId, seq - 1, seq, 0);
    await tx.message.updateMany({ where: { conversationId, seq }, data: { ...NOTHING, deletedAt } });
    await dropReactions(tx, { conversationId, seq });
    const refs = { senderId, at: deletedAt.toISOString(), mentions: calling ? [seq] : [] };
    await append(tx, { topic: conversationId, type: 'messages.erased', refs });
  });
}

/** Lets go of which messages somebody whose account is gone has deleted for themselves. */
export async function forgetHidden({ database }: App, userId: string): Promise<void> {
  await database.prisma.hiddenMessage.deleteMany({ where: { userId } });
}

type Range = [conversationId: string, senderId: string, after: number, upTo: number];

/** All in a range but the first. Which of them called somebody is told at once: afterwards nobody knows. */
async function eraseRange(database: Database, range: Range, first: number, deletedAt: Date): Promise<void> {
  const [conversationId, senderId] = range;
  await database.transaction(async (tx) => {
    const calling = await tx.$queryRawUnsafe<{ seq: number }[]>(CALLING, ...range, first);
    await tx.$executeRawUnsafe(ERASE, ...range, first, deletedAt);
    if (calling.length === 0) return;
    const refs = { senderId, at: deletedAt.toISOString(), mentions: calling.map(({ seq }) => seq) };
    await append(tx, { topic: conversationId, type: 'messages.erased', refs });
  });
}

/** With the conversation locked: who reacts to one of them waits until here, and finds it erased, or has done so before. */
async function dropReactionsToErased(database: Database, range: (string | number)[]): Promise<void> {
  await database.transaction(async (tx) => {
    await lockRow(tx, String(range[0]));
    await tx.$executeRawUnsafe(DROP_REACTIONS, ...range);
  });
}

/** Theirs that still stand, in the places (from $3, to $4]. */
const THEIRS = `conversation_id = $1::uuid AND sender_id = $2::uuid AND seq > $3 AND seq <= $4 AND deleted_at IS NULL`;

const FIRST = {
  name: 'first_to_erase',
  text: `SELECT seq FROM messages WHERE ${THEIRS} ORDER BY seq LIMIT 1`,
};
const CALLING = `SELECT seq FROM messages WHERE ${THEIRS} AND seq > $5 AND extras ? 'mentions' ORDER BY seq`;
const ERASE = `UPDATE messages SET text = '', extras = NULL, edited_at = NULL, pinned_at = NULL, reacted = false,
    deleted_at = $6 WHERE ${THEIRS} AND seq > $5`;
/** What they said before they were edited. */
const FORGET = {
  name: 'forget_edits',
  text: `DELETE FROM message_edits WHERE conversation_id = $1 AND seq > $3 AND seq <= $4
    AND seq IN (SELECT seq FROM messages WHERE conversation_id = $1 AND sender_id = $2 AND seq > $3 AND seq <= $4)`,
};
const DROP_REACTIONS = `DELETE FROM reactions WHERE conversation_id = $1::uuid AND seq > $3 AND seq <= $4 AND seq IN (
    SELECT seq FROM messages WHERE conversation_id = $1::uuid AND sender_id = $2::uuid AND seq > $3 AND seq <= $4
      AND deleted_at IS NOT NULL)`;
