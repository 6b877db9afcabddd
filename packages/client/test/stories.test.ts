import type { ChatEvent, PublicUser, Story } from '@parley/contract';
import { expect, test } from 'vitest';
import { applyEvent } from '../src/sync/apply-event.ts';
import { type ChatState, emptyState, takeBootstrap } from '../src/sync/state.ts';
import { ownStoriesOf, storiesOf } from '../src/sync/stories.ts';
import { ME, Model } from './model.ts';

const NOON = Date.parse('2026-11-20T12:00:00.000Z');
const DAY = 86_400_000;
const iso = (at: number): string => new Date(at).toISOString();

const person = (username: string): PublicUser => ({
  id: `id of ${username}`,
  username,
  fullName: null,
  avatar: null,
  status: null,
  isDeleted: false,
});
const [bob, carol] = [person('bob'), person('carol')];

/** Bob is a friend, and Carol a contact. */
const start: ChatState = {
  ...takeBootstrap(emptyState, new Model().snapshot()),
  friends: { [bob.id]: { user: bob, since: iso(NOON) } },
  contacts: { [carol.id]: { user: carol, alias: null, createdAt: iso(NOON) } },
};

/** A story of somebody's, so many minutes after noon. */
const story = (id: string, authorId: string, minutes: number, more: Partial<Story> = {}): Story => ({
  id,
  authorId,
  file: { id: `file of ${id}`, name: 'a.webp', size: 1, type: 'image/webp', kind: 'image' },
  caption: null,
  createdAt: iso(NOON + minutes * 60_000),
  expiresAt: iso(NOON + minutes * 60_000 + DAY),
  isSeen: false,
  views: null,
  ...more,
});
const created = (one: Story): ChatEvent => ({ type: 'story.created', story: one });
const seen = (storyId: string, authorId: string, views: number | null): ChatEvent => ({
  type: 'story.seen',
  storyId,
  authorId,
  views,
});

/** The state after these events, each of which came twice. */
const after = (...events: ChatEvent[]): ChatState =>
  events.reduce((state, event) => {
    const next = applyEvent(state, event);
    expect(applyEvent(next, event)).toEqual(next);
    return next;
  }, start);

/** Whose stories are shown, and which: those in brackets are all seen. */
const shown = (state: ChatState, now: number): string[] =>
  storiesOf(state, now).map(({ author, stories, hasUnseen }) => {
    const list = `${author.username}: ${stories.map(({ id }) => id).join(' ')}`;
    return hasUnseen ? list : `(${list})`;
  });

test('by author: those with unseen ones first, then who has the newest; each of theirs the newest first', () => {
  const three = [story('b1', bob.id, 1), story('c2', carol.id, 2), story('b3', bob.id, 3)].map(created);
  const later = NOON + 4 * 60_000;
  expect(shown(after(...three), later)).toEqual(['bob: b3 b1', 'carol: c2']);
  expect(shown(after(...three, seen('b3', bob.id, null)), later)).toEqual(['bob: b3 b1', 'carol: c2']);
  const all = after(...three, seen('b3', bob.id, null), seen('b1', bob.id, null));
  expect(shown(all, later)).toEqual(['carol: c2', '(bob: b3 b1)']);
});

test('each is over at its time, before anybody says so, and gone when it is said', () => {
  const state = after(created(story('b1', bob.id, 0)), created(story('b2', bob.id, 1)));
  expect(shown(state, NOON + DAY - 1)).toEqual(['bob: b2 b1']);
  expect(shown(state, NOON + DAY)).toEqual(['bob: b2']);
  expect(shown(state, NOON + 2 * DAY)).toEqual([]);
  const without = applyEvent(state, { type: 'story.deleted', storyId: 'b2', authorId: bob.id });
  expect(Object.keys(without.stories!)).toEqual(['b1']);
});

test('of one’s own it is told how many have seen them, and they are among nobody’s', () => {
  const own = story('mine', ME.id, 0, { isSeen: true, views: 0 });
  const state = after(created(own), seen('mine', ME.id, 3));
  expect(shown(state, NOON)).toEqual([]);
  expect(ownStoriesOf(state, NOON)).toEqual([{ ...own, views: 3 }]);
  expect(ownStoriesOf(state, NOON + DAY)).toEqual([]);
});

test('what was seen stays seen when it is told again', () => {
  const one = story('b1', bob.id, 0);
  const state = after(created(one), seen('b1', bob.id, null), created(one));
  expect(shown(state, NOON)).toEqual(['(bob: b1)']);
});

test('an account that is deleted shows nothing any more; another profile changes nothing', () => {
  const both = [created(story('b1', bob.id, 0)), created(story('c1', carol.id, 0))];
  const renamed = after(...both, { type: 'user.updated', user: { ...bob, fullName: 'Bob' } });
  expect(Object.keys(renamed.stories!)).toEqual(['b1', 'c1']);
  const gone = after(...both, { type: 'user.updated', user: { ...bob, isDeleted: true } });
  expect(Object.keys(gone.stories!)).toEqual(['c1']);
});

test('they are unknown until a snapshot', () => {
  expect(applyEvent(emptyState, created(story('b1', bob.id, 0))).stories).toBeUndefined();
  const stories = [story('b1', bob.id, 0)];
  const state = takeBootstrap(emptyState, { ...new Model().snapshot(), stories });
  expect(Object.values(state.stories!)).toEqual(stories);
});
