import {
  type ChatClient,
  type ClientOptions,
  createClient,
  memoryStorage,
  type Storage,
} from '@parley/client';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Cable } from './cable.ts';
import type { Person } from './people.ts';
import { serverForAll } from './server.ts';

const server = serverForAll();

afterEach(() => void vi.unstubAllGlobals());

/** The application on one device, from a start to its end. */
function application(transport: 'ws' | 'sse', storage: Storage, options: Partial<ClientOptions> = {}) {
  const cable = new Cable(server.nodes[0]);
  const chat = createClient({ ...cable.options(transport), storage, ...options });
  return { chat, cable, [Symbol.asyncDispose]: () => chat.close() };
}

const logIn = ({ credentials: { username, password } }: Person, chat: ChatClient) =>
  chat.login({ login: username, password });

const becomes = (chat: ChatClient, status: string) => expect.poll(() => chat.connection.get()).toBe(status);

const outboxOf = (chat: ChatClient) => chat.state.get().outbox.map(({ text }) => text);
const keysOf = (storage: Storage): string[] =>
  [...(storage.keys() as string[])].filter((key) => key.startsWith('parley.outbox'));

describe.each(['ws', 'sse'] as const)('over %s', (transport) => {
  /** Somebody who has written offline what was not sent when the application ended. */
  async function leftOffline(goodbye = true) {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    await bob.say(conversationId, 'hello');
    const storage = memoryStorage();
    const { chat, cable } = application(transport, storage);
    await logIn(alice, chat);
    await becomes(chat, 'live');
    await expect.poll(() => chat.state.get().conversations?.[conversationId]?.lastSeq).toBe(1);
    cable.pull();
    await expect.poll(() => chat.connection.get()).toMatch(/reconnecting|offline/);
    for (const text of ['one', 'two', 'three']) chat.messages.send({ conversationId, text });
    void chat.messages.markRead({ conversationId, seq: 1 }).catch(() => {});
    if (goodbye) await chat.close();
    return { alice, bob, conversationId, storage, former: chat };
  }

  test('what was written offline shows after a restart without a network, and goes out when there is one', async () => {
    // A page that went without a goodbye holds no lock any more.
    vi.stubGlobal('navigator', {});
    const { alice, bob, conversationId, storage, former } = await leftOffline(false);
    await using _ = { [Symbol.asyncDispose]: () => former.close() };
    const readBy = async () =>
      (await bob.api.conversations.get.query({ conversationId })).conversation.peer?.readSeq;
    expect(await readBy()).toBe(0);
    await using second = application(transport, storage);
    second.cable.pull();
    await expect.poll(() => outboxOf(second.chat)).toEqual(['one', 'two', 'three']);
    expect(second.chat.state.get().me).toBeUndefined();
    second.cable.plug();
    second.chat.wake();
    await expect.poll(() => outboxOf(second.chat)).toEqual([]);
    const { messages } = await alice.api.messages.list.query({ conversationId });
    expect(messages.map(({ text }) => text)).toEqual(['hello', 'one', 'two', 'three']);
    await expect.poll(readBy).toBe(4);
    // The former one, which lives on here, may have stored its own again.
    await expect.poll(() => keysOf(storage).length).toBeLessThan(2);
  });

  test('it can be taken back after a restart, or be sent by whoever it belongs to, and by nobody else', async () => {
    const { alice, bob, conversationId, storage } = await leftOffline();
    await using second = application(transport, storage);
    second.cable.pull();
    await expect.poll(() => outboxOf(second.chat)).toHaveLength(3);
    const [, two] = second.chat.state.get().outbox;
    expect(second.chat.messages.sending(two!.clientMessageId)!.cancel()).toBe(true);
    second.cable.plug();
    // Somebody else signs in on the same device.
    await logIn(bob, second.chat);
    await becomes(second.chat, 'live');
    await second.chat.messages.send({ conversationId, text: 'of bob' }).result;
    expect(second.chat.state.get().me?.id).toBe(bob.id);
    await second.chat.logout();
    expect(keysOf(storage)).toHaveLength(1);
    await logIn(alice, second.chat);
    await expect
      .poll(async () => {
        const { messages } = await bob.api.messages.list.query({ conversationId });
        return messages.map(({ text }) => text);
      })
      .toEqual(['hello', 'of bob', 'one', 'three']);
    await expect.poll(() => keysOf(storage)).toEqual([]);
  });

  test('logging out leaves nothing of it', async () => {
    const { storage } = await leftOffline();
    expect(keysOf(storage)).toHaveLength(1);
    await using second = application(transport, storage);
    second.cable.pull();
    await expect.poll(() => outboxOf(second.chat)).toHaveLength(3);
    await expect(second.chat.logout()).rejects.toThrow();
    expect([...(storage.keys() as string[])]).toEqual([]);
    expect(outboxOf(second.chat)).toEqual([]);
  });

  test('a session that has ended keeps it for the next login', async () => {
    const { alice, bob, conversationId, storage } = await leftOffline();
    await using second = application(transport, storage);
    second.cable.pull();
    await expect.poll(() => outboxOf(second.chat)).toHaveLength(3);
    await alice.api.sessions.revokeOthers.mutate();
    second.cable.plug();
    second.chat.wake();
    await becomes(second.chat, 'unauthorized');
    await logIn(alice, second.chat);
    await expect
      .poll(async () => {
        const { messages } = await bob.api.messages.list.query({ conversationId });
        return messages.map(({ text }) => text);
      })
      .toEqual(['hello', 'one', 'two', 'three']);
  });

  test('an application with a sign-in of its own finds it once it is known whose it is', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    const storage = memoryStorage();
    const auth = { getToken: () => alice.tokens.accessToken };
    {
      await using first = application(transport, storage, { auth });
      await becomes(first.chat, 'live');
      first.cable.pull();
      await expect.poll(() => first.chat.connection.get()).toMatch(/reconnecting|offline/);
      first.chat.messages.send({ conversationId, text: 'one' });
    }
    await using second = application(transport, storage, { auth });
    second.chat.messages.send({ conversationId, text: 'two' });
    await expect
      .poll(async () => {
        const { messages } = await bob.api.messages.list.query({ conversationId });
        return messages.map(({ text }) => text);
      })
      .toEqual(['one', 'two']);
  });
});

