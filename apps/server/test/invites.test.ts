import { LIMITS } from '@parley/contract';
import { v7 } from 'uuid';
import { expect, test } from 'vitest';
import { cleanUp } from '../src/auth/clean-up.ts';
import { runSql } from './database.ts';
import type { Person } from './people.ts';
import { ManualClock, serverForAll, testServer } from './server.ts';

const refused = (code: string, data: object = {}) => ({ data: { code, ...data } });
const invalid = refused('INVALID_INVITE');
const DAY = 86_400;

const accept = (person: Person, token: string, node = 0) => person.on(node).invites.accept.mutate({ token });

const server = serverForAll({ nodes: 2 });

test('an invite brings people into a group, and is told once', async () => {
  const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
  const conversationId = await alice.startGroup('tea', bob);
  await alice.say(conversationId, 'before carol');
  const stream = await bob.subscribe({ node: 1 });
  const { invite, token } = await alice.api.invites.create.mutate({ conversationId, maxUses: 1 });
  expect(token).toMatch(/^[\w-]{22}$/);
  const lasts = Date.parse(invite.expiresAt) - Date.parse(invite.createdAt);
  expect(lasts).toBe(7 * DAY * 1_000);
  expect(invite).toMatchObject({ creatorId: alice.id, maxUses: 1, uses: 0 });
  const dump = await runSql(server.databaseUrl, 'SELECT to_json(invites)::text AS row FROM invites');
  expect(JSON.stringify(dump)).not.toContain(token);

  expect(await carol.api.invites.preview.query({ token })).toEqual({
    title: 'tea',
    description: null,
    memberCount: 2,
  });
  const view = await accept(carol, token);
  expect(view).toMatchObject({ id: conversationId, memberCount: 3, me: { role: 'member', joinedSeq: 1 } });
  const { data } = await stream.until(({ type }) => type === 'member.added');
  expect(data).toMatchObject({ actorId: carol.id, members: [{ user: { id: carol.id } }] });
  // Whoever is in it comes again, and nobody hears of it.
  expect(await accept(carol, token, 1)).toEqual(view);
  expect(await alice.api.invites.list.query({ conversationId })).toEqual({
    invites: [{ ...invite, uses: 1 }],
  });
  expect(JSON.stringify(await alice.api.invites.list.query({ conversationId }))).not.toContain(token);
  expect(stream.events.filter(({ type }) => type === 'member.added')).toHaveLength(1);
});

test('one that is no good is refused in one way, whatever is wrong with it', async () => {
  const clock = new ManualClock();
  await using server = await testServer({ clock });
  const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
  const groups = [await alice.startGroup('tea'), await alice.startGroup('left')] as const;
  const [conversationId] = groups;
  const create = (
    more: { expiresInSeconds?: number; maxUses?: number } = {},
    group: string = conversationId,
  ) => alice.api.invites.create.mutate({ conversationId: group, ...more });
  const [used, brief, revoked, orphan] = [
    await create({ maxUses: 1 }),
    await create({ expiresInSeconds: 60 }),
    await create(),
    await create({}, groups[1]),
  ];
  await accept(bob, used.token);
  await alice.api.invites.revoke.mutate({ conversationId, inviteId: revoked.invite.id });
  await alice.api.groups.leave.mutate({ conversationId: groups[1] });
  clock.advance(60_000);
  const answers = [];
  for (const { token } of [used, brief, revoked, orphan, { token: 'x'.repeat(22) }])
    for (const attempt of [() => accept(carol, token), () => carol.api.invites.preview.query({ token })])
      answers.push(await attempt().catch(({ message, data }) => ({ message, data: { ...data, path: '' } })));
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(answers[0]).toMatchObject(invalid);
  expect((await carol.api.sync.bootstrap.query()).conversations).toEqual([]);
  await expect(accept(carol, 'x')).rejects.toMatchObject(refused('INVALID_INPUT'));
  // Of whom it let in nobody is put out by that.
  expect(await accept(bob, used.token)).toMatchObject({ id: conversationId });
  await alice.api.groups.removeMember.mutate({ conversationId, userId: bob.id });
  await expect(accept(bob, used.token)).rejects.toMatchObject(invalid);
});

