import type { Tx } from '../database/database.ts';
import { append } from '../events/append.ts';
import { AUDIENCE } from './visible.ts';

/** A story by reference, as the log keeps it. */
export interface StoryRefs {
  storyId: string;
  authorId: string;
}

/** Tells of a story, whose row is there and whose author is locked: the author, and everybody who may see it. */
export async function tellOfStory(
  tx: Tx,
  type: 'story.created' | 'story.deleted',
  { storyId, authorId }: StoryRefs,
): Promise<void> {
  const audience = await tx.$queryRawUnsafe<{ id: string }[]>(AUDIENCE, storyId);
  await append(tx, {
    topic: authorId,
    type,
    refs: { storyId, authorId },
    topics: [authorId, ...audience.map(({ id }) => id)],
  });
}