describe.each(['ws', 'sse'] as const)('tabs over %s', (transport) => {
  let ahead = 0;
  const clock = { now: () => new Date(Date.now() + ahead), elapsed: () => performance.now() };
  const later = serverForAll({ clock });

  test('that begin with a token that has ended renew it once for all, for sockets, streams and calls', async () => {
    const alice = await later.people.join('alice');
    const storage = memoryStorage();
    const { url } = later.nodes[0];
    const open = () => {
      const cable = new Cable({ url });
      const options = cable.options(transport);
      // The answer is under way for long enough that both want one.
      const fetch: typeof options.fetch = async (address, init) => {
        const response = await options.fetch!(address, init);
        if (address.endsWith('/auth.refresh')) await new Promise((resolve) => setTimeout(resolve, 500));
        return response;
      };
      const chat = createClient({ ...options, fetch, storage });
      return { chat, cable, [Symbol.asyncDispose]: () => chat.close() };
    };
    {
      await using first = open();
      await logIn(alice, first.chat);
      await becomes(first.chat, 'live');
    }
    ahead = 60 * 60_000;
    await using one = open();
    await using other = open();
    for (const { chat } of [one, other]) {
      await becomes(chat, 'live');
      expect((await chat.api.users.me.query()).id).toBe(alice.id);
    }
    const requests = [...one.cable.requests, ...other.cable.requests];
    expect(requests.filter((path) => path.endsWith('/auth.refresh'))).toHaveLength(1);
  });
});

test('tokens may be kept elsewhere', async () => {
  const alice = await server.people.join('alice');
  const [storage, secure] = [memoryStorage(), memoryStorage()];
  const { get, set, remove } = secure;
  const auth = { storage: { get, set, remove } };
  {
    await using first = application('ws', storage, { auth });
    await logIn(alice, first.chat);
    expect(secure.keys()).toEqual(['parley.session']);
    expect(storage.keys()).not.toContain('parley.session');
  }
  await using second = application('ws', storage, { auth });
  await becomes(second.chat, 'live');
});
