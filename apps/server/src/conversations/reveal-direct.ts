import type { Tx } from '../database/database.ts';
import { revealThreads } from '../threads/reveal.ts';
import { tellOfConversation } from './tell-of.ts';

/**
 * Shows somebody the direct conversation that a person whom they had blocked began meanwhile, if it is hidden from
 * them, and the threads in it. Its row is locked.
 */
export async function revealDirect(tx: Tx, conversationId: string, userId: string): Promise<void> {
  const { count } = await tx.member.updateMany({
    where: { conversationId, userId, hidden: true },
    data: { hidden: false },
  });
  // Nothing that is in it was for them.
  if (count > 0) await tellOfConversation(tx, conversationId, userId, 0);
  await revealThreads(tx, conversationId, userId);
}
