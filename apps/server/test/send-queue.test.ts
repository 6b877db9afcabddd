import { setImmediate as turn } from 'node:timers/promises';
import { v7 } from 'uuid';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createSendQueue } from '../src/messages/send-queue.ts';
import { serverForAll } from './server.ts';

const server = serverForAll();

test('whoever was answered together is stored together again, and nobody waits for who does not come', async () => {
  const [alice, bob] = await server.people.all('alice', 'bob');
  const conversationId = await alice.talkTo(bob);
  const batches: number[] = [];
  const sends = createSendQueue({
    url: server.databaseUrl,
    database: server.nodes[0].app.database,
    log: { committed: (entries) => batches.push(entries.length), wake() {} },
    clock: server.nodes[0].app.clock,
  });
  onTestFinished(() => sends.close());
  const send = () =>
    sends.push({ conversationId, senderId: alice.id, clientMessageId: v7(), text: 'hello', extras: null });

  // Half a millisecond lasts until it is told that it is over.
  let now = performance.now();
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  onTestFinished(() => void vi.restoreAllMocks());

  await Promise.all([send(), send(), send()]);
  const first = send();
  for (let turns = 0; turns < 5; turns++) await turn();
  await Promise.all([first, send(), send()]);
  expect(batches).toEqual([3, 3]);

  const alone = send();
  for (let turns = 0; turns < 5; turns++) await turn();
  now += 1;
  await alone;
  await send();
  expect(batches).toEqual([3, 3, 1, 1]);
});
