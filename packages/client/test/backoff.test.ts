import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createBackoff } from '../src/sync/backoff.ts';

test('waits grow to a most, and never fall below the floor', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(30), (random, tries) => {
      const backoff = createBackoff(
        () => 0,
        () => random,
      );
      const waits = Array.from({ length: tries }, backoff.next);
      expect(waits).toEqual(waits.toSorted((a, b) => a - b));
      for (const wait of waits) {
        expect(wait).toBeGreaterThanOrEqual(100);
        expect(wait).toBeLessThanOrEqual(15_100);
      }
    }),
  );
});

test('a server that accepts and closes at once is not stormed', () => {
  let now = 0;
  const backoff = createBackoff(
    () => now,
    () => 0.5,
  );
  let connections = 0;
  while (now < 60_000) {
    now += backoff.next();
    connections += 1;
    backoff.succeeded();
    now += 5;
  }
  expect(connections).toBeLessThan(15);
});

test('what held for a while starts over', () => {
  let now = 0;
  const backoff = createBackoff(
    () => now,
    () => 0.5,
  );
  const first = backoff.next();
  for (let n = 0; n < 5; n += 1) backoff.next();
  backoff.succeeded();
  now += 5_000;
  expect(backoff.next()).toBe(first);
});
