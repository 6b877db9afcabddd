import type { Tx } from '../database/database.ts';
import { lockThreads } from '../threads/lock.ts';
import { silenceThreads } from '../threads/silence.ts';
import { directKey } from './direct-key.ts';

/**
 * Writes into the direct conversation of two people, if they have one, and into its threads, who of them has blocked whom: what a send or a
 * read mark needs to know is in the member's own row. Both people are locked, and the conversation is from here on.
 * Answers with its id.
 */
export async function silenceDirect(tx: Tx, a: string, b: string): Promise<string | null> {
  const [conversation] = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM conversations WHERE direct_key = ${directKey(a, b)} FOR NO KEY UPDATE`;
  if (!conversation) return null;
  // Values, and not EXISTS: of that Postgres might make a table of everybody's blocks.
  await tx.$executeRaw`
    UPDATE members me SET
      withheld = (SELECT true FROM blocks WHERE blocker_id = peer.user_id AND blocked_id = me.user_id) IS NOT NULL,
      blocks_peer = (SELECT true FROM blocks WHERE blocker_id = me.user_id AND blocked_id = peer.user_id) IS NOT NULL
    FROM members peer
    WHERE me.conversation_id = ${conversation.id}::uuid AND peer.conversation_id = me.conversation_id
      AND peer.user_id <> me.user_id`;
  await silenceThreads(tx, await lockThreads(tx, conversation.id));
  return conversation.id;
}
