import type { Acting } from '../context.ts';
import { lockConversation, lockRow } from '../conversations/lock.ts';
import type { Tx } from '../database/database.ts';
import { ParleyError } from '../error.ts';
import { follow } from './follow.ts';

/**
 * Lets those follow a thread who are mentioned in it, before the message that does so is sent. Whoever is in the parent
 * and could open the thread can be mentioned; where there is somebody else, nobody is brought in.
 *
 * Errors: `NOT_FOUND` (member; conversation).
 */
export async function followMentioned(ctx: Acting, conversationId: string, userIds: string[]): Promise<void> {
  const { database, clock } = ctx.app;
  const where = { id: conversationId, parentId: { not: null } };
  const thread = await database.prisma.conversation.findFirst({ where, select: { parentId: true } });
  if (!thread || (await findStrangers(database.prisma, conversationId, userIds)).length === 0) return;
  const actorId = ctx.session.userId;
  await database.transaction(async (tx) => {
    await lockRow(tx, thread.parentId!);
    const { me } = await lockConversation(tx, conversationId, actorId);
    // Theirs is refused for that.
    if (me.blocksPeer) return;
    const coming = await findStrangers(tx, conversationId, userIds);
    if (coming.some(({ mayCome }) => !mayCome)) throw new ParleyError('NOT_FOUND', { what: 'member' });
    if (coming.length === 0) return;
    const ids = coming.map(({ userId }) => userId);
    const hiddenFrom = me.withheld ? ids : [];
    await follow(tx, conversationId, { actorId, userIds: ids, now: clock.now(), hiddenFrom });
  });
}

interface Stranger {
  userId: string;
  /** They are in the parent, and the message that the thread is about was said to them, too. */
  mayCome: boolean;
}

/** Those of these people who do not follow a thread. */
const findStrangers = (tx: Tx, threadId: string, userIds: string[]): Promise<Stranger[]> => tx.$queryRaw`
  SELECT mentioned AS "userId", EXISTS (
    SELECT FROM conversations t
    JOIN messages root ON root.conversation_id = t.parent_id AND root.seq = t.parent_seq
    JOIN members m ON m.conversation_id = t.parent_id AND m.user_id = mentioned
    WHERE t.id = ${threadId}::uuid AND root.seq > coalesce(m.shown_joined_seq, m.joined_seq)
      AND (NOT root.withheld OR root.sender_id = mentioned)
  ) AS "mayCome"
  FROM (SELECT DISTINCT unnest(${userIds}::uuid[]) AS mentioned) AS given
  WHERE NOT EXISTS (SELECT FROM members WHERE conversation_id = ${threadId}::uuid AND user_id = mentioned)`;
