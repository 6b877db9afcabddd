import { describe, expect, test } from 'vitest';
import { serverForAll } from './server.ts';

describe.each([1, 2])('on %i node(s)', (nodes) => {
  const server = serverForAll({ nodes });

  describe.each(['ws', 'sse'] as const)('over %s', (transport) => {
    const last = nodes - 1;

    test('a message reaches every device of everybody in the conversation, once and in order', async () => {
      const [alice, bob] = await server.people.all('alice', 'bob');
      const conversation = await alice.talkTo(bob);
      const streams = await Promise.all([
        alice.subscribe({ transport }),
        bob.subscribe({ transport, node: last }),
        (await bob.anotherDevice()).subscribe({ transport, node: last }),
      ]);
      const said = Array.from({ length: 30 }, (_, n) => `message ${n}`);
      for (const text of said) await alice.say(conversation, text);
      for (const stream of streams) {
        await stream.when(() => stream.texts.length === said.length);
        expect(stream.texts).toEqual(said);
      }
    });

    test('a subscriber who comes back gets what was missed, and goes on live', async () => {
      const [alice, bob] = await server.people.all('alice', 'bob');
      const conversation = await alice.talkTo(bob);
      const first = await bob.subscribe({ transport });
      await alice.say(conversation, 'one');
      await first.when(() => first.texts.length === 1);
      first.close();
      await alice.say(conversation, 'two');
      await alice.say(conversation, 'three');
      const second = await bob.subscribe({ transport, node: last, cursor: first.cursor });
      await alice.say(conversation, 'four');
      await second.when(() => second.texts.length === 3);
      expect(second.texts).toEqual(['two', 'three', 'four']);
    });

    test('a cut cable loses and doubles nothing', async () => {
      const [alice, bob] = await server.people.all('alice', 'bob');
      const conversation = await alice.talkTo(bob);
      const stream = await bob.subscribe({ transport, node: last });
      const said = Array.from({ length: 40 }, (_, n) => `message ${n}`);
      for (const [n, text] of said.entries()) {
        if (n % 10 === 5) stream.cut();
        await alice.say(conversation, text);
      }
      await stream.when(() => stream.texts.length >= said.length);
      expect(stream.texts).toEqual(said);
    });
  });
});
