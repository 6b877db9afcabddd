import { createClient, unreadOf } from '@parley/client';
import { v7 } from 'uuid';
import { describe, expect, test } from 'vitest';
import { Cable } from './cable.ts';
import type { Person } from './people.ts';
import { serverForAll, type TestServer } from './server.ts';
import { verifyAction } from './verify.ts';

const FOR_GOOD = '9999-12-31T23:59:59.999Z';

const refused = (code: string, data: object = {}) => ({ data: { code, ...data } });

/** What somebody sees of a conversation when they begin anew. */
async function viewOf(person: Person, conversationId: string) {
  const { conversations } = await person.api.sync.bootstrap.query();
  return conversations.find(({ id }) => id === conversationId);
}

const get = (person: Person, conversationId: string) =>
  person.api.conversations.get.query({ conversationId }).then(({ conversation }) => conversation);

const listed = async (person: Person) =>
  (await person.api.conversations.list.query({})).conversations.map(({ id }) => id);

const server = serverForAll({ nodes: 2 });

describe('how a member keeps a conversation', () => {
  const UNSET = {
    isArchived: false,
    pinnedAt: null,
    mutedUntil: null,
    notify: 'all',
    isMarkedUnread: false,
  };

  test('is told to the own devices alone, once, and stays when something new comes', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.startGroup('tea', bob);
    const phone = await (await alice.anotherDevice()).subscribe({ node: 1 });
    const bobs = await bob.subscribe();
    const { joinedAt, ...at } = (await get(alice, conversationId)).me;
    expect(at).toMatchObject(UNSET);
    const { configure } = alice.api.conversations;
    const set = await configure.mutate({
      conversationId,
      isArchived: true,
      isPinned: true,
      mutedUntil: FOR_GOOD,
      notify: 'mentions',
    });
    expect(set).toEqual({
      isArchived: true,
      pinnedAt: expect.any(String),
      mutedUntil: FOR_GOOD,
      notify: 'mentions',
      isMarkedUnread: false,
    });
    // So already: pinned since then, and no news.
    expect(await configure.mutate({ conversationId, isPinned: true, mutedUntil: FOR_GOOD })).toEqual(set);
    expect(await configure.mutate({ conversationId })).toEqual(set);
    await bob.say(conversationId, 'tea is ready');
    await bobs.when(() => bobs.texts.length === 1);
    await phone.when(() => phone.texts.length === 1);
    expect(bobs.events.map(({ type }) => type)).toEqual(['message.created']);
    expect(phone.events[0]).toEqual({
      type: 'membership.updated',
      conversationId,
      joinedAt,
      settings: set,
    });
    expect(phone.events).toHaveLength(2);
    expect((await viewOf(alice, conversationId))?.me).toMatchObject(set);
    expect((await viewOf(bob, conversationId))?.me).toMatchObject(UNSET);
    const unset = { isArchived: false, isPinned: false, mutedUntil: null, notify: 'all' } as const;
    expect(await configure.mutate({ conversationId, ...unset })).toEqual(UNSET);
    expect((await get(alice, conversationId)).me).toMatchObject(UNSET);
  });

  test('is as at first for whoever comes in anew', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.startGroup('tea', bob);
    await bob.api.conversations.configure.mutate({ conversationId, isArchived: true, notify: 'none' });
    await bob.api.groups.leave.mutate({ conversationId });
    await expect(
      bob.api.conversations.configure.mutate({ conversationId, isArchived: true }),
    ).rejects.toMatchObject(refused('NOT_FOUND', { what: 'conversation' }));
    await alice.api.groups.addMembers.mutate({ conversationId, userIds: [bob.id] });
    expect((await viewOf(bob, conversationId))?.me).toMatchObject(UNSET);
  });

  test('muted until what is past is not muted', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    const { configure } = alice.api.conversations;
    const until = async (mutedUntil: string | null) =>
      (await configure.mutate({ conversationId, mutedUntil })).mutedUntil;
    for (const past of ['2020-01-01T00:00:00.000Z', '0000-01-01T00:00:00.000Z']) {
      expect(await until('2099-01-01T00:00:00.000Z')).toBe('2099-01-01T00:00:00.000Z');
      expect(await until(past)).toBeNull();
    }
    await expect(until('tomorrow')).rejects.toMatchObject(refused('INVALID_INPUT'));
  });
});

