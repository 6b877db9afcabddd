import { expect, test } from 'vitest';
import { BUSY, COMING_AND_GOING } from './logs.ts';
import { runReplay } from './run-replay.ts';

test.skipIf(!COMING_AND_GOING)('a whole file in which people come and go', () =>
  replayWhole(COMING_AND_GOING!),
);

test.skipIf(!BUSY)('a whole file in which many speak', () => replayWhole(BUSY!));

async function replayWhole(file: string): Promise<void> {
  const { code, output } = await runReplay([file]);
  console.log(output);
  expect(output).not.toContain('FAILED');
  expect(output).toMatch(/Every client equals the database\. Nothing was lost, nothing came twice\.\n$/);
  expect(code).toBe(0);
}