/** As `accept`, again where a busy machine had no connection to the database in time. */
const insist = (person: Person, token: string, node: number): Promise<{ id: string }> =>
  accept(person, token, node).catch((error) => {
    if (error.data?.code !== 'UNAVAILABLE') throw error;
    return insist(person, token, node);
  });

test('50 people at once by an invite for 10, on two nodes, are 10', async () => {
  const alice = await server.people.join('alice');
  const conversationId = await alice.startGroup('tea');
  const { token } = await alice.api.invites.create.mutate({ conversationId, maxUses: 10 });
  const crowd = await Promise.all(Array.from({ length: 50 }, (_, n) => server.people.join(`p${n}`)));
  const answers = await Promise.allSettled(
    crowd.flatMap((person, n) => [insist(person, token, n % 2), insist(person, token, (n + 1) % 2)]),
  );
  const entered = crowd.filter((_, n) => answers[2 * n]!.status === 'fulfilled');
  expect(entered).toHaveLength(10);
  // Twice at once is once: both answers are the same.
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(20);
  for (const answer of answers)
    if (answer.status === 'rejected') expect(answer.reason).toMatchObject(invalid);
  const { conversation } = await alice.api.conversations.get.query({ conversationId });
  expect(conversation.memberCount).toBe(11);
  const { invites } = await alice.api.invites.list.query({ conversationId });
  expect(invites).toMatchObject([{ uses: 10, maxUses: 10 }]);
});

test('invites are owner’s and admins’, are limited in number and time, and go when they are expired', async () => {
  const clock = new ManualClock();
  await using server = await testServer({ clock });
  const [alice, bob] = await server.people.all('alice', 'bob');
  const conversationId = await alice.startGroup('tea', bob);
  const elsewhere = await alice.startGroup('coffee');
  const { create, revoke, list } = alice.api.invites;
  await expect(bob.api.invites.create.mutate({ conversationId })).rejects.toMatchObject(
    refused('FORBIDDEN', { need: 'admin' }),
  );
  for (const bad of [{ maxUses: 0 }, { maxUses: 10_001 }, { expiresInSeconds: 365 * DAY + 1 }])
    await expect(create.mutate({ conversationId, ...bad })).rejects.toMatchObject(refused('INVALID_INPUT'));
  const { invite } = await create.mutate({ conversationId });
  for (const wrong of [
    { conversationId: elsewhere, inviteId: invite.id },
    { conversationId, inviteId: v7() },
  ])
    await expect(revoke.mutate(wrong)).rejects.toMatchObject(refused('NOT_FOUND', { what: 'invite' }));
  for (let n = 1; n < LIMITS.invites; n++) await create.mutate({ conversationId, expiresInSeconds: 60 });
  await expect(create.mutate({ conversationId })).rejects.toMatchObject(
    refused('TOO_MANY', { what: 'invites', limit: LIMITS.invites }),
  );
  await create.mutate({ conversationId: elsewhere });
  clock.advance(60_001);
  expect((await list.query({ conversationId })).invites).toEqual([invite]);
  await create.mutate({ conversationId });
  await cleanUp(server.nodes[0].app);
  expect(await runSql(server.databaseUrl, 'SELECT id FROM invites')).toHaveLength(3);
});

test('a full group takes nobody, and the invite stays good', async () => {
  const [alice, bob] = await server.people.all('alice', 'bob');
  const conversationId = await alice.startGroup('tea');
  const { token } = await alice.api.invites.create.mutate({ conversationId, maxUses: 1 });
  const fill = (count: number) =>
    runSql(server.databaseUrl, `UPDATE conversations SET member_count = ${count}`);
  await fill(LIMITS.groupMembers);
  await expect(accept(bob, token)).rejects.toMatchObject(
    refused('GROUP_FULL', { limit: LIMITS.groupMembers }),
  );
  await fill(1);
  expect(await accept(bob, token)).toMatchObject({ memberCount: 2 });
});
