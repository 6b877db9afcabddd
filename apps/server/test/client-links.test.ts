import { type ChatClient, type ClientOptions, createClient } from '@parley/client';
import { afterEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { Cable } from './cable.ts';
import { lineTo } from './line.ts';
import type { Person } from './people.ts';
import { serverForAll } from './server.ts';

const server = serverForAll();

afterEach(() => void vi.unstubAllGlobals());

async function client(person: Person, options: ClientOptions) {
  const chat = createClient(options);
  await chat.login({ login: person.credentials.username, password: person.credentials.password });
  await becomes(chat, 'live');
  return Object.assign(chat, { [Symbol.asyncDispose]: () => chat.close() });
}

const becomes = (chat: ChatClient, status: string) => expect.poll(() => chat.connection.get()).toBe(status);

/** Two people who talk, and a client of the first. */
async function talk(options: Partial<ClientOptions> & { url: string }) {
  const [alice, bob] = await server.people.all('alice', 'bob');
  const conversationId = await alice.talkTo(bob);
  const chat = await client(alice, options);
  const heard: string[] = [];
  chat.on('message.created', ({ message }) => heard.push(message.text));
  return { chat, bob, conversationId, heard };
}

const OverLine = WebSocket as unknown as NonNullable<ClientOptions['WebSocket']>;

test('a half-open link is found out by a message that has no answer, which is stored once', async () => {
  await using line = await lineTo(server.nodes[0]);
  const it = await talk({ url: line.url, transport: 'ws', WebSocket: OverLine });
  await using chat = it.chat;
  const made = line.made;
  line.goDead();
  const sending = chat.messages.send({ conversationId: it.conversationId, text: 'hello?' });
  // In eight seconds; the keep-alive alone would take 25.
  await expect.poll(() => line.made, { timeout: 22_000 }).toBeGreaterThan(made);
  await sending.result;
  await it.bob.say(it.conversationId, 'yes');
  await expect.poll(() => it.heard).toEqual(['hello?', 'yes']);
});

test('woken, it finds a half-open link out in three seconds, without anything to say', async () => {
  await using line = await lineTo(server.nodes[0]);
  const it = await talk({ url: line.url, transport: 'ws', WebSocket: OverLine });
  await using chat = it.chat;
  line.goDead();
  await it.bob.say(it.conversationId, 'are you there?');
  chat.wake();
  await expect.poll(() => it.heard).toEqual(['are you there?']);
});

test('woken, it keeps a link that is whole', async () => {
  await using line = await lineTo(server.nodes[0]);
  const it = await talk({ url: line.url, transport: 'ws', WebSocket: OverLine });
  await using chat = it.chat;
  const statuses: string[] = [];
  chat.connection.subscribe((status) => statuses.push(status));
  chat.wake();
  await it.bob.say(it.conversationId, 'hello');
  await expect.poll(() => it.heard).toEqual(['hello']);
  expect(statuses).toEqual([]);
});

test('a browser that says it is offline is believed at once, and so is one that is online again', async () => {
  const window = new EventTarget();
  vi.stubGlobal('addEventListener', window.addEventListener.bind(window));
  vi.stubGlobal('removeEventListener', window.removeEventListener.bind(window));
  for (const transport of ['ws', 'sse'] as const) {
    const cable = new Cable(server.nodes[0]);
    const it = await talk(cable.options(transport));
    await using chat = it.chat;
    cable.pull();
    window.dispatchEvent(new Event('offline'));
    expect(chat.connection.get()).toBe('offline');
    await it.bob.say(it.conversationId, 'meanwhile');
    cable.plug();
    window.dispatchEvent(new Event('online'));
    await becomes(chat, 'live');
    await expect.poll(() => it.heard).toEqual(['meanwhile']);
    await chat.close();
    expect(chat.connection.get()).toBe('idle');
    window.dispatchEvent(new Event('offline'));
    expect(chat.connection.get()).toBe('idle');
  }
});

test('where sockets are blocked it goes on over HTTP, and over a socket again when one opens', async () => {
  const cable = new Cable(server.nodes[0]);
  let isBlocked = false;
  let sockets = 0;
  const { url, fetch, WebSocket: Cabled } = cable.options('ws');
  class Guarded extends Cabled {
    constructor(address: string) {
      super(address);
      if (isBlocked) this.close();
      else sockets += 1;
    }
  }
  // No transport is given: this is the usual one. Nor is an EventSource.
  const it = await talk({ url, fetch, WebSocket: Guarded });
  await using chat = it.chat;
  const streams = () => cable.requests.filter((path) => path.endsWith('/events.stream')).length;
  const said: string[] = [];
  const say = async (text: string): Promise<void> => {
    await it.bob.say(it.conversationId, text);
    said.push(text);
  };
  expect([sockets, streams()]).toEqual([1, 0]);

  isBlocked = true;
  cable.cut();
  await say('one');
  await expect.poll(() => streams()).toBeGreaterThan(0);
  expect(cable.requests).toContain('/healthz');
  await say('two');
  await expect.poll(() => it.heard).toEqual(said);
  await chat.messages.send({ conversationId: it.conversationId, text: 'three' }).result;
  said.push('three');
  await expect.poll(() => it.heard).toEqual(said);
  expect(sockets).toBe(1);

  isBlocked = false;
  chat.wake();
  await expect.poll(() => sockets).toBeGreaterThan(1);
  await say('four');
  await expect.poll(() => it.heard).toEqual(said);
  await becomes(chat, 'live');
  const before = streams();
  await chat.messages.send({ conversationId: it.conversationId, text: 'five' }).result;
  said.push('five');
  await expect.poll(() => it.heard).toEqual(said);
  expect(streams()).toBe(before);
});

test('a browser of any origin may ask whether HTTP is answered', async () => {
  const response = await fetch(`${server.nodes[0].url}/healthz`, {
    headers: { origin: 'https://elsewhere.test' },
  });
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
});
