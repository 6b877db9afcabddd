import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { bundle } from './bundle.ts';

/** Bytes, gzipped: client, tRPC and all. */
const BUDGET = 30_000;

test('an application loads less than 30 kB for it, and no zod', async () => {
  const { entry, later } = await bundle('esm');
  expect(gzipSync(entry.code, { level: 9 }).length).toBeLessThan(BUDGET);
  // So the measure is of all there is …
  const packages = (ids: string[]) =>
    new Set(ids.flatMap((id) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id)?.[1] ?? []));
  expect(packages(entry.moduleIds)).toEqual(new Set(['@trpc/client', '@trpc/server']));
  // … but for what only server-sent events need.
  expect(packages(later.flatMap(({ moduleIds }) => moduleIds))).toEqual(
    new Set(['eventsource', 'eventsource-parser']),
  );
});
