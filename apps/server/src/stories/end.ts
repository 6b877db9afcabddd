import type { App, SignedIn } from '../context.ts';
import type { Tx } from '../database/database.ts';
import type { Story } from '../database/generated/client.ts';
import { ParleyError } from '../error.ts';
import { lockAccount } from '../users/lock.ts';
import { tellOfStory } from './tell.ts';

/** Takes a story of the caller's away before its time. */
export async function deleteStory({ app, session }: SignedIn, input: { storyId: string }): Promise<null> {
  const { userId: authorId } = session;
  const { storyId: id } = input;
  await app.database.transaction(async (tx) => {
    await lockAccount(tx, authorId);
    const story = await tx.story.findUnique({
      where: { id, authorId, expiresAt: { gt: app.clock.now() } },
    });
    if (!story) throw new ParleyError('NOT_FOUND', { what: 'story' });
    await endStory(tx, app, story);
  });
  return null;
}

/** Takes a story away, if it is still there, in a transaction of its own. */
export const removeStory = (app: App, { id, authorId }: Pick<Story, 'id' | 'authorId'>): Promise<void> =>
  app.database.transaction(async (tx) => {
    await lockAccount(tx, authorId);
    const story = await tx.story.findUnique({ where: { id } });
    if (story) await endStory(tx, app, story);
  });

/**
 * Takes a story away, whose author is locked, with whatever belongs to it, and tells whoever has seen it, or could have.
 * Its file is removed, unless it was reported.
 */
async function endStory(tx: Tx, { jobs }: Pick<App, 'jobs'>, { id, authorId, fileId }: Story): Promise<void> {
  await tellOfStory(tx, 'story.deleted', { storyId: id, authorId });
  await tx.story.delete({ where: { id } });
  // What is used no more is due at once.
  await tx.file.updateMany({ where: { id: fileId }, data: { sweepAt: new Date(0) } });
  await jobs.enqueue(tx, 'files.sweep', {});
}
