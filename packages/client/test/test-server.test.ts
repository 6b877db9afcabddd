import { createClient } from '@parley/client';
import { expect, test } from 'vitest';
import { startTestServer, unreliable } from '../src/testing/index.ts';

test('a server in one call: people talk, and over a bad link too', async () => {
  await using server = await startTestServer();
  const [alice, bob] = [await server.register('Alice'), await server.register('bob')];
  const link = unreliable(bob.options, { seed: 1 });
  const [a, b] = [createClient(alice.options), createClient(link.options)];
  await expect.poll(() => b.connection.get()).toBe('live');
  link.drop(0.05);
  link.delay(0, 20);
  link.duplicate(0.3);
  link.reorder(0.3);
  const texts = Array.from({ length: 20 }, (_, n) => `line ${n}`);
  const first = await a.messages.send({ toUserId: bob.id, text: texts[0]! }).result;
  const { conversationId } = first;
  for (const text of texts.slice(1)) a.messages.send({ conversationId, text });
  await expect
    .poll(() => b.state.get().conversations?.[conversationId]?.lastSeq, { timeout: 60_000 })
    .toBe(texts.length);
  link.heal();
  await b.messages.send({ conversationId, text: 'I have them all' }).result;
  const { messages } = await b.api.messages.list.query({ conversationId });
  expect(messages.map(({ text }) => text)).toEqual([...texts, 'I have them all']);
  expect(b.state.get().me).toMatchObject({ id: bob.id, fullName: 'bob' });
  await Promise.all([a.close(), b.close()]);

  // The same, beside it.
  await using again = await startTestServer({ url: server.url });
  expect((await again.register('carol')).options.url).toBe(server.url);
});

test('a server that cannot start says why', async () => {
  await expect(startTestServer({ env: { BCRYPT_COST: '99' } })).rejects.toThrow(
    /did not start: .*BCRYPT_COST/,
  );
});
