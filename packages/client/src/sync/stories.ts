import type { PublicUser, StoriesOfAuthor, Story } from '@parley/contract';
import type { ChatState } from './state.ts';

/** Stories as the state keeps them: by id; undefined while not loaded. */
export type Stories = Readonly<Record<string, Story>> | undefined;

export const takeStories = (stories: Story[]): Record<string, Story> =>
  Object.fromEntries(stories.map((story) => [story.id, story]));

/** What was seen once is seen. */
export function putStory(state: ChatState, story: Story): ChatState {
  if (!state.stories) return state;
  const isSeen = story.isSeen || state.stories[story.id]?.isSeen === true;
  return { ...state, stories: { ...state.stories, [story.id]: { ...story, isSeen } } };
}

export function dropStory(state: ChatState, storyId: string): ChatState {
  const { [storyId]: dropped, ...stories } = state.stories ?? {};
  return dropped ? { ...state, stories } : state;
}

/** This person has seen it; or so many people have seen one of theirs. */
export function seeStory(
  state: ChatState,
  { storyId, views }: { storyId: string; views: number | null },
): ChatState {
  const known = state.stories?.[storyId];
  if (!known) return state;
  return putStory(state, views === null ? { ...known, isSeen: true } : { ...known, views });
}

/** An account that is deleted shows nothing any more. */
export function dropStoriesOf(state: ChatState, { id, isDeleted }: PublicUser): ChatState {
  const stories = Object.values(state.stories ?? {});
  if (!isDeleted || stories.every(({ authorId }) => authorId !== id)) return state;
  return { ...state, stories: takeStories(stories.filter(({ authorId }) => authorId !== id)) };
}

/**
 * The stories of others that are not over, by author, as `stories.feed` has them: those with one that this person has
 * not seen first, and of these and of the others whoever has the newest. `now` in milliseconds, as of `Date.now()`.
 */
export function storiesOf(state: ChatState, now: number): StoriesOfAuthor[] {
  const others = standing(state, now).filter(({ authorId }) => authorId !== state.me?.id);
  return [...new Set(others.map(({ authorId }) => authorId))]
    .flatMap((id) => {
      const author = authorIn(state, id);
      const stories = others.filter(({ authorId }) => authorId === id);
      return author ? { author, stories, hasUnseen: stories.some(({ isSeen }) => !isSeen) } : [];
    })
    .sort((a, b) => Number(b.hasUnseen) - Number(a.hasUnseen) || byAge(a.stories[0]!, b.stories[0]!));
}

/** One's own that are not over, the newest first. */
export const ownStoriesOf = (state: ChatState, now: number): Story[] =>
  standing(state, now).filter(({ authorId }) => authorId === state.me?.id);

const standing = ({ stories = {} }: ChatState, now: number): Story[] =>
  Object.values(stories)
    .filter(({ expiresAt }) => Date.parse(expiresAt) > now)
    .sort(byAge);

/** The newest first. */
const byAge = (a: Story, b: Story): number =>
  Date.parse(b.createdAt) - Date.parse(a.createdAt) || (a.id < b.id ? 1 : -1);

/** Whoever shows something to this person is a friend or a contact. */
const authorIn = ({ friends, contacts }: ChatState, id: string): PublicUser | undefined =>
  (friends?.[id] ?? contacts?.[id])?.user;
