import { LIMITS, type Story } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import type { Tx } from '../database/database.ts';
import { ParleyError } from '../error.ts';
import { newId } from '../ids.ts';
import { lockAccount } from '../users/lock.ts';
import { tellOfStory } from './tell.ts';
import { loadStory } from './view.ts';

/** How long a story lasts. Milliseconds. */
const LASTS = 24 * 3_600_000;

export interface StoryInput {
  fileId: string;
  caption?: string | undefined;
  /** Who is to see it, of those close to the author: all of them, if nobody is named. */
  audience?: string[] | undefined;
}

/**
 * Shows a file to those close to the caller. A file is one story: asked again, it is the one there is. The account is
 * locked, as by whatever changes who is close to it: everybody who may see the story is told of it, by this or by that.
 */
export async function createStory(ctx: SignedIn, input: StoryInput): Promise<Story> {
  const { database, clock } = ctx.app;
  const me = ctx.session.userId;
  const { fileId } = input;
  const id = await database.transaction(async (tx) => {
    await lockAccount(tx, me);
    const known = await tx.story.findUnique({ where: { fileId, authorId: me } });
    if (known) return known.id;
    const now = clock.now();
    await refuseMore(tx, me, now);
    await useFile(tx, me, fileId);
    const story = newId();
    await insertStory(tx, story, me, input, now);
    await tellOfStory(tx, 'story.created', { storyId: story, authorId: me });
    return story;
  });
  return loadStory(database.pool, me, clock.now(), id);
}

async function refuseMore(tx: Tx, authorId: string, now: Date): Promise<void> {
  const limit = LIMITS.stories;
  if ((await tx.story.count({ where: { authorId, expiresAt: { gt: now } } })) >= limit)
    throw new ParleyError('TOO_MANY', { what: 'stories', limit });
}

async function useFile(tx: Tx, ownerId: string, id: string): Promise<void> {
  const { count } = await tx.file.updateMany({
    where: { id, ownerId, purpose: 'story', status: 'ready', used: false },
    data: { used: true },
  });
  if (count === 0) throw new ParleyError('NOT_FOUND', { what: 'file' });
}

/** Whoever is named and is nobody, or not close to the author, sees it as little as before. */
async function insertStory(
  tx: Tx,
  id: string,
  authorId: string,
  { fileId, caption, audience }: StoryInput,
  createdAt: Date,
): Promise<void> {
  const expiresAt = new Date(createdAt.getTime() + LASTS);
  const chosen = audience !== undefined;
  await tx.story.create({
    data: { id, authorId, fileId, caption: caption ?? null, chosen, createdAt, expiresAt },
  });
  if (chosen)
    await tx.$executeRaw`
      INSERT INTO story_audience (story_id, user_id)
      SELECT ${id}::uuid, id FROM users WHERE id = ANY (${audience}::uuid[]) AND deleted_at IS NULL`;
}
