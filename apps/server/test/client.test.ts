import {
  type ChatClient,
  type ChatState,
  type ClientOptions,
  type ConversationState,
  createClient,
  emptyState,
  hasMoreAfter,
  isParleyError,
  memoryStorage,
  type Readable,
  takeBootstrap,
  unreadOf,
} from '@parley/client';
import { describe, expect, test } from 'vitest';
import { Cable } from './cable.ts';
import type { Person } from './people.ts';
import { addCrowd } from './presences.ts';
import { serverForAll, type TestServer, testServer } from './server.ts';

const server = serverForAll({ nodes: 2 });

/** Resolves when what is followed fits. */
function until<Value>(followed: Readable<Value>, fits: (value: Value) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!fits(followed.get())) return;
      unsubscribe();
      resolve();
    };
    const unsubscribe = followed.subscribe(look);
    look();
  });
}

/** The shipped client of somebody, at the end of a cable of its own. It is closed with the test. */
async function client(
  server: TestServer,
  transport: 'ws' | 'sse',
  person: Person | null,
  options: Partial<ClientOptions> = {},
): Promise<{ chat: ChatClient; cable: Cable } & AsyncDisposable> {
  const cable = new Cable(server.nodes[0]);
  // Marks that go out by themselves would be there or not when states are compared.
  const chat = createClient({ ...cable.options(transport), delivered: 'manual', ...options });
  if (person) {
    await chat.login({ login: person.credentials.username, password: person.credentials.password });
    await live(chat);
  }
  return { chat, cable, [Symbol.asyncDispose]: () => chat.close() };
}

const live = (chat: ChatClient): Promise<void> => until(chat.connection, (status) => status === 'live');

const textsOf = (conversation: ConversationState | undefined): string[] =>
  conversation?.timeline.messages.map(({ text }) => text) ?? [];

/** A clock on the wall that can be put forward, while time goes on as it does. */
function wallClock() {
  let ahead = 0;
  return {
    now: () => new Date(Date.now() + ahead),
    elapsed: () => performance.now(),
    forward(minutes: number) {
      ahead += minutes * 60_000;
    },
  };
}

/** What a state has in common with a fresh one. */
const viewsOf = ({ conversations = {} }: ChatState) =>
  Object.fromEntries(
    Object.entries(conversations).map(([id, { members: _, timeline: __, ...view }]) => [id, view]),
  );

async function expectAsFresh(chat: ChatClient): Promise<void> {
  const fresh = takeBootstrap(emptyState, await chat.api.sync.bootstrap.query());
  expect(viewsOf(chat.state.get())).toEqual(viewsOf(fresh));
}

