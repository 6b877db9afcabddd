import type { Clock } from '../clock.ts';
import type { Database, Tx } from '../database/database.ts';
import { ParleyError } from '../error.ts';
import { appendAll, type EventDraft } from '../events/append.ts';
import { seesStory } from './visible.ts';

/** How long views are gathered before they are written, in milliseconds. */
const GATHER = 100;
/** Views of one transaction at most: each of them is an event for its viewer. */
const BATCH = 200;

/** Somebody has seen a story. */
export interface View {
  storyId: string;
  viewerId: string;
}

interface Waiting extends View {
  resolve(): void;
  reject(error: unknown): void;
}

/** Gathers views and writes many at once: an author is told once how many people have seen a story, not by each. */
export interface Views {
  /** Resolves once it is written; one's own story is seen without that. Errors: `NOT_FOUND` (story). */
  push(view: View): Promise<void>;
  /** Writes what was gathered, without waiting for more. */
  flush(): Promise<void>;
}

export function createViews(database: Database, clock: Clock): Views {
  let gathered: Waiting[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();

  function write(): Promise<void> {
    clearTimeout(timer);
    const views = gathered;
    gathered = [];
    writing = writing.then(async () => {
      for (let start = 0; start < views.length; start += BATCH)
        await store(views.slice(start, start + BATCH));
    });
    return writing;
  }

  async function store(views: Waiting[]): Promise<void> {
    try {
      const seen = await database.transaction((tx) => keep(tx, views, clock.now()));
      for (const view of views) {
        if (seen.has(keyOf(view))) view.resolve();
        else view.reject(new ParleyError('NOT_FOUND', { what: 'story' }));
      }
    } catch (error) {
      for (const { reject } of views) reject(error);
    }
  }

  return {
    push: (view) =>
      new Promise((resolve, reject) => {
        gathered.push({ ...view, resolve, reject });
        if (gathered.length === 1) timer = setTimeout(() => void write(), GATHER);
      }),
    flush: write,
  };
}

const keyOf = ({ storyId, viewerId }: View): string => `${storyId} ${viewerId}`;

/**
 * Keeps those that are new, and tells each viewer's devices, and each author how many there are then. Answers with all
 * that could be. With the stories locked, so that the counts are told in the order in which they came to be.
 */
async function keep(tx: Tx, views: View[], now: Date): Promise<Set<string>> {
  const storyIds = views.map(({ storyId }) => storyId);
  await tx.$queryRaw`SELECT 1 FROM stories WHERE id = ANY (${storyIds}::uuid[]) ORDER BY id FOR NO KEY UPDATE`;
  const viewerIds = views.map(({ viewerId }) => viewerId);
  const rows = await tx.$queryRawUnsafe<Seen[]>(KEEP, storyIds, viewerIds, now);
  const added = rows.filter(({ isNew }) => isNew);
  const told = added.map(
    ({ storyId, authorId, viewerId }): EventDraft => ({
      topic: viewerId,
      type: 'story.seen',
      refs: { storyId, authorId, views: null },
    }),
  );
  await appendAll(tx, told);
  await tellOfViews(tx, [...new Set(added.map(({ storyId }) => storyId))]);
  return new Set(rows.map(keyOf));
}

/** Tells the authors of these stories, which are locked, how many people have seen each. */
export async function tellOfViews(tx: Tx, storyIds: string[]): Promise<void> {
  const counts = await tx.$queryRaw<{ storyId: string; authorId: string; views: number }[]>`
    SELECT s.id AS "storyId", s.author_id AS "authorId",
      (SELECT count(*)::int FROM story_views v WHERE v.story_id = s.id) AS views
    FROM stories s WHERE s.id = ANY (${storyIds}::uuid[]) ORDER BY s.id`;
  await appendAll(
    tx,
    counts.map(({ authorId, ...refs }) => ({
      topic: authorId,
      type: 'story.seen',
      refs: { authorId, ...refs },
    })),
  );
}

interface Seen extends View {
  authorId: string;
  isNew: boolean;
}

const KEEP = `
  WITH seen AS (
    SELECT DISTINCT s.id AS story_id, s.author_id, given.viewer_id
    FROM unnest($1::uuid[], $2::uuid[]) AS given (story_id, viewer_id) JOIN stories s ON s.id = given.story_id
    WHERE ${seesStory('given.viewer_id', '$3::timestamptz')}
  ), added AS (
    INSERT INTO story_views (story_id, viewer_id, seen_at)
    SELECT story_id, viewer_id, $3 FROM seen WHERE viewer_id <> author_id
    ON CONFLICT DO NOTHING RETURNING story_id, viewer_id
  )
  SELECT story_id AS "storyId", author_id AS "authorId", viewer_id AS "viewerId", added.story_id IS NOT NULL AS "isNew"
  FROM seen LEFT JOIN added USING (story_id, viewer_id)`;
