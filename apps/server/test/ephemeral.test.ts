import { v7 } from 'uuid';
import { expect, test } from 'vitest';
import { Ephemeral } from '../src/events/ephemeral.ts';
import type { Listener } from '../src/events/hub.ts';
import type { Person } from './people.ts';
import { testServer } from './server.ts';
import { isEphemeral, type Subscription } from './subscription.ts';

const typed = ({ received }: Subscription): number =>
  received.filter(({ data }) => data.type === 'typing').length;

test.each(['ws', 'sse'] as const)(
  'over %s it carries the cursor as it stands, and a resume from it is exact',
  async (transport) => {
    await using server = await testServer({ nodes: 2 });
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    const elsewhere = await bob.startGroup('elsewhere');
    const hers = await alice.subscribe({ transport, node: 1 });
    await alice.say(conversationId, 'one');
    await hers.when(() => hers.texts.length === 1);
    // The log goes on, without a word for her.
    await bob.say(elsewhere, 'not for her');
    await bob.api.typing.start.mutate({ conversationId });
    await hers.when(() => typed(hers) === 1);
    for (const [n, { id, data }] of hers.received.entries())
      if (isEphemeral(data)) expect(id).toBe(hers.received[n - 1]!.id);
    const { cursor } = hers;
    hers.close();
    await bob.say(conversationId, 'two');
    const again = await alice.subscribe({ transport, cursor });
    await bob.say(conversationId, 'three');
    await again.when(() => again.texts.length === 2);
    expect(again.texts).toEqual(['two', 'three']);
  },
);

test('a cable that is cut behind it loses and doubles nothing', async () => {
  await using server = await testServer();
  const [alice, bob] = await server.people.all('alice', 'bob');
  const conversationId = await alice.talkTo(bob);
  const hers = await alice.subscribe();
  const said = Array.from({ length: 20 }, (_, n) => `message ${n}`);
  for (const text of said) {
    await bob.api.typing.start.mutate({ conversationId });
    await bob.api.typing.stop.mutate({ conversationId });
    hers.cut();
    await bob.say(conversationId, text);
  }
  await hers.when(() => hers.texts.length >= said.length);
  expect(hers.texts).toEqual(said);
});

test('a reader who is behind is told none of it, and is again when there is room', async () => {
  await using server = await testServer();
  const [alice, bob] = await server.people.all('alice', 'bob');
  const conversationId = await alice.talkTo(bob);
  const { hub } = server.nodes[0].app.log;
  const streams: Listener[] = [];
  hub.observeStreams({ caughtUp: (_, stream) => streams.push(stream), ended: () => {} });
  const hers = await alice.subscribe();
  const [stream] = streams;
  const tell = () =>
    stream!.tell(new Ephemeral({ type: 'typing', conversationId, userId: bob.id, until: null }));
  expect(tell()).toBe(true);
  const resume = hers.pause();
  const count = await sayUntil(bob, conversationId, () => !tell());
  const sent = typed(hers);
  for (let n = 0; n < 20; n++) expect(tell()).toBe(false);
  resume();
  await hers.when(() => hers.texts.length === count);
  await expect.poll(tell).toBe(true);
  await hers.when(() => typed(hers) > sent);
  expect(hers.texts).toHaveLength(count);
  expect(hers.connects).toBe(1);
});

/** Sends long messages until it is enough, and answers how many. */
async function sayUntil(person: Person, conversationId: string, isEnough: () => boolean): Promise<number> {
  const { api } = person.socket();
  for (let count = 0; ; count++) {
    if (isEnough()) return count;
    const text = '🫖'.repeat(4_000);
    await api.messages.send.mutate({ conversationId, text, clientMessageId: v7() });
  }
}

test('one frame serves all who stand at the same cursor with the same request', () => {
  const news = new Ephemeral({ type: 'typing', conversationId: v7(), userId: v7(), until: null });
  expect(news.frame('1', 'e.7')).toBe(news.frame('1', 'e.7'));
  expect(news.frame('2', 'e.7')).not.toBe(news.frame('1', 'e.7'));
  expect(news.frame('1', 'e.8')).not.toBe(news.frame('1', 'e.7'));
  expect(news.frame('1', 'e.7').subarray(4).toString()).toContain('"id":"e.7"');
});
