import type { Story } from '@parley/contract';
import type pg from 'pg';
import { isoOf } from '../database/iso.ts';
import { ParleyError } from '../error.ts';
import { FILE_INFO_JSON } from '../files/file-info.ts';
import { nearTo, seesStory } from './visible.ts';

/** A story's row as somebody sees it; `s` is the row, `f` is its file's, and `me` is their user id as SQL. */
export const storyJson = (me: string): string => `
  json_build_object(
    'id', s.id, 'authorId', s.author_id, 'file', ${FILE_INFO_JSON}, 'caption', s.caption,
    'createdAt', ${isoOf('s.created_at')}, 'expiresAt', ${isoOf('s.expires_at')},
    'isSeen', s.author_id = ${me} OR ${isSeenBy(me)},
    'views', CASE WHEN s.author_id = ${me} THEN (SELECT count(*) FROM story_views v WHERE v.story_id = s.id) END)`;

/** SQL: whether somebody has seen the story of another person. */
export function isSeenBy(me: string): string {
  return `EXISTS (SELECT FROM story_views v WHERE v.story_id = s.id AND v.viewer_id = ${me})`;
}

const stories = (where: string): string => `
  SELECT ${storyJson('$1::uuid')} AS story
  FROM stories s JOIN files f ON f.id = s.file_id
  WHERE ${where} ORDER BY s.created_at DESC, s.id DESC`;

const SEES = seesStory('$1::uuid', '$2::timestamptz');
const ALL = {
  name: 'stories',
  text: `${stories(`s.author_id IN (SELECT $1::uuid UNION ${nearTo('$1')}) AND ${SEES}`)} LIMIT $3`,
};
const OWN = {
  name: 'own_stories',
  text: stories('s.author_id = $1::uuid AND s.expires_at > $2::timestamptz'),
};
const ONE = { name: 'story', text: stories(`s.id = $3::uuid AND ${SEES}`) };

/**
 * The stories that somebody sees at a time, their own with those of others: the newest `limit`, the newest first. `client`
 * is the pool, or one connection inside a snapshot.
 */
export const loadStories = (
  client: pg.Pool | pg.ClientBase,
  userId: string,
  now: Date,
  limit: number,
): Promise<Story[]> => load(client, { ...ALL, values: [userId, now, limit] });

/** Their own that are not over, the newest first. */
export const loadOwnStories = (pool: pg.Pool, userId: string, now: Date): Promise<Story[]> =>
  load(pool, { ...OWN, values: [userId, now] });

/** The one with this id, as somebody sees it. Errors: `NOT_FOUND` (story). */
export async function loadStory(pool: pg.Pool, userId: string, now: Date, storyId: string): Promise<Story> {
  const [story] = await load(pool, { ...ONE, values: [userId, now, storyId] });
  if (!story) throw new ParleyError('NOT_FOUND', { what: 'story' });
  return story;
}

async function load(client: pg.Pool | pg.ClientBase, query: pg.QueryConfig): Promise<Story[]> {
  const { rows } = await client.query<{ story: Story }>(query);
  return rows.map(({ story }) => story);
}
