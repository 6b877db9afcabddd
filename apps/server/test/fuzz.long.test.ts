import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { fuzz } from './fuzz.ts';
import { testServer } from './server.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** Bytes of the heap that are in use. */
function heap(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

test('S73 200,000 messages that are nearly right harm nobody, and leave nothing behind', async () => {
  const seed = Date.now();
  console.log(`seed ${seed}`);
  await using server = await testServer();
  await fuzz(server, { seed, messages: 20_000 });
  const before = heap();
  await fuzz(server, { seed: seed + 1, messages: 180_000 });
  expect(heap() - before).toBeLessThan(30_000_000);
});