describe.each(['direct', 'group'] as const)('whoever clears a %s conversation', (kind) => {
  const begin = async (server: TestServer) => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const id = kind === 'direct' ? await alice.talkTo(bob) : await alice.startGroup('tea', bob);
    return { alice, bob, conversationId: id };
  };

  test('sees no more of it and has it in no list, until there is something new', async () => {
    const { alice, bob, conversationId } = await begin(server);
    for (const text of ['one', 'two', 'three']) await bob.say(conversationId, text);
    await alice.api.conversations.configure.mutate({ conversationId, isPinned: true });
    const phone = await (await alice.anotherDevice()).subscribe({ node: 1 });
    const bobs = await bob.subscribe();
    expect(await alice.api.conversations.clear.mutate({ conversationId })).toBeNull();
    expect(await alice.api.conversations.clear.mutate({ conversationId })).toBeNull();

    expect(await viewOf(alice, conversationId)).toBeUndefined();
    expect(await listed(alice)).toEqual([]);
    const { conversation: cleared, isListed } = await alice.api.conversations.get.query({ conversationId });
    expect(isListed).toBe(false);
    expect(cleared).toMatchObject({ lastSeq: 3, lastMessage: null, me: { joinedSeq: 3, readSeq: 3 } });
    expect(cleared.me.pinnedAt).not.toBeNull();
    if (kind === 'direct') expect(await alice.talkTo(bob)).toBe(conversationId);
    const page = await alice.api.messages.list.query({ conversationId });
    expect(page).toMatchObject({ messages: [], hasMoreBefore: false, hasMoreAfter: false });
    const gone = refused('NOT_FOUND', { what: 'message' });
    const words = { conversationId, seq: 3 };
    await expect(alice.api.messages.history.query(words)).rejects.toMatchObject(gone);
    await expect(alice.api.messages.delete.mutate({ ...words, scope: 'everyone' })).rejects.toMatchObject(
      gone,
    );
    const answer = { conversationId, text: 'yes', replyTo: 3, clientMessageId: v7() };
    await expect(alice.api.messages.send.mutate(answer)).rejects.toMatchObject(gone);

    await bob.say(conversationId, 'four');
    await phone.when(() => phone.texts.length === 1);
    const { joinedAt } = cleared.me;
    expect(phone.events.slice(0, -1)).toEqual([
      { type: 'conversation.cleared', conversationId, joinedAt, seq: 3 },
    ]);
    await bobs.until(({ type }) => type === 'message.created');
    expect(bobs.events).toHaveLength(1);
    expect(await listed(alice)).toEqual([conversationId]);
    expect(await viewOf(alice, conversationId)).toMatchObject({
      lastSeq: 4,
      lastMessage: { text: 'four' },
      me: { joinedSeq: 3, readSeq: 3 },
    });
    expect((await alice.api.messages.list.query({ conversationId })).messages).toHaveLength(1);
  });

  test('tells nobody else: not that it is read, nor that they see less of it', async () => {
    const { alice, bob, conversationId } = await begin(server);
    await bob.say(conversationId, 'are you there?');
    const seenByBob = async () => ({
      view: await viewOf(bob, conversationId),
      members: (await bob.api.conversations.members.query({ conversationId })).members,
      page: (await bob.api.messages.list.query({ conversationId })).messages,
    });
    const before = await seenByBob();
    await alice.api.conversations.clear.mutate({ conversationId });
    expect(await seenByBob()).toEqual(before);
    const { members } = await alice.api.conversations.members.query({ conversationId });
    expect(members.find(({ user }) => user.id === alice.id)).toMatchObject({ joinedSeq: 1, readSeq: 1 });
  });

  test('has it no more when all that came since is deleted, too', async () => {
    const { alice, bob, conversationId } = await begin(server);
    await verifyAction([alice, bob], async () => {
      await bob.say(conversationId, 'one');
      await alice.api.conversations.clear.mutate({ conversationId });
    });
    expect(await listed(alice)).toEqual([]);
    for (const text of ['two', 'three']) await bob.say(conversationId, text);
    const remove = (seq: number) => alice.api.messages.delete.mutate({ conversationId, seq, scope: 'me' });
    await verifyAction([alice, bob], () => remove(3));
    expect(await listed(alice)).toEqual([conversationId]);
    await verifyAction([alice, bob], () => remove(2));
    expect(await listed(alice)).toEqual([]);
    expect(await listed(bob)).toEqual([conversationId]);
  });

  test('of which nothing was said yet: it is gone until something is', async () => {
    const { alice, bob, conversationId } = await begin(server);
    await verifyAction([alice, bob], () => alice.api.conversations.clear.mutate({ conversationId }));
    expect(await listed(alice)).toEqual([]);
    await alice.say(conversationId, 'one');
    expect(await listed(alice)).toEqual([conversationId]);
  });
});

