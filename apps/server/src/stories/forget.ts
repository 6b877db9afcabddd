import type { App } from '../context.ts';
import { removeStory } from './end.ts';
import { tellOfViews } from './views.ts';

/**
 * Takes away the stories of an account that was deleted, which nobody has seen since, and what it has seen of those of
 * others. Done again it changes nothing.
 */
export async function forgetStories(app: App, userId: string): Promise<void> {
  const { database } = app;
  for (const story of await database.prisma.story.findMany({ where: { authorId: userId } }))
    await removeStory(app, story);
  await database.prisma.storyAudience.deleteMany({ where: { userId } });
  const mine = { viewerId: userId };
  for (const { storyId } of await database.prisma.storyView.findMany({ where: mine }))
    await database.transaction(async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM stories WHERE id = ${storyId}::uuid FOR NO KEY UPDATE`;
      const { count } = await tx.storyView.deleteMany({ where: { ...mine, storyId } });
      if (count > 0) await tellOfViews(tx, [storyId]);
    });
}
