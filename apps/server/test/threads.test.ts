import { conversationsOf, createClient, threadsOf, unreadOf } from '@parley/client';
import { v7 } from 'uuid';
import { describe, expect, test } from 'vitest';
import { Cable } from './cable.ts';
import type { Person } from './people.ts';
import { serverForAll } from './server.ts';
import { verifyAction } from './verify.ts';

const server = serverForAll({ nodes: 2 });

const refused = (code: string, data: object = {}) => ({ data: { code, ...data } });
const GONE = refused('NOT_FOUND', { what: 'conversation' });
const NO_MESSAGE = refused('NOT_FOUND', { what: 'message' });

/** Three people and a group of theirs, in which bob has said something; dave is not in it. */
async function group() {
  const [alice, bob, carol, dave] = await server.people.all('alice', 'bob', 'carol', 'dave');
  const id = await alice.startGroup('tea', bob, carol);
  await bob.say(id, 'who wants tea?');
  return { alice, bob, carol, dave, id, root: { conversationId: id, seq: 1 } };
}

const open = (person: Person, root: { conversationId: string; seq: number }) =>
  person.api.threads.open.mutate(root);
const unfollow = (person: Person, conversationId: string) =>
  person.api.threads.unfollow.mutate({ conversationId });
const get = async (person: Person, conversationId: string) =>
  (await person.api.conversations.get.query({ conversationId })).conversation;
const page = async (person: Person, conversationId: string) =>
  (await person.api.messages.list.query({ conversationId })).messages;
const threadOf = async (person: Person, conversationId: string, seq = 1) =>
  (await page(person, conversationId)).find((message) => message.seq === seq)?.thread;
const followed = async (person: Person) =>
  (await person.api.threads.list.query({})).threads.map(({ id }) => id);
const followers = async (person: Person, conversationId: string) =>
  (await person.api.conversations.members.query({ conversationId })).members
    .map(({ user }) => user.id)
    .sort();
const ids = (...people: Person[]) => people.map(({ id }) => id).sort();
const mention = (person: Person, conversationId: string, ...others: Person[]) =>
  person.api.messages.send.mutate({
    conversationId,
    text: 'come here',
    clientMessageId: v7(),
    mentions: { userIds: others.map(({ id }) => id) },
  });

