import type { Tx } from '../database/database.ts';

/** Writes into threads, which are locked, what a block says in the direct conversation that they belong to. */
export async function silenceThreads(tx: Tx, threadIds: string[]): Promise<void> {
  await tx.$executeRaw`
    UPDATE members m SET withheld = direct.withheld, blocks_peer = direct.blocks_peer
    FROM conversations t JOIN members direct ON direct.conversation_id = t.parent_id
    WHERE t.id = ANY (${threadIds}::uuid[]) AND m.conversation_id = t.id AND m.user_id = direct.user_id
      AND (m.withheld, m.blocks_peer) IS DISTINCT FROM (direct.withheld, direct.blocks_peer)`;
}
