import type { Story } from '@parley/contract';
import type { Hydrator } from '../events/hydrate.ts';
import type { StoryRefs } from './tell.ts';
import { storyJson } from './view.ts';
import { seesStory } from './visible.ts';

/** The topic is who is told: of what they do not see any more, nothing. By the database's clock, as of a status. */
const created: Hydrator<'story.created'> = async ({ pool }, rows: { topic: string; refs: StoryRefs }[]) => {
  const found = await pool.query<{ story: Story | null }>({
    name: 'stories_of_events',
    text: EACH,
    values: [rows.map(({ topic }) => topic), rows.map(({ refs }) => refs.storyId)],
  });
  return found.rows.map(({ story }) => story && { type: 'story.created', story });
};

const EACH = `
  SELECT CASE WHEN s.id IS NOT NULL THEN ${storyJson('told.user_id')} END AS story
  FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS told (user_id, story_id, n)
  LEFT JOIN (stories s JOIN files f ON f.id = s.file_id)
    ON s.id = told.story_id AND ${seesStory('told.user_id', 'now()')}
  ORDER BY n`;

const deleted: Hydrator<'story.deleted'> = async (_, rows: { refs: StoryRefs }[]) =>
  rows.map(({ refs }) => ({ type: 'story.deleted', ...refs }));

const seen: Hydrator<'story.seen'> = async (_, rows: { refs: StoryRefs & { views: number | null } }[]) =>
  rows.map(({ refs }) => ({ type: 'story.seen', ...refs }));

export const storyEvents = { 'story.created': created, 'story.deleted': deleted, 'story.seen': seen };