describe.each(['ws', 'sse'] as const)('over %s', (transport) => {
  test('registers, logs in, and is told why not', async () => {
    await using anna = await client(server, transport, null);
    expect(anna.chat.connection.get()).toBe('idle');
    const username = `anna_${transport}`;
    const account = { username, email: `${username}@example.com`, password: 'a long one indeed' };
    const user = await anna.chat.register(account);
    await live(anna.chat);
    expect(anna.chat.state.get()).toMatchObject({ me: user, conversations: {}, hasMoreConversations: false });
    await using other = await client(server, transport, null);
    const wrong = other.chat.login({ login: username, password: 'something else' });
    await expect(wrong).rejects.toSatisfy((error) => isParleyError(error, 'INVALID_CREDENTIALS'));
    const taken = await other.chat.register(account).catch((error: unknown) => error);
    expect(isParleyError(taken, 'EMAIL_TAKEN') || isParleyError(taken, 'USERNAME_TAKEN')).toBe(true);
    expect(other.chat.connection.get()).toBe('idle');
    expect((await other.chat.login({ login: username, password: account.password })).id).toBe(user?.id);
  });

  test('what one sends, the other has: in the state, by name, and with the mark', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    await using a = await client(server, transport, alice);
    await using b = await client(server, transport, bob);
    const heard: string[] = [];
    b.chat.on('message.created', ({ message }) => heard.push(message.text));
    const { id } = await a.chat.api.conversations.openDirect.mutate({ userId: bob.id });
    await until(b.chat.state, ({ conversations }) => conversations?.[id] !== undefined);
    expect(b.chat.state.get().conversations![id]!.peer!.user.id).toBe(alice.id);
    const sendings = ['one', 'two', 'three'].map((text) =>
      a.chat.messages.send({ conversationId: id, text }),
    );
    expect(a.chat.state.get().outbox.map(({ text }) => text)).toEqual(['one', 'two', 'three']);
    const stored = await Promise.all(sendings.map(({ result }) => result));
    expect(stored.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    await until(b.chat.state, ({ conversations }) => conversations![id]!.lastSeq === 3);
    expect(heard).toEqual(['one', 'two', 'three']);
    expect(textsOf(b.chat.state.get().conversations![id])).toEqual(heard);
    await b.chat.messages.markRead({ conversationId: id, seq: 3 });
    await until(a.chat.state, ({ conversations }) => conversations![id]!.peer!.readSeq === 3);
    await until(a.chat.state, ({ outbox }) => outbox.length === 0);
    await expectAsFresh(a.chat);
    await expectAsFresh(b.chat);
  });

  test('what one writes to a person with whom there is no conversation opens it', async () => {
    await using server = await testServer();
    const [alice, bob] = await server.people.all('alice', 'bob');
    await using a = await client(server, transport, alice);
    await using b = await client(server, transport, bob);
    const sendings = ['one', 'two'].map((text) => a.chat.messages.send({ toUserId: bob.id, text }));
    expect(a.chat.state.get().outbox).toMatchObject([{ toUserId: bob.id }, { toUserId: bob.id }]);
    const [{ conversationId }] = await Promise.all([sendings[0]!.result, sendings[1]!.result]);
    for (const { chat } of [a, b])
      await until(chat.state, ({ conversations }) => textsOf(conversations?.[conversationId]).length === 2);
    expect(textsOf(b.chat.state.get().conversations![conversationId])).toEqual(['one', 'two']);
    await until(a.chat.state, ({ outbox }) => outbox.length === 0);
    await expectAsFresh(a.chat);
    await expectAsFresh(b.chat);
  });

  test('loses and doubles nothing when its cable is cut again and again', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversation = await alice.talkTo(bob);
    await using b = await client(server, transport, bob);
    const heard: string[] = [];
    b.chat.on('message.created', ({ message }) => heard.push(message.text));
    const said = Array.from({ length: 30 }, (_, n) => `message ${n}`);
    for (const [n, text] of said.entries()) {
      if (n % 7 === 3) b.cable.cut();
      await alice.say(conversation, text);
    }
    await until(b.chat.state, ({ conversations }) => conversations![conversation]!.lastSeq === said.length);
    expect(heard).toEqual(said);
    expect(textsOf(b.chat.state.get().conversations![conversation])).toEqual(said);
    await live(b.chat);
    await expectAsFresh(b.chat);
  });

  test('what was written offline goes out in order, once, when the cable is in again', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    await using a = await client(server, transport, alice);
    a.cable.pull();
    await until(a.chat.connection, (status) => status === 'reconnecting' || status === 'offline');
    const texts = ['one', 'two', 'three'];
    const sendings = texts.map((text) => a.chat.messages.send({ conversationId, text }));
    const marked = a.chat.messages.markRead({ conversationId, seq: 0 });
    await until(a.chat.connection, (status) => status === 'offline');
    expect(a.chat.state.get().outbox.map(({ text }) => text)).toEqual(texts);
    a.cable.plug();
    await Promise.all([marked, ...sendings.map(({ result }) => result)]);
    await until(a.chat.state, ({ outbox }) => outbox.length === 0);
    await live(a.chat);
    expect(textsOf(a.chat.state.get().conversations![conversationId])).toEqual(texts);
    await expectAsFresh(a.chat);
  });

  test('a send whose answer is lost is stored once', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    await using a = await client(server, transport, alice);
    const others = await bob.subscribe();
    const texts = Array.from({ length: 12 }, (_, n) => `message ${n}`);
    const sendings = texts.map((text) => a.chat.messages.send({ conversationId, text }));
    for (const [n, sending] of sendings.entries()) {
      if (n % 3 === 0) a.cable.cut();
      await sending.result;
    }
    await others.when(() => others.texts.length === texts.length);
    expect(others.texts).toEqual(texts);
  });

  test('goes on with another node', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversation = await alice.talkTo(bob);
    await using b = await client(server, transport, bob);
    await alice.say(conversation, 'one');
    await until(b.chat.state, ({ conversations }) => conversations![conversation]!.lastSeq === 1);
    b.cable.plug(server.nodes[1]);
    b.cable.cut();
    await alice.say(conversation, 'two');
    await until(b.chat.state, ({ conversations }) => conversations![conversation]!.lastSeq === 2);
    await live(b.chat);
    await expectAsFresh(b.chat);
  });

  test('takes one fresh snapshot when the log is another one', async () => {
    await using server = await testServer();
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversation = await alice.talkTo(bob);
    await using b = await client(server, transport, bob);
    await alice.say(conversation, 'before');
    await until(b.chat.state, ({ conversations }) => conversations![conversation]!.lastSeq === 1);
    b.cable.pull();
    await alice.say(conversation, 'meanwhile');
    await server.nodes[0].app.database.pool.query(`UPDATE log_epoch SET epoch = 'restored'`);
    const restored = await server.addNode();
    const resets: string[] = [];
    b.chat.on('stream.reset', ({ reason }) => resets.push(reason));
    b.cable.plug(restored);
    await until(b.chat.state, ({ conversations }) => conversations![conversation]!.lastSeq === 2);
    await live(b.chat);
    expect(resets).toEqual(['epoch']);
    expect(textsOf(b.chat.state.get().conversations![conversation])).toEqual(['meanwhile']);
    await expectAsFresh(b.chat);
  });

  test('loads all members of a large group, those who come and go meanwhile too', async () => {
    await using large = await testServer();
    const [alice, bob, carol] = await large.people.all('alice', 'bob', 'carol');
    const conversationId = await alice.startGroup('tea', bob);
    const crowd = await addCrowd(large.databaseUrl, conversationId, 1_200);
    await using b = await client(large, transport, bob);
    const loading = b.chat.conversations.loadMembers({ conversationId });
    await alice.api.groups.addMembers.mutate({ conversationId, userIds: [carol.id] });
    for (const userId of [crowd[0]!, crowd.at(-1)!])
      await alice.api.groups.removeMember.mutate({ conversationId, userId });
    await loading;
    const conversation = () => b.chat.state.get().conversations![conversationId]!;
    await until(b.chat.state, () => conversation().memberCount === 1_201);
    const expected = [alice.id, bob.id, carol.id, ...crowd.slice(1, -1)];
    expect(Object.keys(conversation().members!).sort()).toEqual(expected.sort());
  });

  test('loads history and members, which are unknown before', async () => {
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    const conversationId = await alice.startGroup('tea', bob, carol);
    const said = Array.from({ length: 25 }, (_, n) => `message ${n}`);
    for (const text of said) await alice.say(conversationId, text);
    await using b = await client(server, transport, bob);
    const conversation = () => b.chat.state.get().conversations![conversationId]!;
    expect(conversation().members).toBeUndefined();
    expect(textsOf(conversation())).toEqual(['message 24']);
    await b.chat.conversations.loadMembers({ conversationId });
    expect(Object.keys(conversation().members!)).toHaveLength(3);
    await b.chat.messages.loadOlder({ conversationId, limit: 9 });
    expect(textsOf(conversation())).toEqual(said.slice(15));
    await b.chat.messages.loadOlder({ conversationId, limit: 100 });
    expect(textsOf(conversation())).toEqual(said);
    const stranger = b.chat.messages.loadOlder({ conversationId: bob.id });
    await expect(stranger).rejects.toSatisfy((error) => isParleyError(error, 'NOT_FOUND'));
  });

  test('stands somewhere in the history, counts what is new, and comes back to the end', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    const said = Array.from({ length: 25 }, (_, n) => `message ${n}`);
    for (const text of said) await alice.say(conversationId, text);
    await using b = await client(server, transport, bob);
    const conversation = () => b.chat.state.get().conversations![conversationId]!;
    const { jumpTo, loadOlder, loadNewer, toLatest } = b.chat.messages;
    await jumpTo({ conversationId, seq: 8, limit: 4 });
    expect(textsOf(conversation())).toEqual(said.slice(5, 9));
    await loadOlder({ conversationId, limit: 2 });
    await alice.say(conversationId, 'one more');
    await until(b.chat.state, () => conversation().lastSeq === 26);
    expect(textsOf(conversation())).toEqual(said.slice(3, 9));
    expect(unreadOf(conversation())).toBe(26);
    while (hasMoreAfter(conversation())) await loadNewer({ conversationId, limit: 10 });
    await alice.say(conversationId, 'and one');
    await until(b.chat.state, () => textsOf(conversation()).includes('and one'));
    expect(textsOf(conversation())).toEqual([...said.slice(3), 'one more', 'and one']);
    await jumpTo({ conversationId, seq: 1, limit: 1 });
    await toLatest({ conversationId, limit: 2 });
    expect(textsOf(conversation())).toEqual(['one more', 'and one']);
    await expectAsFresh(b.chat);
  });

  test('what comes is marked as delivered by itself, also after a lost link', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    await alice.say(conversationId, 'while bob was away');
    await using a = await client(server, transport, alice);
    await using b = await client(server, transport, bob, { delivered: 'auto' });
    const marks = () => a.chat.state.get().conversations![conversationId]!.peer!;
    await expect.poll(marks).toMatchObject({ deliveredSeq: 1, readSeq: 0 });
    await alice.say(conversationId, 'now');
    await expect.poll(marks).toMatchObject({ deliveredSeq: 2, readSeq: 0 });
    b.cable.pull();
    await alice.say(conversationId, 'meanwhile');
    b.cable.plug();
    await expect.poll(marks).toMatchObject({ deliveredSeq: 3, readSeq: 0 });
  });

  test('a conversation goes with the membership, and comes back with it', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    await using b = await client(server, transport, bob);
    const conversationId = await alice.startGroup('tea', bob);
    const known = (): boolean => b.chat.state.get().conversations?.[conversationId] !== undefined;
    await until(b.chat.state, known);
    await alice.say(conversationId, 'before');
    await alice.api.groups.removeMember.mutate({ conversationId, userId: bob.id });
    await until(b.chat.state, () => !known());
    await alice.say(conversationId, 'not for bob');
    const refused = b.chat.messages.send({ conversationId, text: 'hello?' });
    await expect(refused.result).rejects.toSatisfy((error) => isParleyError(error, 'NOT_FOUND'));
    expect(refused.get().status).toBe('failed');
    expect(refused.cancel()).toBe(true);
    await alice.api.groups.addMembers.mutate({ conversationId, userIds: [bob.id] });
    await alice.say(conversationId, 'again');
    await until(b.chat.state, ({ conversations }) =>
      textsOf(conversations?.[conversationId]).includes('again'),
    );
    expect(textsOf(b.chat.state.get().conversations![conversationId])).toEqual(['again']);
    await expectAsFresh(b.chat);
  });

  test('a kept session goes on without a login, and is refreshed when its token has ended', async () => {
    const clock = wallClock();
    await using server = await testServer({ clock });
    const alice = await server.people.join('alice');
    const storage = memoryStorage();
    {
      await using _first = await client(server, transport, alice, { storage });
    }
    const kept = await storage.get('parley.session');
    clock.forward(60);
    await using second = await client(server, transport, null, { storage });
    await live(second.chat);
    expect(second.chat.state.get().me?.id).toBe(alice.id);
    expect(await storage.get('parley.session')).not.toBe(kept);
    expect(second.cable.requests.filter((path) => path.endsWith('/auth.refresh'))).toHaveLength(1);
  });

  test('a session that was ended elsewhere ends here', async () => {
    const alice = await server.people.join('alice');
    let expired = 0;
    const auth = { onSessionExpired: () => void expired++ };
    await using a = await client(server, transport, alice, { auth });
    await a.chat.api.auth.logout.mutate();
    await until(a.chat.connection, (status) => status === 'unauthorized');
    expect(expired).toBe(1);
    await a.chat.login({ login: alice.credentials.username, password: alice.credentials.password });
    await live(a.chat);
  });

  test('logging out forgets, and tells the server', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    const storage = memoryStorage();
    await using a = await client(server, transport, alice, { storage });
    const { accessToken } = JSON.parse((await storage.get('parley.session')) ?? '');
    a.cable.pull();
    await until(a.chat.connection, (status) => status !== 'live');
    const unsent = a.chat.messages.send({ conversationId, text: 'never sent' });
    await until(a.chat.connection, (status) => status === 'offline');
    a.cable.plug();
    await a.chat.logout();
    expect(a.chat.connection.get()).toBe('idle');
    expect(a.chat.state.get()).toEqual(emptyState);
    expect(await storage.get('parley.session')).toBeUndefined();
    await expect(unsent.result).rejects.toThrow('Signed out');
    const headers = { authorization: `Bearer ${accessToken}` };
    expect((await fetch(`${server.nodes[0].url}/trpc/users.me`, { headers })).status).toBe(401);
  });

  test('an application with a sign-in of its own brings its tokens', async () => {
    const alice = await server.people.join('alice');
    let expired = 0;
    let token: string | null = alice.tokens.accessToken;
    const auth = { getToken: () => token, onSessionExpired: () => void expired++ };
    await using a = await client(server, transport, null, { auth });
    await live(a.chat);
    expect(a.chat.state.get().me?.id).toBe(alice.id);
    await expect(a.chat.login({ login: 'alice', password: 'x' })).rejects.toThrow();
    token = 'not a token';
    a.cable.cut();
    await until(a.chat.connection, (status) => status === 'unauthorized');
    expect(expired).toBe(1);
  });
});

