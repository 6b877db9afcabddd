import { tellOfConversation } from '../conversations/tell-of.ts';
import type { Tx } from '../database/database.ts';
import { isoOf } from '../database/iso.ts';
import { append } from '../events/append.ts';
import { newestReply } from './newest-reply.ts';

/**
 * Shows somebody the threads of a direct conversation, which is locked, that a person began whom they had blocked; but
 * for those about what was withheld from them.
 */
export async function revealThreads(tx: Tx, parentId: string, userId: string): Promise<void> {
  const hidden = await tx.$queryRawUnsafe<Hidden[]>(HIDDEN, parentId, userId);
  for (const { id, seq, replies, lastReplyAt } of hidden) {
    await tx.member.update({
      where: { conversationId_userId: { conversationId: id, userId } },
      data: { hidden: false },
    });
    await tellOfConversation(tx, id, userId, replies);
    await append(tx, {
      topic: userId,
      type: 'thread.updated',
      refs: { conversationId: parentId, seq, thread: { id, replies, lastReplyAt } },
    });
  }
}

interface Hidden {
  id: string;
  seq: number;
  replies: number;
  lastReplyAt: string | null;
}

const HIDDEN = `
  SELECT t.id, t.parent_seq AS seq, coalesce(reply.seq, 0) AS replies, ${isoOf('reply.created_at')} AS "lastReplyAt"
  FROM (
    SELECT t.* FROM conversations t JOIN members me ON me.conversation_id = t.id
    WHERE t.parent_id = $1::uuid AND me.user_id = $2::uuid AND me.hidden ORDER BY t.id FOR NO KEY UPDATE OF t
  ) t
  JOIN messages root ON root.conversation_id = t.parent_id AND root.seq = t.parent_seq
  LEFT JOIN LATERAL (${newestReply('t.id', '$2::uuid')}) reply ON true
  WHERE NOT root.withheld OR root.sender_id = $2::uuid
  ORDER BY t.id`;
