import { LIMITS } from '@parley/contract';
import { v7 } from 'uuid';
import { describe, expect, test } from 'vitest';
import { runSql } from './database.ts';
import type { Person } from './people.ts';
import { serverForAll, testServer } from './server.ts';

const refused = (code: string, data: object = {}) => ({ data: { code, ...data } });

const block = (by: Person, whom: Person) => by.api.blocks.add.mutate({ userId: whom.id });
const unblock = (by: Person, whom: Person) => by.api.blocks.remove.mutate({ userId: whom.id });

/** What somebody sees of a conversation when they begin anew. */
async function viewOf(person: Person, conversationId: string) {
  const { conversations } = await person.api.sync.bootstrap.query();
  return conversations.find(({ id }) => id === conversationId);
}

const textsOf = async (person: Person, conversationId: string): Promise<string[]> =>
  (await person.api.messages.list.query({ conversationId })).messages.map(({ text }) => text);

const ways = [
  { transport: 'ws', nodes: 1 },
  { transport: 'sse', nodes: 2 },
] as const;

const server = serverForAll({ nodes: 2 });

describe.each(ways)('S43 a blocked person’s direct messages, over $transport, on $nodes nodes', (way) => {
  const { transport, nodes } = way;
  const node = nodes - 1;

  test('are stored and answered, reach their own devices, and never whoever blocked them', async () => {
    await using server = await testServer({ nodes });
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    const group = await alice.startGroup('tea', bob);
    await bob.say(conversationId, 'before');
    const bobs = await (await bob.anotherDevice()).subscribe({ transport, node });
    const alices = await alice.subscribe({ transport, node });
    const { cursor } = await alice.api.sync.bootstrap.query();
    await block(alice, bob);

    const key = v7();
    const sent = await bob.say(conversationId, 'hello?', key);
    expect(sent).toMatchObject({ seq: 2, senderId: bob.id, text: 'hello?' });
    expect(await bob.say(conversationId, 'hello?', key)).toEqual(sent);
    await bob.say(conversationId, 'are you there?');
    await bobs.when(() => bobs.texts.length === 2);
    expect(bobs.events.at(-2)).toEqual({ type: 'message.created', message: sent });
    expect(await textsOf(bob, conversationId)).toEqual(['before', 'hello?', 'are you there?']);
    expect(await viewOf(bob, conversationId)).toMatchObject({ lastSeq: 3, me: { readSeq: 3 }, skipped: [] });

    await bob.say(group, 'in the group everybody hears it');
    await alices.when(() => alices.texts.length === 1);
    const resumed = await alice.subscribe({ transport, node, cursor });
    for (const { texts } of [alices, resumed]) expect(texts).toEqual(['in the group everybody hears it']);
    expect(await textsOf(alice, conversationId)).toEqual(['before']);
    expect(await viewOf(alice, conversationId)).toMatchObject({
      lastSeq: 1,
      lastMessage: { text: 'before' },
      skipped: [],
      me: { readSeq: 0 },
      peer: { readSeq: 1 },
    });

    await unblock(alice, bob);
    await bob.say(conversationId, 'at last');
    await alices.when(() => alices.texts.length === 2);
    expect(alices.texts.at(-1)).toBe('at last');
    expect(await textsOf(alice, conversationId)).toEqual(['before', 'at last']);
    expect(await viewOf(alice, conversationId)).toMatchObject({ lastSeq: 4, skipped: [[2, 3]] });
    const page = await alice.api.messages.list.query({ conversationId, after: 1, limit: 2 });
    expect(page).toMatchObject({ messages: [], from: 2, to: 3, hasMoreAfter: true });
  });

  test('begin a conversation that only they see, until whoever blocked them wants it too', async () => {
    await using server = await testServer({ nodes });
    const [alice, bob] = await server.people.all('alice', 'bob');
    await block(alice, bob);
    const [alices, bobs] = [
      await alice.subscribe({ transport, node }),
      await bob.subscribe({ transport, node }),
    ];
    const conversationId = await bob.talkTo(alice);
    await bob.say(conversationId, 'hello?');
    await bobs.when(() => bobs.texts.length === 1);
    expect(bobs.events[0]).toMatchObject({ type: 'conversation.created', conversation: { memberCount: 2 } });
    expect(await viewOf(bob, conversationId)).toMatchObject({ peer: { user: { id: alice.id } }, lastSeq: 1 });
    expect(await viewOf(alice, conversationId)).toBeUndefined();
    const { conversations, messages, typing } = alice.api;
    for (const use of [
      () => conversations.get.query({ conversationId }),
      () => conversations.members.query({ conversationId }),
      () => messages.list.query({ conversationId }),
      () => messages.markRead.mutate({ conversationId, seq: 1 }),
      () => typing.start.mutate({ conversationId }),
      () => alice.say(conversationId, 'is it there?'),
    ])
      await expect(use()).rejects.toMatchObject(refused('NOT_FOUND', { what: 'conversation' }));

    await unblock(alice, bob);
    await alices.until(({ type }) => type === 'conversation.created');
    expect(alices.events.map(({ type }) => type)).toEqual(['block.removed', 'conversation.created']);
    expect(await viewOf(alice, conversationId)).toMatchObject({ lastSeq: 0, lastMessage: null });
    await bob.say(conversationId, 'at last');
    await alices.when(() => alices.texts.length === 1);
    expect(await textsOf(alice, conversationId)).toEqual(['at last']);
    expect(await alice.talkTo(bob)).toBe(conversationId);
  });

  test('and read marks are not shown, either way', async () => {
    await using server = await testServer({ nodes });
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    for (const person of [alice, bob])
      await person.say(conversationId, `from ${person.credentials.username}`);
    await block(alice, bob);
    const bobs = await bob.subscribe({ transport, node });
    const alices = await (await alice.anotherDevice()).subscribe({ transport, node });
    for (const person of [alice, bob]) {
      const read = person.api.messages.markRead.mutate({ conversationId, seq: 2 });
      expect(await read).toEqual({ readSeq: 2 });
    }
    await bob.say(conversationId, 'hello?');
    await bobs.when(() => bobs.texts.length === 1);
    expect(bobs.events.map(({ type }) => type)).toEqual(['message.created']);
    await alices.until(({ type }) => type === 'receipt.read');
    expect(alices.events.filter(({ type }) => type === 'receipt.read')).toEqual([
      { type: 'receipt.read', conversationId, marks: [{ userId: alice.id, readSeq: 2 }] },
    ]);
    expect(await viewOf(bob, conversationId)).toMatchObject({ me: { readSeq: 3 }, peer: { readSeq: 1 } });
    expect(await viewOf(alice, conversationId)).toMatchObject({ me: { readSeq: 2 }, peer: { readSeq: 2 } });

    await unblock(alice, bob);
    await bob.say(conversationId, 'at last');
    await alice.api.messages.markRead.mutate({ conversationId, seq: 4 });
    await bobs.until(({ type }) => type === 'receipt.read');
    expect(await viewOf(bob, conversationId)).toMatchObject({ peer: { readSeq: 4 } });
  });
});

