import type { StoriesOfAuthor } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { PUBLIC_USER_JSON } from '../users/public-user.ts';
import { isSeenBy, storyJson } from './view.ts';
import { nearTo, seesOthers } from './visible.ts';

/** Where a page ends: whether the last author's stories are all seen, when the newest of them came, and who it is. */
export const feedPlace = /^[01]\.\d{1,13}\.[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/** The stories of others that the caller sees, by author: those with unseen ones first, and of these the newest. */
export async function storyFeed(
  { app, session }: SignedIn,
  { limit, after }: { limit: number; after?: string | undefined },
): Promise<{ authors: StoriesOfAuthor[]; next: string | null }> {
  const [seen = null, at = null, who = null] = after?.split('.') ?? [];
  const place = [seen && seen === '1', at && new Date(Number(at)), who];
  const { rows } = await app.database.pool.query<StoriesOfAuthor>({
    name: 'story_feed',
    text: FEED,
    values: [session.userId, app.clock.now(), ...place, limit + 1],
  });
  const authors = rows.slice(0, limit);
  const last = rows.length > limit ? authors.at(-1) : undefined;
  return { authors, next: last ? placeOf(last) : null };
}

const placeOf = ({ author, stories, hasUnseen }: StoriesOfAuthor): string =>
  `${hasUnseen ? 0 : 1}.${Date.parse(stories[0]!.createdAt)}.${author.id}`;

const FEED = `
  WITH shown AS MATERIALIZED (
    SELECT s.*, ${isSeenBy('$1::uuid')} AS is_seen FROM stories s
    WHERE s.author_id IN (${nearTo('$1::uuid')}) AND ${seesOthers('$1::uuid', '$2::timestamptz')}
  ), page AS (
    SELECT * FROM (
      SELECT author_id, bool_and(is_seen) AS is_seen, max(created_at) AS newest FROM shown GROUP BY author_id
    ) a
    WHERE $3::boolean IS NULL OR a.is_seen > $3
      OR (a.is_seen = $3 AND (a.newest, a.author_id) < ($4::timestamptz, $5::uuid))
    ORDER BY a.is_seen, a.newest DESC, a.author_id DESC LIMIT $6
  )
  SELECT ${PUBLIC_USER_JSON} AS author, NOT page.is_seen AS "hasUnseen", (
    SELECT json_agg(${storyJson('$1::uuid')} ORDER BY s.created_at DESC, s.id DESC)
    FROM shown s JOIN files f ON f.id = s.file_id WHERE s.author_id = page.author_id
  ) AS stories
  FROM page JOIN users u ON u.id = page.author_id
  ORDER BY page.is_seen, page.newest DESC, page.author_id DESC`;
