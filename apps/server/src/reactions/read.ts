import type { Reaction } from '@parley/contract';
import type { Tx } from '../database/database.ts';
import type { Place } from '../messages/find-visible.ts';

/** How people have reacted to a message, as one of them sees it. */
export async function readReactions(
  tx: Tx,
  userId: string,
  { conversationId, seq }: Place,
): Promise<Reaction[]> {
  const [row] = await tx.$queryRaw<{ json: string | null }[]>`
    SELECT reactions_to(${conversationId}::uuid, ${seq}::int, ${userId}::uuid) AS json`;
  return row?.json ? JSON.parse(row.json) : [];
}
