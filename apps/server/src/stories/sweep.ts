import type { App } from '../context.ts';
import { removeStory } from './end.ts';

/** Stories that are looked for at once. */
const BATCH = 100;

/**
 * Takes away the stories whose time is over, each in a transaction of its own: nobody has seen them since. It runs every
 * ten minutes; broken off, it begins again anywhere.
 */
export async function sweepStories(app: App): Promise<void> {
  const where = { expiresAt: { lte: app.clock.now() } };
  for (let found = BATCH; found === BATCH; ) {
    const over = await app.database.prisma.story.findMany({
      where,
      orderBy: { expiresAt: 'asc' },
      take: BATCH,
    });
    for (const story of over) await removeStory(app, story);
    found = over.length;
  }
}
