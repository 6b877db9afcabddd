import { v7 } from 'uuid';
import { describe, expect, test } from 'vitest';
import type { Person } from './people.ts';
import { ManualClock, serverForAll, testServer } from './server.ts';

const refused = (code: string, data: object = {}) => ({ data: { code, ...data } });

const rolesOf = async (person: Person, conversationId: string) => {
  const { members } = await person.api.conversations.members.query({ conversationId });
  return Object.fromEntries(members.map(({ user, role }) => [user.id, role]));
};

const textsOf = async (person: Person, conversationId: string) => {
  const { messages } = await person.api.messages.list.query({ conversationId });
  return messages.map(({ text }) => text);
};

const server = serverForAll({ nodes: 2 });

describe('what a group is', () => {
  test('changes for everybody by one event, and what is so already makes none', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.startGroup('tea', bob);
    const stream = await bob.subscribe({ node: 1 });
    const { update } = alice.api.groups;
    const change = { title: 'coffee', description: 'at four', slowModeSeconds: 30, history: 'all' } as const;
    expect(await update.mutate({ conversationId, ...change })).toMatchObject(change);
    for (const same of [change, { title: 'coffee' }, {}]) await update.mutate({ conversationId, ...same });
    await update.mutate({ conversationId, description: null });
    await stream.when(() => stream.events.length === 2);
    expect(stream.events[0]).toEqual({
      type: 'conversation.updated',
      actorId: alice.id,
      conversation: expect.objectContaining({ id: conversationId, memberCount: 2, lastSeq: 0, ...change }),
    });
    expect(stream.events[1]).toMatchObject({ conversation: { ...change, description: null } });
    for (const bad of [
      { title: '' },
      { title: null },
      { title: 'x'.repeat(101) },
      { slowModeSeconds: -1 },
      { slowModeSeconds: 21_601 },
      { slowModeSeconds: 0.5 },
      { history: 'none' },
    ])
      await expect(update.mutate({ conversationId, ...bad } as never)).rejects.toMatchObject(
        refused('INVALID_INPUT'),
      );
  });

  test('can be said when it is made', async () => {
    const alice = await server.people.join('alice');
    const how = { title: 'tea', description: 'at five', slowModeSeconds: 10, history: 'all' } as const;
    expect(await alice.api.groups.create.mutate({ ...how, userIds: [] })).toMatchObject(how);
    const plain = await alice.api.groups.create.mutate({ title: 'tea', userIds: [] });
    expect(plain).toMatchObject({ description: null, slowModeSeconds: 0, history: 'joined' });
  });
});

