import { v7 } from 'uuid';
import { expect, inject, test } from 'vitest';
import { runSql, testDatabase } from './database.ts';
import { People, type Person } from './people.ts';
import { serverProcess } from './process.ts';

/** Sends until it is answered, with the same key, as an outbox does; the answer of a server that died is unknown. */
async function insist(person: Person, conversation: string, text: string): Promise<number> {
  const key = v7();
  for (;;) {
    try {
      return (await person.say(conversation, text, key)).seq;
    } catch (error) {
      // Refused by nobody: there was no answer. Anything else is a fault.
      if ((error as { data?: unknown }).data) throw error;
    }
  }
}

test('a server killed with -9 while messages flow: what was acknowledged is there, once, and everybody gets it, over ws and over sse', async () => {
  await using database = await testDatabase();
  await using server = await serverProcess(database.url);
  const people = new People([server]);
  using _ = { [Symbol.dispose]: () => people.close() };
  const [alice, bob] = await people.all('alice', 'bob');
  const conversation = await alice.talkTo(bob);
  const streams = await Promise.all(
    (['ws', 'sse'] as const).map((transport) => bob.subscribe({ transport })),
  );
  const seqs: number[] = [];
  let sent = 0;
  const talk = async () => {
    while (sent < 300) seqs.push(await insist(alice, conversation, `message ${sent++}`));
  };
  const talking = Promise.all([talk(), talk(), talk(), talk()]);
  for (const after of [60, 150, 220]) {
    await Promise.all(streams.map((stream) => stream.when(() => stream.texts.length >= after)));
    await server.kill();
    await server.restart();
  }
  await talking;
  const all = Array.from({ length: 300 }, (_, n) => n + 1);
  expect(seqs.sort((a, b) => a - b)).toEqual(all);
  for (const stream of streams) {
    await stream.when(() => stream.texts.length >= all.length);
    expect(stream.events.map((event) => event.type === 'message.created' && event.message.seq)).toEqual(all);
    expect(new Set(stream.texts).size).toBe(all.length);
  }
});

test('a node outlives the end of its connections to the database, whatever is under way on them', async () => {
  await using database = await testDatabase();
  await using server = await serverProcess(database.url);
  const alice = await new People([server]).join('alice');
  const conversationId = await alice.startGroup('tea');
  let isOver = false;
  const read = async () => {
    const { sync, conversations } = alice.api;
    while (!isOver)
      await Promise.allSettled([
        sync.bootstrap.query(),
        conversations.get.query({ conversationId }),
        conversations.members.query({ conversationId }),
        alice.say(conversationId, 'hello'),
      ]);
  };
  const reading = Promise.all(Array.from({ length: 6 }, read));
  const name = new URL(database.url).pathname.slice(1);
  const end = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`;
  for (let time = 0; time < 10; time++) {
    await runSql(inject('postgres').url, end);
    await expect.poll(() => alice.api.users.me.query().then(({ id }) => id)).toBe(alice.id);
  }
  isOver = true;
  await reading;
});