describe('a block', () => {
  test('keeps whoever made it from sending and from beginning, and says so', async () => {
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    const conversationId = await alice.talkTo(bob);
    const key = v7();
    const sent = await alice.say(conversationId, 'before', key);
    await block(alice, bob);
    await block(alice, carol);
    await expect(alice.say(conversationId, 'after')).rejects.toMatchObject(refused('PERSON_BLOCKED'));
    expect(await alice.say(conversationId, 'before', key)).toEqual(sent);
    await expect(alice.talkTo(carol)).rejects.toMatchObject(refused('PERSON_BLOCKED'));
    expect(await alice.talkTo(bob)).toBe(conversationId);
    await unblock(alice, bob);
    expect(await alice.say(conversationId, 'after')).toMatchObject({ seq: 2 });
  });

  test('of each other: nothing passes until both have ended it', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    await Promise.all([block(alice, bob), block(bob, alice)]);
    for (const person of [alice, bob])
      await expect(person.say(conversationId, 'hello?')).rejects.toMatchObject(refused('PERSON_BLOCKED'));
    await unblock(bob, alice);
    await bob.say(conversationId, 'withheld');
    await unblock(alice, bob);
    await bob.say(conversationId, 'heard');
    expect(await textsOf(alice, conversationId)).toEqual(['heard']);
  });

  test('is listed, told to the own devices alone, made once, and ended once', async () => {
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    const [phone, bobs] = [await (await alice.anotherDevice()).subscribe(), await bob.subscribe()];
    const made = await block(alice, bob);
    expect(made).toEqual({ user: expect.objectContaining({ id: bob.id }), createdAt: expect.any(String) });
    expect(await block(alice, bob)).toEqual(made);
    await block(alice, carol);
    const { blocks } = await alice.api.blocks.list.query();
    expect(blocks.map(({ user }) => user.id)).toEqual([carol.id, bob.id]);
    expect(await bob.api.blocks.list.query()).toEqual({ blocks: [] });
    expect(await unblock(alice, bob)).toEqual({ userId: bob.id });
    await expect(unblock(alice, bob)).rejects.toMatchObject(refused('NOT_FOUND', { what: 'block' }));
    await phone.until(({ type }) => type === 'block.removed');
    expect(phone.events).toEqual([
      { type: 'block.added', block: made },
      { type: 'block.added', block: blocks[0] },
      { type: 'block.removed', userId: bob.id },
    ]);
    await bob.startGroup('tea');
    await bobs.until(({ type }) => type === 'conversation.created');
    expect(bobs.events).toHaveLength(1);
  });

  test('is of another person, who is there, and of no more than the limit', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    await expect(block(alice, alice)).rejects.toMatchObject(refused('NOT_YOURSELF'));
    const nobody = alice.api.blocks.add.mutate({ userId: v7() });
    await expect(nobody).rejects.toMatchObject(refused('NOT_FOUND', { what: 'user' }));
    await runSql(
      server.databaseUrl,
      `INSERT INTO users (id, username, username_key, email, email_key, password_hash, created_at)
         SELECT gen_random_uuid(), 'x' || n, 'x' || n, 'x' || n, 'x' || n, '', now() FROM generate_series(1, ${LIMITS.blocks}) n;
       INSERT INTO blocks (blocker_id, blocked_id, created_at)
         SELECT '${alice.id}', id, now() FROM users WHERE username LIKE 'x%' AND id <> '${bob.id}'`,
    );
    const tooMany = refused('TOO_MANY', { what: 'blocks', limit: LIMITS.blocks });
    await expect(block(alice, bob)).rejects.toMatchObject(tooMany);
  });

  test('made while the other one begins and writes: nothing that was written after it is seen', async () => {
    for (let round = 0; round < 20; round++) {
      const [alice, bob] = await server.people.all('alice', 'bob');
      const writes = async () => {
        const { id } = await bob.on(1).conversations.openDirect.mutate({ userId: alice.id });
        await bob.say(id, 'meanwhile');
        return id;
      };
      const [id] = await Promise.all([writes(), block(alice, bob)]);
      await bob.say(id, 'after');
      const view = await viewOf(alice, id);
      const seen = view ? await textsOf(alice, id) : [];
      expect(seen).not.toContain('after');
      expect(view?.lastMessage?.text ?? null).toBe(seen.at(-1) ?? null);
      expect(await textsOf(bob, id)).toEqual(['meanwhile', 'after']);
    }
  });

  test('ends with the account of whom it is about', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    await block(alice, bob);
    await bob.api.auth.deleteAccount.mutate({ password: bob.credentials.password, messages: 'keep' });
    expect(await alice.api.blocks.list.query()).toEqual({ blocks: [] });
    const say = () =>
      alice.say(conversationId, 'farewell').then(
        () => 'said',
        () => 'refused',
      );
    await expect.poll(say).toBe('said');
  });

  test('moves a conversation up for whoever wrote in it, and not for whoever was not told', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const direct = await alice.talkTo(bob);
    const group = await alice.startGroup('tea', bob);
    await alice.say(group, 'newer');
    await block(alice, bob);
    await bob.say(direct, 'newest, for bob');
    const orderFor = async (person: Person) => {
      const first = await person.api.conversations.list.query({ limit: 1 });
      const rest = await person.api.conversations.list.query({ before: first.conversations[0]!.id });
      return [...first.conversations, ...rest.conversations].map(({ id }) => id);
    };
    expect(await orderFor(bob)).toEqual([direct, group]);
    expect(await orderFor(alice)).toEqual([group, direct]);
  });
});