describe('slow mode', () => {
  test('lets a plain member wait between two messages, owner and admins not', async () => {
    const clock = new ManualClock();
    await using server = await testServer({ clock });
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    const conversationId = await alice.startGroup('tea', bob, carol);
    await alice.api.groups.setRole.mutate({ conversationId, userId: carol.id, role: 'admin' });
    await alice.api.groups.update.mutate({ conversationId, slowModeSeconds: 30 });
    const key = v7();
    await bob.say(conversationId, 'one', key);
    clock.advance(10_500);
    await expect(bob.say(conversationId, 'too soon')).rejects.toMatchObject(
      refused('RATE_LIMITED', { retryAfter: 20 }),
    );
    expect(await bob.say(conversationId, 'one', key)).toMatchObject({ seq: 1 });
    for (const quick of [alice, carol])
      for (const text of ['quick', 'quicker']) await quick.say(conversationId, text);
    clock.advance(19_500);
    await bob.say(conversationId, 'two');
    // Of several at once one is in time.
    clock.advance(30_000);
    const sent = await Promise.allSettled(['a', 'b', 'c'].map((text) => bob.say(conversationId, text)));
    expect(sent.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    // What is refused, or was sent before, lets nobody wait.
    clock.advance(30_000);
    const sends = [
      { text: 'what?', replyTo: 99, clientMessageId: v7() },
      { text: 'one', clientMessageId: key },
      { text: 'in time', clientMessageId: v7() },
    ];
    const batch = sends.map((send, n) => [n, { json: { conversationId, ...send } }]);
    const response = await fetch(`${server.nodes[0].url}/trpc/${sends.map(() => 'messages.send')}?batch=1`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${bob.tokens.accessToken}`,
      },
      body: JSON.stringify(Object.fromEntries(batch)),
    });
    const outcomes = (await response.json()) as object[];
    expect(outcomes.map((outcome) => 'error' in outcome)).toEqual([true, false, false]);
    await alice.api.groups.setRole.mutate({ conversationId, userId: carol.id, role: 'member' });
    await expect(carol.say(conversationId, 'as a member')).resolves.toMatchObject({ seq: 9 });
    await expect(carol.say(conversationId, 'again')).rejects.toMatchObject(refused('RATE_LIMITED'));
    await alice.api.groups.update.mutate({ conversationId, slowModeSeconds: 0 });
    await expect(carol.say(conversationId, 'again')).resolves.toMatchObject({ seq: 10 });
  });
});

describe('who comes into a group', () => {
  test('S40: sees what the history policy of that moment says, whatever it was before or is after', async () => {
    const [alice, bob, carol, dave] = await server.people.all('alice', 'bob', 'carol', 'dave');
    const conversationId = await alice.startGroup('tea', bob);
    const { addMembers, update, removeMember } = alice.api.groups;
    const add = ({ id }: Person) => addMembers.mutate({ conversationId, userIds: [id] });
    await alice.say(conversationId, 'one');
    await add(carol);
    await update.mutate({ conversationId, history: 'all' });
    await alice.say(conversationId, 'two');
    await add(dave);
    expect(await textsOf(carol, conversationId)).toEqual(['two']);
    expect(await textsOf(dave, conversationId)).toEqual(['one', 'two']);
    const { conversation } = await dave.api.conversations.get.query({ conversationId });
    expect(conversation).toMatchObject({ lastSeq: 2, me: { joinedSeq: 0, readSeq: 2 }, skipped: [] });
    await update.mutate({ conversationId, history: 'joined' });
    expect(await textsOf(dave, conversationId)).toEqual(['one', 'two']);
    await removeMember.mutate({ conversationId, userId: dave.id });
    await alice.say(conversationId, 'three');
    await add(dave);
    await alice.say(conversationId, 'four');
    expect(await textsOf(dave, conversationId)).toEqual(['four']);
  });

  test('gets the newest message with the event, but for where somebody in it may not see that', async () => {
    const [alice, bob, carol, dave] = await server.people.all('alice', 'bob', 'carol', 'dave');
    const conversationId = await alice.startGroup('tea');
    const { addMembers, update } = alice.api.groups;
    const add = ({ id }: Person) => addMembers.mutate({ conversationId, userIds: [id] });
    const secret = await alice.say(conversationId, 'before bob');
    await add(bob);
    const stream = await bob.subscribe();
    const news = await alice.subscribe();
    await update.mutate({ conversationId, history: 'all' });
    await add(carol);
    const said = await alice.say(conversationId, 'for all');
    await add(dave);
    await stream.when(() => stream.events.length === 4);
    const added = stream.events.filter((event) => event.type === 'member.added');
    expect(added.map(({ lastMessage }) => lastMessage)).toEqual([null, said]);
    expect(JSON.stringify(stream.received)).not.toContain(secret.text);
    expect(await textsOf(carol, conversationId)).toEqual(['before bob', 'for all']);
    await news.when(() => news.events.length === 4);
    expect(news.events).toEqual(stream.events);
  });
});

describe('S44 roles', () => {
  test('are the owner’s to give, and show at once, also over a socket that was open before', async () => {
    const [alice, bob, carol, dave] = await server.people.all('alice', 'bob', 'carol', 'dave');
    const conversationId = await alice.startGroup('tea', bob, carol);
    const { setRole } = alice.api.groups;
    const old = bob.socket(1).api;
    const adding = () => old.groups.addMembers.mutate({ conversationId, userIds: [dave.id] });
    await expect(adding()).rejects.toMatchObject(refused('FORBIDDEN', { need: 'admin' }));
    await setRole.mutate({ conversationId, userId: bob.id, role: 'admin' });
    expect((await adding()).added).toEqual([dave.id]);
    const stream = await carol.subscribe();
    for (const role of ['member', 'member'] as const)
      await setRole.mutate({ conversationId, userId: bob.id, role });
    await expect(adding()).rejects.toMatchObject(refused('FORBIDDEN', { need: 'admin' }));
    await alice.say(conversationId, 'done');
    await stream.when(() => stream.texts.length === 1);
    expect(stream.events.filter(({ type }) => type === 'member.roleChanged')).toHaveLength(1);
    const owning = old.groups.setRole.mutate({ conversationId, userId: bob.id, role: 'owner' as never });
    await expect(owning).rejects.toMatchObject(refused('INVALID_INPUT'));
  });

  test('the owner hands the group over, and leaves', async () => {
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    const conversationId = await alice.startGroup('tea', bob, carol);
    const stream = await carol.subscribe();
    await alice.api.groups.transferOwnership.mutate({ conversationId, userId: bob.id });
    expect(await rolesOf(carol, conversationId)).toEqual({
      [alice.id]: 'admin',
      [bob.id]: 'owner',
      [carol.id]: 'member',
    });
    await expect(
      alice.api.groups.transferOwnership.mutate({ conversationId, userId: carol.id }),
    ).rejects.toMatchObject(refused('FORBIDDEN', { need: 'owner' }));
    await alice.api.groups.leave.mutate({ conversationId });
    await stream.when(() => stream.events.length === 3);
    expect(stream.events).toMatchObject([
      { type: 'member.roleChanged', userId: bob.id, role: 'owner' },
      { type: 'member.roleChanged', userId: alice.id, role: 'admin' },
      { type: 'member.left', userId: alice.id },
    ]);
    expect(await rolesOf(carol, conversationId)).toEqual({ [bob.id]: 'owner', [carol.id]: 'member' });
  });

  test('S45: handed over to whoever leaves, is put out or is gone at that moment: there is one owner', async () => {
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    for (let round = 0; round < 20; round++) {
      const conversationId = await alice.startGroup('tea', bob, carol);
      await alice.api.groups.setRole.mutate({ conversationId, userId: carol.id, role: 'admin' });
      const racing = [
        alice.api.groups.transferOwnership.mutate({ conversationId, userId: bob.id }),
        bob.on(1).groups.leave.mutate({ conversationId }),
        carol.on(1).groups.removeMember.mutate({ conversationId, userId: bob.id }),
        alice.on(1).groups.leave.mutate({ conversationId }),
      ];
      await Promise.allSettled(racing);
      const { pool } = server.nodes[0].app.database;
      const { rows } = await pool.query('SELECT role FROM members WHERE conversation_id = $1', [
        conversationId,
      ]);
      expect(rows.filter(({ role }) => role === 'owner')).toHaveLength(1);
    }
  });
});