describe('a thread', () => {
  test('is a conversation of its own, which its opener follows and who wrote the message', async () => {
    const { alice, bob, carol, root } = await group();
    const watching = await Promise.all(
      [alice, bob, carol].map((person, n) => person.subscribe({ node: n % 2 })),
    );
    const thread = await open(alice, root);
    expect(thread).toMatchObject({
      kind: 'thread',
      parent: root,
      title: null,
      memberCount: 2,
      lastSeq: 0,
      peer: null,
      lastMessage: null,
      me: { role: 'member', joinedSeq: 0, readSeq: 0 },
    });
    expect(await open(alice, root)).toEqual(thread);
    expect(await get(bob, thread.id)).toMatchObject({ parent: root });
    await expect(get(carol, thread.id)).rejects.toMatchObject(GONE);
    expect(await followers(bob, thread.id)).toEqual(ids(alice, bob));
    for (const stream of watching) await stream.until(({ type }) => type === 'thread.updated');
    expect(watching.map(({ events }) => events.map(({ type }) => type))).toEqual([
      ['conversation.created', 'thread.updated'],
      ['conversation.created', 'thread.updated'],
      ['thread.updated'],
    ]);
    const none = { id: thread.id, replies: 0, lastReplyAt: null };
    expect(watching[2]!.events).toEqual([{ type: 'thread.updated', ...root, thread: none }]);
    for (const person of [alice, bob, carol])
      expect(await threadOf(person, root.conversationId)).toEqual(none);
  });

  test('has its own messages, marks and unread count, and the message says how many', async () => {
    const { alice, bob, carol, root } = await group();
    const { id } = await open(alice, root);
    const carols = await carol.subscribe({ node: 1 });
    const first = await alice.say(id, 'I do');
    const second = await alice.say(id, 'with milk');
    expect([first.seq, second.seq]).toEqual([1, 2]);
    const thread = { id, replies: 2, lastReplyAt: second.createdAt };
    await carols.when(() => carols.events.length === 2);
    expect(carols.events.at(-1)).toEqual({ type: 'thread.updated', ...root, thread });
    for (const person of [alice, bob, carol])
      expect(await threadOf(person, root.conversationId)).toEqual(thread);

    expect(await get(bob, id)).toMatchObject({ lastSeq: 2, me: { readSeq: 0 }, lastMessage: { seq: 2 } });
    expect(await get(bob, root.conversationId)).toMatchObject({ lastSeq: 1, me: { readSeq: 1 } });
    expect(await bob.api.messages.markRead.mutate({ conversationId: id, seq: 2 })).toEqual({ readSeq: 2 });
    const edited = await alice.api.messages.edit.mutate({ conversationId: id, seq: 1, text: 'I do!' });
    expect(edited.text).toBe('I do!');
    await alice.api.messages.delete.mutate({ conversationId: id, seq: 2, scope: 'everyone' });
    expect(await threadOf(carol, root.conversationId)).toEqual(thread);
    await expect(carol.say(id, 'me too')).rejects.toMatchObject(GONE);
  });

  test('is in the list of threads and in no other', async () => {
    const { alice, bob, carol, root } = await group();
    const roots = [root];
    for (const text of ['two', 'three'])
      roots.push({
        conversationId: root.conversationId,
        seq: (await bob.say(root.conversationId, text)).seq,
      });
    const threads: string[] = [];
    for (const one of roots) threads.push((await open(alice, one)).id);
    await alice.say(threads[0]!, 'now the newest');
    const order = [threads[0]!, threads[2]!, threads[1]!];
    expect(await followed(alice)).toEqual(order);
    const { list } = alice.api.threads;
    expect(await list.query({ limit: 2 })).toMatchObject({ hasMore: true, threads: [{}, {}] });
    const rest = await list.query({ before: order[1]! });
    expect(rest).toMatchObject({ hasMore: false, threads: [{ id: order[2] }] });
    await expect(list.query({ before: root.conversationId })).rejects.toMatchObject(GONE);
    await expect(carol.api.threads.list.query({ before: order[0]! })).rejects.toMatchObject(GONE);
    await expect(alice.api.conversations.list.query({ before: order[0]! })).rejects.toMatchObject(GONE);

    const listed = (await alice.api.conversations.list.query({})).conversations.map(({ id }) => id);
    expect(listed).toEqual([root.conversationId]);
    const { conversations, threads: first } = await alice.api.sync.bootstrap.query();
    expect(conversations.map(({ id }) => id)).toEqual([root.conversationId]);
    expect(first.map(({ id }) => id)).toEqual(order);
    expect(await followed(carol)).toEqual([]);
  });

  test('opened by many at once is one', async () => {
    const [alice, ...others] = await server.people.all('alice', 'bob', 'carol', 'dave');
    const id = await alice.startGroup('tea', ...others);
    await alice.say(id, 'hello');
    const everybody = [alice, ...others];
    const calls = Array.from({ length: 100 }, (_, n) =>
      everybody[n % 4]!.on(n % 2).threads.open.mutate({ conversationId: id, seq: 1 }),
    );
    const opened = new Set((await Promise.all(calls)).map((thread) => thread.id));
    expect(opened.size).toBe(1);
    const [thread] = opened;
    expect(await get(alice, thread!)).toMatchObject({ memberCount: 4 });
    expect(await followers(alice, thread!)).toEqual(ids(...everybody));
  });

  test('is not opened by who does not see the message, and not in a thread', async () => {
    const { alice, bob, carol, dave, id, root } = await group();
    await expect(open(dave, root)).rejects.toMatchObject(GONE);
    await alice.api.groups.addMembers.mutate({ conversationId: id, userIds: [dave.id] });
    await expect(open(dave, root)).rejects.toMatchObject(NO_MESSAGE);
    await carol.api.messages.delete.mutate({ ...root, scope: 'me' });
    await expect(open(carol, root)).rejects.toMatchObject(NO_MESSAGE);
    await expect(open(alice, { conversationId: id, seq: 2 })).rejects.toMatchObject(NO_MESSAGE);
    const thread = await open(alice, root);
    await bob.say(thread.id, 'a reply');
    const inside = { conversationId: thread.id, seq: 1 };
    await expect(open(bob, inside)).rejects.toMatchObject(refused('IN_A_THREAD'));
    await expect(open(carol, inside)).rejects.toMatchObject(GONE);
    await expect(unfollow(dave, thread.id)).rejects.toMatchObject(GONE);
    await expect(unfollow(alice, id)).rejects.toMatchObject(GONE);
  });

  test('stays for who follows it when the message is deleted, and is not opened any more', async () => {
    const { alice, bob, carol, root } = await group();
    const thread = await open(alice, root);
    await verifyAction([alice, bob, carol], async () => {
      await bob.api.messages.delete.mutate({ ...root, scope: 'everyone' });
      await alice.say(thread.id, 'what was it?');
    });
    expect(await threadOf(carol, root.conversationId)).toBeUndefined();
    await expect(open(carol, root)).rejects.toMatchObject(NO_MESSAGE);
    expect((await open(bob, root)).id).toBe(thread.id);
    await unfollow(bob, thread.id);
    await expect(open(bob, root)).rejects.toMatchObject(NO_MESSAGE);
  });

  test('is no group', async () => {
    const { alice, bob, carol, root } = await group();
    const { id: conversationId } = await open(alice, root);
    const no = refused('NOT_A_GROUP');
    const { groups, invites } = alice.api;
    await expect(groups.leave.mutate({ conversationId })).rejects.toMatchObject(no);
    await expect(groups.delete.mutate({ conversationId })).rejects.toMatchObject(no);
    await expect(groups.update.mutate({ conversationId, title: 'x' })).rejects.toMatchObject(no);
    const one = { conversationId, userId: bob.id };
    await expect(groups.removeMember.mutate(one)).rejects.toMatchObject(no);
    await expect(groups.setRole.mutate({ ...one, role: 'admin' })).rejects.toMatchObject(no);
    await expect(groups.transferOwnership.mutate(one)).rejects.toMatchObject(no);
    const adding = groups.addMembers.mutate({ conversationId, userIds: [carol.id] });
    await expect(adding).rejects.toMatchObject(no);
    await expect(invites.create.mutate({ conversationId })).rejects.toMatchObject(no);
  });
});

