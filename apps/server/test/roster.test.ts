import type { Availability } from '@parley/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Here } from '../src/presence/here.ts';
import { Roster } from '../src/presence/roster.ts';

const BOB = 'bob';
const availability = fc.constantFrom<Availability>('online', 'away', 'busy', 'invisible');
const shown = (chosen: Availability) => (chosen === 'invisible' ? 'offline' : chosen);

test('however late news of nodes comes, somebody is shown as they last chose to be', () => {
  fc.assert(
    fc.property(
      // What the log says, and at which positions nodes have looked, in the order in which it is heard.
      fc.array(availability, { minLength: 1, maxLength: 8 }),
      fc.array(fc.record({ node: fc.nat(2), lookedAt: fc.nat(8), heardAfter: fc.nat(8) }), {
        minLength: 1,
        maxLength: 8,
      }),
      (choices, looks) => {
        const at = (position: number) => choices[Math.min(position, choices.length) - 1] ?? 'online';
        const seen: string[] = [];
        const roster = new Roster((userId) => seen.push(roster.statusOf(userId)));
        const hear = (after: number) => {
          for (const { node, lookedAt, heardAfter } of looks)
            if (Math.min(heardAfter, choices.length) === after)
              roster.put(`${node}`, BOB, at(lookedAt), Math.min(lookedAt, choices.length));
        };
        hear(0);
        for (const [index, choice] of choices.entries()) {
          roster.choose(BOB, choice, index + 1);
          hear(index + 1);
        }
        expect(roster.statusOf(BOB)).toBe(shown(choices.at(-1)!));
        expect(seen.at(-1) ?? 'offline').toBe(roster.statusOf(BOB));
        for (const node of ['0', '1', '2']) roster.dropNode(node);
        expect(roster.isConnected(BOB)).toBe(false);
        expect(roster.statusOf(BOB)).toBe('offline');
      },
    ),
    { numRuns: 2_000 },
  );
});

test('somebody is connected while one node has them, and a change that shows nothing is not told', () => {
  const changes: string[] = [];
  const roster = new Roster((userId) => changes.push(`${userId} ${roster.statusOf(userId)}`));
  roster.put('a', BOB, 'away', 1);
  roster.put('b', BOB, 'away', 2);
  roster.drop('a', BOB);
  roster.replace('b', new Map([[BOB, 'away']]), 3);
  expect(changes).toEqual(['bob away']);
  roster.replace('b', new Map([['carol', 'busy']]), 4);
  roster.drop('b', BOB);
  expect(changes).toEqual(['bob away', 'bob offline', 'carol busy']);
});

test('what is written is who is here: whatever comes and goes, once each, and never within the grace', () => {
  const step = fc.record({
    userId: fc.constantFrom('a', 'b', 'c'),
    after: fc.nat(7_000),
    take: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const here = new Here();
      const connected = new Set<string>();
      const leftAt = new Map<string, number>();
      const table = new Set<string>();
      let now = 0;
      const take = () => {
        const { came, gone } = here.take(now);
        for (const userId of came) {
          expect(table.has(userId)).toBe(false);
          expect(connected.has(userId)).toBe(true);
          table.add(userId);
        }
        for (const { userId, at } of gone) {
          expect(table.delete(userId)).toBe(true);
          expect(connected.has(userId)).toBe(false);
          expect(at.getTime()).toBe(leftAt.get(userId));
          expect(now - at.getTime()).toBeGreaterThan(5_000);
        }
      };
      for (const { userId, after, take: doTake } of steps) {
        now += after;
        if (doTake) take();
        else if (connected.delete(userId)) {
          leftAt.set(userId, now);
          here.leave(userId, new Date(now), now);
        } else {
          connected.add(userId);
          here.arrive(userId);
        }
      }
      now += 10_000;
      take();
      expect(table).toEqual(connected);
      expect(new Set(here.takeAll())).toEqual(connected);
    }),
    { numRuns: 2_000 },
  );
});
