import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LogEntry } from '../src/events/entry.ts';
import { Follower } from '../src/events/follower.ts';

const entry = (position: number): LogEntry => ({ position, topic: 'topic', event: null });

test('whatever order commits, offers, hints and reads come in: each entry is applied once, in order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      // Batches in the order of their commits: how long, and whether this node made it or another.
      fc.array(
        fc.record({ length: fc.integer({ min: 1, max: 4 }), own: fc.boolean(), hinted: fc.boolean() }),
        {
          minLength: 1,
          maxLength: 12,
        },
      ),
      async (scheduler, batches) => {
        const log: LogEntry[] = [];
        const applied: number[] = [];
        const errors: unknown[] = [];
        const follower = new Follower(0, {
          // A read sees what is committed when it runs, two entries at most.
          next: (after, before) =>
            scheduler.schedule(Promise.resolve(), 'read').then(() => {
              const found = log.filter(({ position }) => position > after && position < before);
              return { entries: found.slice(0, 2), more: found.length > 2 };
            }),
          apply: (entries) => void applied.push(...entries.map(({ position }) => position)),
          onError: (error) => void errors.push(error),
        });
        for (const { length, own, hinted } of batches) {
          const batch = Array.from({ length }, (_, n) => entry(log.length + 1 + n));
          log.push(...batch);
          const hear = () => {
            if (own) follower.offer(batch);
            else if (hinted) follower.hint(batch.at(-1)!.position);
          };
          // Word of a commit may come late, and after word of a later one.
          scheduler.schedule(Promise.resolve(), own ? 'offer' : 'hint').then(hear);
        }
        await scheduler.waitAll();
        // The poll comes in any case, and again.
        for (let poll = 0; poll < 20 && applied.length < log.length; poll++) {
          follower.hint(log.length);
          await scheduler.waitIdle();
        }
        expect(errors).toEqual([]);
        expect(applied).toEqual(log.map(({ position }) => position));
      },
    ),
    { numRuns: 500 },
  );
});

test('a hole in what was read is an error, and nothing after it is applied', async () => {
  const applied: number[] = [];
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const follower = new Follower(0, {
    next: async () => ({ entries: [entry(1), entry(3)], more: false }),
    apply: (entries) => void applied.push(...entries.map(({ position }) => position)),
    onError: resolve,
  });
  follower.hint(3);
  expect(await promise).toMatchObject({ message: 'The log has a hole before position 3' });
  expect(applied).toEqual([]);
});

test('a read that fails is repeated with the next hint', async () => {
  const applied: number[] = [];
  const failed = Promise.withResolvers<unknown>();
  const done = Promise.withResolvers<void>();
  let tries = 0;
  const follower = new Follower(0, {
    next: async () => {
      if (tries++ === 0) throw new Error('away');
      return { entries: [entry(1)], more: false };
    },
    apply: (entries) => {
      applied.push(...entries.map(({ position }) => position));
      done.resolve();
    },
    onError: failed.resolve,
  });
  follower.hint(1);
  await failed.promise;
  // In the next turn: the failed read has ended by then.
  await new Promise((resolve) => setImmediate(resolve));
  follower.hint(1);
  await done.promise;
  expect(applied).toEqual([1]);
});
