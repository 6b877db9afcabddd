import type { Tx } from '../database/database.ts';
import type { Story } from '../database/generated/client.ts';
import { ParleyError } from '../error.ts';
import { seesStory } from './visible.ts';

/** A story that somebody sees, which nobody takes away before this transaction has ended. Errors: `NOT_FOUND` (story). */
export async function keepShown(tx: Tx, userId: string, now: Date, storyId: string): Promise<Story> {
  const [shown] = await tx.$queryRawUnsafe<object[]>(SHOWN, userId, now, storyId);
  if (!shown) throw new ParleyError('NOT_FOUND', { what: 'story' });
  return tx.story.findUniqueOrThrow({ where: { id: storyId } });
}

const SHOWN = `
  SELECT 1 FROM stories s WHERE s.id = $3::uuid AND ${seesStory('$1::uuid', '$2::timestamptz')} FOR KEY SHARE`;
