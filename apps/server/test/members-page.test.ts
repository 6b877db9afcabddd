import { LIMITS, type Member } from '@parley/contract';
import { v7 } from 'uuid';
import { expect, test } from 'vitest';
import { addPeople } from './crowd.ts';
import { runSql } from './database.ts';
import type { Person } from './people.ts';
import { testServer } from './server.ts';

const page = (person: Person, conversationId: string, limit?: number, after?: string) =>
  person.api.conversations.members.query({ conversationId, limit, after });

/** All pages, with what is done before each but the first. */
async function pagesOf(
  person: Person,
  conversationId: string,
  limit: number,
  between: (n: number) => Promise<unknown> = async () => {},
): Promise<Member[][]> {
  const pages = [];
  for (let after: string | undefined; ; ) {
    const { members, next } = await page(person, conversationId, limit, after);
    pages.push(members);
    if (next === null) return pages;
    after = next;
    await between(pages.length);
  }
}

const idsOf = (pages: Member[][]) => pages.flat().map(({ user }) => user.id);

test('the members come by pages, the owner first, each of them once, in the order in which they came', async () => {
  await using server = await testServer();
  const [alice, bob] = await server.people.all('alice', 'bob');
  const conversationId = await alice.startGroup('tea', bob);
  const crowd = await addPeople(server.databaseUrl, 5);
  for (const userId of crowd) await alice.api.groups.addMembers.mutate({ conversationId, userIds: [userId] });
  await alice.api.groups.transferOwnership.mutate({ conversationId, userId: crowd[3]! });
  const early = [alice.id, bob.id].toSorted();
  const expected = [crowd[3]!, ...early, ...crowd.toSpliced(3, 1)];
  for (const limit of [1, 2, 3, 6, 7, 8, 500])
    expect(idsOf(await pagesOf(bob, conversationId, limit))).toEqual(expected);
  expect((await page(bob, conversationId)).next).toBeNull();
  const direct = await alice.talkTo(bob);
  expect(idsOf(await pagesOf(bob, direct, 1)).toSorted()).toEqual(early);
  for (const bad of [
    { limit: 0 },
    { limit: LIMITS.membersPage + 1 },
    ...['', 'x', '-'.repeat(36), `${v7()}.1`, `${v7()}.x.${v7()}`].map((after) => ({ after })),
  ])
    await expect(bob.api.conversations.members.query({ conversationId, ...bad })).rejects.toMatchObject({
      data: { code: 'INVALID_INPUT' },
    });
  for (const after of [v7(), `${v7()}.${'9'.repeat(13)}.${v7()}`])
    expect((await page(bob, conversationId, 500, after)).next).toBeNull();
});

test('whoever stays is on one of the pages, whatever happens to roles and others in between', async () => {
  await using server = await testServer();
  const [alice, bob] = await server.people.all('alice', 'bob');
  const conversationId = await alice.startGroup('tea', bob);
  const crowd = await addPeople(server.databaseUrl, 8);
  for (const userId of crowd) await alice.api.groups.addMembers.mutate({ conversationId, userIds: [userId] });
  const { groups } = alice.api;
  const steps = [
    () => groups.setRole.mutate({ conversationId, userId: crowd[5]!, role: 'admin' }),
    () => groups.removeMember.mutate({ conversationId, userId: crowd[0]! }),
    () => groups.transferOwnership.mutate({ conversationId, userId: crowd[6]! }),
    () => groups.leave.mutate({ conversationId }),
  ];
  const pages = await pagesOf(bob, conversationId, 2, async (n) => steps[n - 1]?.());
  const ids = idsOf(pages);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of [bob.id, ...crowd.slice(1)]) expect(ids).toContain(id);
});

test('5,000 members: added by 200, told of a new title by one event, listed by pages', {
  timeout: 120_000,
}, async () => {
  await using server = await testServer();
  const [alice, bob] = await server.people.all('alice', 'bob');
  const conversationId = await alice.startGroup('tea', bob);
  const crowd = await addPeople(server.databaseUrl, LIMITS.groupMembers - 1);
  const add = (userIds: string[]) => alice.api.groups.addMembers.mutate({ conversationId, userIds });
  for (let at = 0; at < LIMITS.groupMembers - 2; at += LIMITS.membersPerCall)
    await add(crowd.slice(at, Math.min(at + LIMITS.membersPerCall, LIMITS.groupMembers - 2)));
  await expect(add(crowd.slice(-1))).rejects.toMatchObject({
    data: { code: 'GROUP_FULL', limit: LIMITS.groupMembers },
  });
  const stream = await bob.subscribe();
  await alice.api.groups.update.mutate({ conversationId, title: 'coffee' });
  await alice.say(conversationId, 'hello');
  await stream.when(() => stream.events.length === 2);
  expect(stream.events[0]).toMatchObject({
    type: 'conversation.updated',
    conversation: { title: 'coffee', memberCount: LIMITS.groupMembers },
  });
  const [events] = await runSql(
    server.databaseUrl,
    `SELECT count(*)::int AS count FROM events WHERE type = 'conversation.updated'`,
  );
  expect(events).toEqual({ count: 1 });
  const pages = await pagesOf(bob, conversationId, LIMITS.membersPage);
  expect(pages.map(({ length }) => length)).toEqual(Array.from({ length: 10 }, () => LIMITS.membersPage));
  expect(new Set(idsOf(pages)).size).toBe(LIMITS.groupMembers);
  expect(pages[0]![0]).toMatchObject({ user: { id: alice.id }, role: 'owner' });
  await alice.api.groups.delete.mutate({ conversationId });
  await stream.until(({ type }) => type === 'conversation.deleted');
});
