import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChatClient, createClient } from '@parley/client';
import { expect, test } from 'vitest';
import { People, type Person } from './people.ts';
import { postmasterOf } from './postmaster.ts';
import { type ServerProcess, serverProcess } from './process.ts';

/** Somebody at the shipped client, and what it told them. */
async function sitDown(person: Person, { url }: ServerProcess) {
  const client = createClient({ url });
  const { username, password } = person.credentials;
  await client.login({ login: username, password });
  await expect.poll(() => client.connection.get()).toBe('live');
  const heard: string[] = [];
  client.on('message.created', ({ message }) => heard.push(message.text));
  return { client, heard, [Symbol.dispose]: () => client.close() };
}

test('two servers on one data folder die in turn, and the Postgres that they share: everybody hears everything, once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-together-'));
  using _ = { [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
  chmodSync(folder, 0o755);
  const development = { NODE_ENV: 'development', DATABASE_URL: '', DATA_FOLDER: folder, LOG_LEVEL: 'silent' };
  await using one = await serverProcess('', development);
  await using other = await serverProcess('', development);
  const [alice, bob] = await new People([one]).all('alice', 'bob');
  const conversationId = await alice.talkTo(bob);
  using her = await sitDown(alice, one);
  using his = await sitDown(bob, other);

  const said: string[] = [];
  let isOver = false;
  const talk = async ({ messages }: ChatClient, name: string) => {
    for (let n = 0; !isOver; n++) {
      const text = `${name} ${n}`;
      said.push(text);
      await messages.send({ conversationId, text }).result;
    }
  };
  const goesOn = async (...listeners: { heard: string[] }[]) => {
    for (const { heard } of listeners) {
      const enough = heard.length + 20;
      await expect.poll(() => heard.length, { timeout: 30_000 }).toBeGreaterThan(enough);
    }
  };
  const talking = Promise.all([talk(her.client, 'alice'), talk(his.client, 'bob')]);
  await goesOn(her, his);
  // The first one has the Postgres of both.
  await one.kill();
  await goesOn(his);
  await one.restart();
  await goesOn(her, his);
  process.kill(postmasterOf(join(folder, 'postgres')).pid, 'SIGKILL');
  await goesOn(her, his);
  await other.kill();
  await goesOn(her);
  await other.restart();
  await goesOn(her, his);
  isOver = true;
  await talking;

  await expect.poll(() => [her.heard.length, his.heard.length]).toEqual([said.length, said.length]);
  expect(her.heard).toEqual(his.heard);
  expect(her.heard.toSorted()).toEqual(said.toSorted());
});
