import { describe, expect, test } from 'vitest';
import type { Sight } from '../src/presence/audience.ts';
import { Watches } from '../src/presence/watches.ts';

/** Alice's one stream on this node, and how others are of whom she is told. */
function aliceWatches() {
  const here = new Set<string>();
  const watches = new Watches((userId) => (here.has(userId) ? 'online' : 'offline'));
  watches.add('alice', { deliver: () => {}, tell: () => true });
  let elapsed = 0;
  return {
    /** These are the people that were read. */
    read: (...people: [string, Sight][]) =>
      watches.set('alice', { ids: people.map(([userId]) => userId), sights: new Map(people) }),
    become(userId: string, status: 'online' | 'offline') {
      here[status === 'online' ? 'add' : 'delete'](userId);
      watches.changed(userId);
    },
    /** What her stream is to be told, which then counts as told. */
    tell() {
      elapsed += 1_000;
      return watches.due(elapsed).map((feed) => {
        const pending = [...feed.pending].map((userId) => [userId, watches.sightOf(feed, userId)]);
        const hidden = [...feed.hidden];
        watches.told(feed, [...feed.pending], elapsed);
        return { pending, hidden };
      });
    },
  };
}

describe('a stream is told', () => {
  test('of whoever was hidden and is back before it has heard that, however they are', () => {
    const { read, become, tell } = aliceWatches();
    become('bob', 'online');
    read(['bob', 'plain']);
    expect(tell()).toEqual([{ pending: [['bob', 'plain']], hidden: [] }]);
    read();
    become('bob', 'offline');
    read(['bob', 'plain']);
    expect(tell()).toEqual([{ pending: [['bob', 'plain']], hidden: [] }]);
    expect(tell()).toEqual([]);
  });

  test('of a block that begins or ends, once, and meanwhile of nothing', () => {
    const { read, become, tell } = aliceWatches();
    become('bob', 'online');
    read(['bob', 'trusted']);
    expect(tell()).toEqual([{ pending: [['bob', 'trusted']], hidden: [] }]);
    read(['bob', 'blocked']);
    expect(tell()).toEqual([{ pending: [['bob', 'blocked']], hidden: [] }]);
    become('bob', 'offline');
    become('bob', 'online');
    read(['bob', 'blocked']);
    expect(tell()).toEqual([]);
    read(['bob', 'plain']);
    expect(tell()).toEqual([{ pending: [['bob', 'plain']], hidden: [] }]);
    read(['bob', 'trusted']);
    expect(tell()).toEqual([]);
  });

  test('nothing of whoever is new to it and blocked, as of whoever is offline', () => {
    const { read, become, tell } = aliceWatches();
    become('bob', 'online');
    read(['bob', 'blocked'], ['carol', 'plain']);
    expect(tell()).toEqual([]);
    read(['carol', 'plain']);
    expect(tell()).toEqual([{ pending: [], hidden: ['bob'] }]);
  });
});
