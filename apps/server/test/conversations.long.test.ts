import { test } from 'vitest';
import { openFromBothSides } from './pairs.ts';
import { removeWhileTheyFlow } from './removed.ts';
import { testServer } from './server.ts';

test('S47: opened from both sides at once by a thousand pairs, on two nodes: one conversation a pair', () =>
  openFromBothSides(46));

test('S42: removed while 1,000 messages flow, ten times: not one event after the removal, on either node, over ws or sse', async () => {
  await using server = await testServer({ nodes: 2 });
  for (let time = 0; time < 10; time++) {
    await removeWhileTheyFlow(server, 1_000);
    server.people.close();
  }
});
