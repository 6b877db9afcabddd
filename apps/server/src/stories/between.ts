import type { Tx } from '../database/database.ts';
import { appendAll } from '../events/append.ts';
import type { StoryRefs } from './tell.ts';
import { seesOthers } from './visible.ts';

/** A story of one of two people that the other one sees. */
interface Shown extends StoryRefs {
  viewerId: string;
}

/**
 * Changes how two people stand to each other, who are locked, and tells each of them which stories of the other one they
 * see from then on that they did not see, and which no more: the same as when one is new or deleted, so that nobody can
 * tell a block from that.
 */
export async function withStoriesBetween(
  tx: Tx,
  [one, other]: [string, string],
  change: () => Promise<unknown>,
): Promise<void> {
  const before = await storiesBetween(tx, one, other);
  await change();
  const after = await storiesBetween(tx, one, other);
  const ids = (shown: Shown[]) => new Set(shown.map(({ storyId }) => storyId));
  const [seen, seeing] = [ids(before), ids(after)];
  await appendAll(tx, [
    ...before.filter(({ storyId }) => !seeing.has(storyId)).map((shown) => eventOf('story.deleted', shown)),
    ...after.filter(({ storyId }) => !seen.has(storyId)).map((shown) => eventOf('story.created', shown)),
  ]);
}

const eventOf = (type: 'story.created' | 'story.deleted', { viewerId, storyId, authorId }: Shown) => ({
  topic: viewerId,
  type,
  refs: { storyId, authorId },
});

/** The oldest first, as they came; also what is over and has not been taken away yet, since nobody was told so. */
const storiesBetween = (tx: Tx, one: string, other: string): Promise<Shown[]> =>
  tx.$queryRawUnsafe<Shown[]>(BETWEEN, one, other);

const BETWEEN = `
  SELECT s.id AS "storyId", s.author_id AS "authorId", viewer AS "viewerId"
  FROM (VALUES ($1::uuid, $2::uuid), ($2::uuid, $1::uuid)) AS pair (viewer, author)
  JOIN stories s ON s.author_id = author
  WHERE ${seesOthers('viewer', "'-infinity'")}
  ORDER BY s.created_at, s.id`;