describe('who follows a thread', () => {
  test('comes and goes as they like, and finds all of it when they come again', async () => {
    const { alice, bob, carol, root } = await group();
    const { id } = await open(alice, root);
    await alice.say(id, 'one');
    await verifyAction([alice, bob, carol], async () => {
      expect(await open(carol, root)).toMatchObject({ memberCount: 3, me: { joinedSeq: 0, readSeq: 1 } });
      await unfollow(bob, id);
      await alice.say(id, 'two');
    });
    expect(await followed(bob)).toEqual([]);
    await verifyAction([alice, bob, carol], async () => {
      await open(bob, root);
      await carol.say(id, 'three');
    });
    expect(await page(bob, id)).toHaveLength(3);
  });

  test('nobody, and it is there for the next', async () => {
    const { alice, bob, carol, root } = await group();
    const { id } = await open(alice, root);
    await alice.say(id, 'one');
    for (const person of [alice, bob]) await unfollow(person, id);
    expect(await threadOf(alice, root.conversationId)).toMatchObject({ id, replies: 1 });
    expect(await open(carol, root)).toMatchObject({ id, memberCount: 1, lastSeq: 1 });
  });

  test('is who is mentioned there, if they are in the group and see the message', async () => {
    const { alice, bob, carol, dave, id, root } = await group();
    await alice.api.groups.addMembers.mutate({ conversationId: id, userIds: [dave.id] });
    const thread = await open(alice, root);
    const outsider = await server.people.join('erin');
    const stranger = refused('NOT_FOUND', { what: 'member' });
    for (const other of [outsider, dave])
      await expect(mention(alice, thread.id, carol, other)).rejects.toMatchObject(stranger);
    expect(await followers(alice, thread.id)).toEqual(ids(alice, bob));
    await verifyAction([alice, carol, dave], () => mention(alice, thread.id, carol, bob));
    expect(await followers(alice, thread.id)).toEqual(ids(alice, bob, carol));
    expect(await get(carol, thread.id)).toMatchObject({ lastSeq: 1, me: { joinedSeq: 0, readSeq: 0 } });
    await expect(mention(dave, thread.id, carol)).rejects.toMatchObject(GONE);
    // A plain member of the group mentions everyone there no more than here; its owner does.
    const all = (person: Person) =>
      person.api.messages.send.mutate({
        conversationId: thread.id,
        text: 'all',
        clientMessageId: v7(),
        mentions: { userIds: [], everyone: true },
      });
    await expect(all(carol)).rejects.toMatchObject(refused('FORBIDDEN', { need: 'admin' }));
    await all(alice);
  });

  test('does so no more out of the group: no event of it comes, and again in it they follow nothing', async () => {
    const { alice, bob, carol, id, root } = await group();
    const { id: thread } = await open(carol, root);
    const [bobs, carols] = [await bob.subscribe(), await carol.subscribe({ node: 1 })];
    await alice.api.groups.removeMember.mutate({ conversationId: id, userId: bob.id });
    await carol.api.groups.leave.mutate({ conversationId: id });
    for (const person of [bob, carol]) {
      await expect(get(person, thread)).rejects.toMatchObject(GONE);
      await expect(open(person, root)).rejects.toMatchObject(GONE);
      await expect(person.say(thread, 'still here?')).rejects.toMatchObject(GONE);
      expect(await followed(person)).toEqual([]);
    }
    await alice.api.groups.update.mutate({ conversationId: id, history: 'all' });
    await alice.api.groups.addMembers.mutate({ conversationId: id, userIds: [bob.id, carol.id] });
    await open(alice, root);
    await alice.say(thread, 'without them');
    await alice.say(id, 'welcome');
    for (const [stream, type] of [
      [bobs, 'member.removed'],
      [carols, 'member.left'],
    ] as const) {
      await stream.until((event) => event.type === 'message.created');
      const last = stream.events.map((event) => [
        event.type,
        'conversationId' in event && event.conversationId,
      ]);
      const own = last.filter(([, conversationId]) => conversationId === thread);
      expect(own.at(-1)).toEqual([type, thread]);
      expect(last.indexOf(own.at(-1)!)).toBeLessThan(last.findIndex((one) => one[0] === 'member.added'));
      expect(stream.texts).toEqual(['welcome']);
    }
    for (const person of [bob, carol]) expect(await followed(person)).toEqual([]);
    expect(await open(bob, root)).toMatchObject({ id: thread, memberCount: 2 });
  });

  test('is in the group, also when somebody is put out while they come', async () => {
    const { alice, bob, carol, id, root } = await group();
    const { id: thread } = await open(carol, root);
    const { addMembers, removeMember, update } = alice.api.groups;
    await update.mutate({ conversationId: id, history: 'all' });
    await open(alice, root);
    for (let round = 0; round < 15; round += 1) {
      await Promise.allSettled([
        open(bob, root),
        mention(alice, thread, bob),
        removeMember.mutate({ conversationId: id, userId: bob.id }),
        bob.say(thread, 'still here'),
        bob.on(1).threads.open.mutate(root),
      ]);
      expect(await followers(alice, thread)).toEqual(ids(alice, carol));
      expect(await get(alice, thread)).toMatchObject({ memberCount: 2 });
      await addMembers.mutate({ conversationId: id, userIds: [bob.id] });
    }
  });

  test('is left behind by a deleted account, whose messages are erased there, too', async () => {
    const { alice, bob, root } = await group();
    const { id } = await open(alice, root);
    await bob.say(id, 'to be erased');
    await alice.say(id, 'to stay');
    const watching = await alice.subscribe();
    await verifyAction([alice], async () => {
      const { password } = bob.credentials;
      await bob.api.auth.deleteAccount.mutate({ password, messages: 'erase' });
      await watching.when(
        () => watching.events.filter(({ type }) => type === 'messages.erased').length === 2,
      );
    });
    expect(await followers(alice, id)).toEqual(ids(alice));
    expect(await page(alice, id)).toMatchObject([
      { text: '', deletedAt: expect.any(String) },
      { text: 'to stay' },
    ]);
  });
});