test('over ws more calls than fit into a batch wait for a connection, and all are answered', async () => {
  const alice = await server.people.join('alice');
  await using a = await client(server, 'ws', alice);
  a.cable.pull();
  const calls = Array.from({ length: 120 }, () => a.chat.api.users.me.query());
  a.cable.plug();
  const answers = await Promise.all(calls);
  expect(new Set(answers.map(({ id }) => id))).toEqual(new Set([alice.id]));
});

test('over ws a token that is about to end is renewed without losing or repeating anything', async () => {
  const clock = wallClock();
  await using server = await testServer({ clock });
  const [alice, bob] = await server.people.all('alice', 'bob');
  const conversation = await alice.talkTo(bob);
  await using b = await client(server, 'ws', bob);
  const heard: string[] = [];
  b.chat.on('message.created', ({ message }) => heard.push(message.text));
  const statuses: string[] = [];
  b.chat.connection.subscribe((status) => statuses.push(status));
  const refreshed = (): number => b.cable.requests.filter((path) => path.endsWith('/auth.refresh')).length;
  clock.forward(14.5);
  const said = Array.from({ length: 20 }, (_, n) => `message ${n}`);
  let n = 0;
  while (refreshed() === 0 || n < said.length) {
    await alice.say(conversation, `message ${n++}`);
  }
  await until(b.chat.state, ({ conversations }) => conversations![conversation]!.lastSeq === n);
  expect(heard).toEqual(Array.from({ length: n }, (_, index) => `message ${index}`));
  expect(refreshed()).toBe(1);
  expect(statuses).toEqual([]);
  expect(b.cable.attempts).toBe(2);
});