test('a conversation that was cleared does not come back by what is withheld', async () => {
  const [alice, bob] = await server.people.all('alice', 'bob');
  const conversationId = await alice.talkTo(bob);
  await bob.say(conversationId, 'one');
  await alice.api.conversations.clear.mutate({ conversationId });
  await alice.api.blocks.add.mutate({ userId: bob.id });
  await bob.say(conversationId, 'withheld');
  expect(await listed(alice)).toEqual([]);
  await alice.api.blocks.remove.mutate({ userId: bob.id });
  expect(await listed(alice)).toEqual([]);
  await bob.say(conversationId, 'heard');
  expect(await viewOf(alice, conversationId)).toMatchObject({ lastSeq: 3, skipped: [[2, 2]] });
});

test('cleared while others write: what came later is there, what came before is not', async () => {
  const [alice, bob] = await server.people.all('alice', 'bob');
  const conversationId = await alice.talkTo(bob);
  for (let round = 0; round < 10; round += 1) {
    await Promise.all([
      ...['a', 'b', 'c'].map((text) => bob.say(conversationId, text)),
      alice.on(1).conversations.clear.mutate({ conversationId }),
    ]);
    const { me, lastSeq } = await get(alice, conversationId);
    const { messages } = await alice.api.messages.list.query({ conversationId });
    const seqs = Array.from({ length: lastSeq - me.joinedSeq }, (_, n) => me.joinedSeq + 1 + n);
    expect(messages.map(({ seq }) => seq)).toEqual(seqs);
    expect(await listed(alice)).toEqual(seqs.length > 0 ? [conversationId] : []);
  }
});

describe.each(['ws', 'sse'] as const)('over %s, the shipped client', (transport) => {
  test('drops what was cleared on another device, and loads it when somebody writes in it', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    await bob.say(conversationId, 'before');
    const chat = createClient(new Cable(server.nodes[0]).options(transport));
    await using _closing = { [Symbol.asyncDispose]: () => chat.close() };
    const { username, password } = alice.credentials;
    await chat.login({ login: username, password });
    const known = () => chat.state.get().conversations?.[conversationId];
    await expect.poll(() => known()).toMatchObject({ lastSeq: 1 });
    await alice.api.conversations.configure.mutate({ conversationId, mutedUntil: FOR_GOOD });
    await expect.poll(() => known()?.me.mutedUntil).toBe(FOR_GOOD);
    for (const [seq, text] of [
      [2, 'after'],
      [3, 'and again'],
    ] as const) {
      await alice.api.conversations.clear.mutate({ conversationId });
      await expect.poll(() => known()).toBeUndefined();
      await bob.say(conversationId, text);
      await expect
        .poll(() => known())
        .toMatchObject({
          lastSeq: seq,
          lastMessage: { text },
          timeline: { from: seq, to: seq },
          me: { joinedSeq: seq - 1, mutedUntil: FOR_GOOD },
        });
      expect(unreadOf(known()!)).toBe(1);
    }
  });
});