describe('in a thread of a group', () => {
  test('its admins delete for everyone, its slow mode does not count', async () => {
    const { alice, bob, carol, id, root } = await group();
    await alice.api.groups.update.mutate({ conversationId: id, slowModeSeconds: 60 });
    const { id: thread } = await open(carol, root);
    for (const text of ['one', 'two', 'three']) await carol.say(thread, text);
    const remove = (person: Person, seq: number) =>
      person.api.messages.delete.mutate({ conversationId: thread, seq, scope: 'everyone' });
    await expect(remove(alice, 1)).rejects.toMatchObject(GONE);
    await open(alice, root);
    await expect(remove(bob, 1)).rejects.toMatchObject(refused('FORBIDDEN', { need: 'admin' }));
    await alice.api.groups.setRole.mutate({ conversationId: id, userId: bob.id, role: 'admin' });
    await remove(bob, 1);
    await remove(alice, 2);
    await remove(carol, 3);
  });

  test('all goes with the group', async () => {
    const { alice, bob, carol, id, root } = await group();
    const { id: thread } = await open(alice, root);
    await bob.say(thread, 'hello');
    const empty = await open(carol, { conversationId: id, seq: (await carol.say(id, 'me')).seq });
    await unfollow(carol, empty.id);
    await verifyAction([alice, bob, carol], () => alice.api.groups.delete.mutate({ conversationId: id }));
    await expect(get(bob, thread)).rejects.toMatchObject(GONE);
    const { pool } = server.nodes[0].app.database;
    await expect
      .poll(async () => {
        const left = await pool.query(
          `SELECT id FROM conversations WHERE id = ANY ($1)
           UNION ALL SELECT id FROM messages WHERE conversation_id = ANY ($1)`,
          [[id, thread, empty.id]],
        );
        return left.rows;
      })
      .toEqual([]);
  });
});

