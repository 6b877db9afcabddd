import { v7 } from 'uuid';
import { describe, expect, test } from 'vitest';
import { openFromBothSides } from './pairs.ts';
import { removeWhileTheyFlow } from './removed.ts';
import { serverForAll } from './server.ts';

const server = serverForAll({ nodes: 2 });

const refused = (code: string, data: object = {}) => ({ data: { code, ...data } });
const hidden = refused('NOT_FOUND', { httpStatus: 404, what: 'conversation' });

describe('direct conversations', () => {
  test('S47: opened from both sides at once by 45 pairs, on two nodes: one conversation a pair', () =>
    openFromBothSides(10));

  test('both sides see it at once, each with the other as peer', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const stream = await bob.subscribe();
    const opened = await alice.api.conversations.openDirect.mutate({ userId: bob.id });
    expect(opened).toMatchObject({
      kind: 'direct',
      title: null,
      memberCount: 2,
      lastSeq: 0,
      peer: { user: { id: bob.id } },
    });
    const { data } = await stream.until(({ type }) => type === 'conversation.created');
    expect(data).toMatchObject({ actorId: alice.id, conversation: { id: opened.id } });
    const { conversation } = await bob.api.conversations.get.query({ conversationId: opened.id });
    expect(conversation).toMatchObject({
      id: opened.id,
      peer: { user: { id: alice.id, fullName: 'alice' } },
    });
  });

  test('not with oneself, not with nobody', async () => {
    const alice = await server.people.join('alice');
    const open = (userId: string) => alice.api.conversations.openDirect.mutate({ userId });
    await expect(open(alice.id)).rejects.toMatchObject(refused('NOT_YOURSELF'));
    await expect(open(v7())).rejects.toMatchObject(refused('NOT_FOUND', { what: 'user' }));
    await expect(open('bob')).rejects.toMatchObject(refused('INVALID_INPUT'));
  });
});

test('the list is in the order of activity, and its pages join without a gap or a double', async () => {
  const alice = await server.people.join('alice');
  const groups: string[] = [];
  for (let n = 0; n < 7; n++) groups.push(await alice.startGroup(`group ${n}`));
  for (const n of [3, 0, 5]) await alice.say(groups[n]!, 'hello');
  const listed: string[] = [];
  for (let before: string | undefined; ; ) {
    const page = await alice.api.conversations.list.query({ limit: 2, ...(before && { before }) });
    listed.push(...page.conversations.map(({ id }) => id));
    before = page.conversations.at(-1)?.id;
    if (!page.hasMore) break;
  }
  expect(listed).toEqual([5, 0, 3, 6, 4, 2, 1].map((n) => groups[n]));
  await expect(alice.api.conversations.list.query({ before: v7() })).rejects.toMatchObject(hidden);
});

describe('groups', () => {
  test('its members come and go, and everybody in it hears of it', async () => {
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    const group = await alice.startGroup('tea', bob);
    const [forBob, forCarol] = [await bob.subscribe(), await carol.subscribe()];
    const added = await alice.api.groups.addMembers.mutate({
      conversationId: group,
      userIds: [carol.id, bob.id, v7()],
    });
    expect(added.added).toEqual([carol.id]);
    expect(added.skipped.map(({ reason }) => reason)).toEqual(['already_member', 'unknown_user']);
    await alice.say(group, 'welcome');
    await carol.api.groups.leave.mutate({ conversationId: group });
    await alice.say(group, 'she is gone');
    await forBob.when(() => forBob.texts.includes('she is gone'));
    await forCarol.until(({ type }) => type === 'member.left');
    const types = ['member.added', 'message.created', 'member.left'];
    expect(forCarol.events.map(({ type }) => type)).toEqual(types);
    expect(forBob.events.map(({ type }) => type)).toEqual([...types, 'message.created']);
    const { members } = await bob.api.conversations.members.query({ conversationId: group });
    expect(members.map(({ user, role }) => [user.id, role])).toEqual([
      [alice.id, 'owner'],
      [bob.id, 'member'],
    ]);
  });

  test('S37: whoever is not in it, or not any more, cannot even tell that it is there', async () => {
    const [alice, bob, stranger] = await server.people.all('alice', 'bob', 'stranger');
    const group = await alice.startGroup('tea', bob);
    await alice.api.groups.removeMember.mutate({ conversationId: group, userId: bob.id });
    for (const outsider of [bob, stranger])
      for (const conversationId of [group, v7()]) {
        const { conversations, groups, messages } = outsider.api;
        const key = { conversationId };
        for (const attempt of [
          () => conversations.get.query(key),
          () => conversations.members.query(key),
          () => messages.list.query(key),
          () => messages.send.mutate({ ...key, text: 'hello?', clientMessageId: v7() }),
          () => messages.markRead.mutate({ ...key, seq: 1 }),
          () => groups.leave.mutate(key),
          () => groups.addMembers.mutate({ ...key, userIds: [outsider.id] }),
          () => groups.removeMember.mutate({ ...key, userId: alice.id }),
        ])
          await expect(attempt()).rejects.toMatchObject(hidden);
      }
    expect((await bob.api.sync.bootstrap.query()).conversations).toEqual([]);
  });

  test('the owner rule: only owner and admins add, the owner does not leave others behind, the last one archives', async () => {
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    const conversationId = await alice.startGroup('tea', bob, carol);
    const { groups } = bob.api;
    await expect(groups.addMembers.mutate({ conversationId, userIds: [v7()] })).rejects.toMatchObject(
      refused('FORBIDDEN', { need: 'admin' }),
    );
    for (const [userId, need] of [
      [carol.id, 'admin'],
      [alice.id, 'owner'],
    ] as const)
      await expect(groups.removeMember.mutate({ conversationId, userId })).rejects.toMatchObject(
        refused('FORBIDDEN', { need }),
      );
    await expect(alice.api.groups.leave.mutate({ conversationId })).rejects.toMatchObject(
      refused('OWNER_MUST_TRANSFER'),
    );
    await groups.leave.mutate({ conversationId });
    await alice.api.groups.removeMember.mutate({ conversationId, userId: carol.id });
    await expect(
      alice.api.groups.removeMember.mutate({ conversationId, userId: carol.id }),
    ).rejects.toMatchObject(refused('NOT_FOUND', { what: 'member' }));
    await alice.api.groups.leave.mutate({ conversationId });
    const { rows } = await server.nodes[0].app.database.pool.query(
      'SELECT member_count, archived_at FROM conversations WHERE id = $1',
      [conversationId],
    );
    expect(rows).toEqual([{ member_count: 0, archived_at: expect.any(Date) }]);
  });

  test('what is for groups only is refused in a direct conversation', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    const { groups } = alice.api;
    for (const attempt of [
      () => groups.leave.mutate({ conversationId }),
      () => groups.addMembers.mutate({ conversationId, userIds: [bob.id] }),
      () => groups.removeMember.mutate({ conversationId, userId: bob.id }),
    ])
      await expect(attempt()).rejects.toMatchObject(refused('NOT_A_GROUP'));
  });

  test('the same people added from many sides at once are added once', async () => {
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    const conversationId = await alice.startGroup('tea');
    const userIds = [bob.id, carol.id];
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        alice.on(n % 2).groups.addMembers.mutate({ conversationId, userIds }),
      ),
    );
    expect(answers.flatMap(({ added }) => added).sort()).toEqual([...userIds].sort());
    expect((await alice.api.conversations.get.query({ conversationId })).conversation.memberCount).toBe(3);
  });
});

test('S42: removed while 300 messages flow: not one event after the removal, on either node, over ws or sse', () =>
  removeWhileTheyFlow(server, 300));