describe('in a thread of a direct conversation', () => {
  async function pair() {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    for (const text of ['one', 'two', 'three']) await bob.say(conversationId, text);
    return { alice, bob, conversationId };
  }

  test('are both', async () => {
    const { alice, bob, conversationId } = await pair();
    await verifyAction([alice, bob], async () => {
      const thread = await open(bob, { conversationId, seq: 1 });
      expect(thread).toMatchObject({ memberCount: 2, peer: null });
      await alice.say(thread.id, 'yes');
    });
    const { id } = await open(alice, { conversationId, seq: 1 });
    const forbidden = refused('FORBIDDEN', { need: 'sender' });
    const deleting = bob.api.messages.delete.mutate({ conversationId: id, seq: 1, scope: 'everyone' });
    await expect(deleting).rejects.toMatchObject(forbidden);
  });

  test('a block is one there, too', async () => {
    const { alice, bob, conversationId } = await pair();
    const { id } = await open(alice, { conversationId, seq: 1 });
    await bob.say(id, 'before');
    const watching = await alice.subscribe();
    await alice.api.blocks.add.mutate({ userId: bob.id });
    await bob.say(id, 'withheld');
    expect(await threadOf(bob, conversationId)).toMatchObject({ replies: 2 });
    expect(await threadOf(alice, conversationId)).toMatchObject({ replies: 1 });
    expect(await get(alice, id)).toMatchObject({ lastSeq: 1 });
    await expect(alice.say(id, 'hm')).rejects.toMatchObject(refused('PERSON_BLOCKED'));
    await expect(open(alice, { conversationId, seq: 2 })).rejects.toMatchObject(refused('PERSON_BLOCKED'));
    expect((await open(alice, { conversationId, seq: 1 })).id).toBe(id);
    await alice.api.messages.markRead.mutate({ conversationId: id, seq: 1 });
    await alice.api.blocks.remove.mutate({ userId: bob.id });
    await bob.say(id, 'heard');
    await watching.when(() => watching.texts.length === 1);
    expect(watching.texts).toEqual(['heard']);
    expect(watching.events.map(({ type }) => type)).not.toContain('member.added');
    expect(await threadOf(alice, conversationId)).toMatchObject({ replies: 3 });
    expect(await page(alice, id)).toHaveLength(2);
  });

  test('one that was begun beside a block shows when it ends; about what was withheld, never', async () => {
    const { alice, bob, conversationId } = await pair();
    const watching = await alice.subscribe({ node: 1 });
    await alice.api.blocks.add.mutate({ userId: bob.id });
    const { seq: withheld } = await bob.say(conversationId, 'withheld');
    const { id, secret } = await verifyAction([alice, bob], async () => {
      const seen = await open(bob, { conversationId, seq: 1 });
      expect(seen).toMatchObject({ memberCount: 2 });
      const unseen = await open(bob, { conversationId, seq: withheld });
      expect(unseen).toMatchObject({ memberCount: 2 });
      await bob.say(seen.id, 'are you there?');
      await bob.say(unseen.id, 'and here?');
      return { id: seen.id, secret: unseen.id };
    });
    expect(await followed(alice)).toEqual([]);
    expect(await threadOf(alice, conversationId)).toBeUndefined();
    expect(await threadOf(bob, conversationId)).toMatchObject({ id, replies: 1 });
    expect(await followers(bob, id)).toEqual(ids(alice, bob));
    await expect(get(alice, id)).rejects.toMatchObject(GONE);
    await verifyAction([alice, bob], async () => {
      await alice.api.blocks.remove.mutate({ userId: bob.id });
      await bob.say(id, 'now?');
      await bob.say(secret, 'and now?');
    });
    expect(await followed(alice)).toEqual([id]);
    expect(await threadOf(alice, conversationId)).toMatchObject({ id, replies: 2 });
    expect((await page(alice, id)).map(({ text }) => text)).toEqual(['now?']);
    await bob.say(conversationId, 'that is all');
    await watching.until((event) => event.type === 'message.created' && event.message.text === 'that is all');
    expect(watching.events.map(({ type }) => type)).toEqual([
      ...['block.added', 'block.removed', 'conversation.created', 'thread.updated'],
      ...['message.created', 'thread.updated', 'message.created'],
    ]);
    await expect(get(alice, secret)).rejects.toMatchObject(GONE);
    await expect(open(alice, { conversationId, seq: withheld })).rejects.toMatchObject(NO_MESSAGE);
  });

  test('who left it and came again beside a block sees what it is to them', async () => {
    const { alice, bob, conversationId } = await pair();
    const root = { conversationId, seq: 1 };
    const { id } = await open(alice, root);
    await bob.say(id, 'one');
    await alice.api.blocks.add.mutate({ userId: bob.id });
    await bob.say(id, 'withheld');
    // What one of two may not see is not in the event that both get: the client loads it.
    await verifyAction([alice], async () => {
      await unfollow(bob, id);
      expect(await open(bob, root)).toMatchObject({ lastSeq: 2, lastMessage: { text: 'withheld' } });
    });
    await alice.api.blocks.remove.mutate({ userId: bob.id });
    await unfollow(alice, id);
    const come = () => open(alice, root);
    expect(await verifyAction([bob], come)).toMatchObject({ lastSeq: 1, lastMessage: { text: 'one' } });
    await verifyAction([alice, bob], () => bob.say(id, 'three'));
    expect((await page(alice, id)).map(({ text }) => text)).toEqual(['one', 'three']);
    // Mentioned beside a block they come back when it ends.
    await unfollow(alice, id);
    await alice.api.blocks.add.mutate({ userId: bob.id });
    await verifyAction([alice, bob], () => mention(bob, id, alice));
    expect(await followed(alice)).toEqual([]);
    const watching = await alice.subscribe({ node: 1 });
    await verifyAction([bob], () => alice.api.blocks.remove.mutate({ userId: bob.id }));
    expect(await followed(alice)).toEqual([id]);
    await watching.until(({ type }) => type === 'thread.updated');
    expect(watching.events).toMatchObject([
      { type: 'block.removed' },
      { type: 'member.added', conversation: { id, lastSeq: 3 }, lastMessage: null },
      { type: 'thread.updated', seq: 1, thread: { id, replies: 3 } },
    ]);
  });
});

test.each(['ws', 'sse'] as const)(
  'the client has threads beside its conversations, over %s',
  async (transport) => {
    const { alice, bob, carol, id, root } = await group();
    const { id: thread } = await open(alice, root);
    await bob.say(thread, 'before');
    const chat = createClient(new Cable(server.nodes[0]).options(transport));
    await using _closing = { [Symbol.asyncDispose]: () => chat.close() };
    const { username, password } = carol.credentials;
    await chat.login({ login: username, password });
    const state = () => chat.state.get();
    const rootOf = () => state().conversations?.[id]?.lastMessage;
    await expect.poll(rootOf).toMatchObject({ thread: { id: thread, replies: 1 } });
    expect(threadsOf(state())).toEqual([]);

    await mention(alice, thread, carol);
    await expect
      .poll(() => threadsOf(state(), id))
      .toMatchObject([{ id: thread, lastSeq: 2, mentions: [2] }]);
    expect(conversationsOf(state()).map((known) => known.id)).toEqual([id]);
    const known = () => state().conversations![thread]!;
    // In the group there is still what the thread is about.
    expect([unreadOf(known()), unreadOf(state().conversations![id]!)]).toEqual([1, 1]);
    await expect.poll(rootOf).toMatchObject({ thread: { replies: 2 } });
    await chat.messages.markRead({ conversationId: thread, seq: 2 });
    await chat.messages.loadOlder({ conversationId: thread });
    expect(known().timeline.messages).toHaveLength(2);
    await chat.messages.send({ conversationId: thread, text: 'here I am' }).result;
    await expect.poll(() => known().timeline.messages.map(({ text }) => text)).toContain('here I am');
    expect(unreadOf(known())).toBe(0);

    await chat.api.threads.unfollow.mutate({ conversationId: thread });
    await expect.poll(() => threadsOf(state())).toEqual([]);
    await bob.say(thread, 'gone already?');
    await expect.poll(rootOf).toMatchObject({ thread: { replies: 4 } });
  },
);
