import type { Settings } from '@parley/contract';
import { describe, expect, test } from 'vitest';
import { type Relation, relationsOf } from '../src/people/relations.ts';
import { runSql } from './database.ts';
import type { People, Person } from './people.ts';
import { serverForAll } from './server.ts';

const refused = (code: string, data: object = {}) => ({ data: { code, ...data } });

const addContact = (owner: Person, { id: userId }: Person) => owner.api.contacts.create.mutate({ userId });
const block = (blocker: Person, { id: userId }: Person) => blocker.api.blocks.add.mutate({ userId });
const unblock = (blocker: Person, { id: userId }: Person) => blocker.api.blocks.remove.mutate({ userId });
async function befriend(one: Person, other: Person) {
  await one.api.friendRequests.send.mutate({ userId: other.id });
  await other.api.friendRequests.accept.mutate({ userId: one.id });
}

const NOTHING: Relation = {
  sharesConversation: false,
  isFriend: false,
  hasAsContact: false,
  isContactOf: false,
  blocks: false,
  isBlockedBy: false,
};

const server = serverForAll({ nodes: 2 });

describe('how others stand to somebody', () => {
  test('each way, from both sides', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const { pool } = server.nodes[0].app.database;
    const between = async (one: Person, other: Person) =>
      (await relationsOf(pool, one.id, [other.id])).get(other.id);
    expect(await between(alice, bob)).toEqual(NOTHING);
    await addContact(alice, bob);
    expect(await between(alice, bob)).toEqual({ ...NOTHING, hasAsContact: true });
    expect(await between(bob, alice)).toEqual({ ...NOTHING, isContactOf: true });
    await block(alice, bob);
    expect(await between(alice, bob)).toEqual({ ...NOTHING, hasAsContact: true, blocks: true });
    expect(await between(bob, alice)).toEqual({ ...NOTHING, isContactOf: true, isBlockedBy: true });
    await unblock(alice, bob);
    await befriend(alice, bob);
    expect(await between(bob, alice)).toEqual({ ...NOTHING, isContactOf: true, isFriend: true });
  });

  test('by the conversations of now', async () => {
    const [alice, bob, carol, dave] = await server.people.all('alice', 'bob', 'carol', 'dave');
    const { pool } = server.nodes[0].app.database;
    await alice.talkTo(bob);
    const group = await carol.startGroup('tea', alice, dave);
    const relations = async () =>
      Object.fromEntries(await relationsOf(pool, alice.id, [bob.id, carol.id, dave.id]));
    const yes = { ...NOTHING, sharesConversation: true };
    expect(await relations()).toEqual({ [bob.id]: yes, [carol.id]: yes, [dave.id]: yes });
    await dave.api.groups.leave.mutate({ conversationId: group });
    expect(await relations()).toEqual({ [bob.id]: yes, [carol.id]: yes, [dave.id]: NOTHING });
  });

  test('a conversation that somebody blocked has begun is one to them only', async () => {
    const [alice, mallory] = await server.people.all('alice', 'mallory');
    const { pool } = server.nodes[0].app.database;
    const shares = async (one: Person, other: Person) =>
      (await relationsOf(pool, one.id, [other.id])).get(other.id)!.sharesConversation;
    await block(alice, mallory);
    await mallory.talkTo(alice);
    expect([await shares(alice, mallory), await shares(mallory, alice)]).toEqual([false, true]);
  });
});

/** Somebody, and others who stand to her in every way; the outcast is a contact of hers whom she has blocked. */
async function company(people: People) {
  const [alice, friend, contact, admirer, stranger, outcast] = await people.all(
    ...(['alice', 'friend', 'contact', 'admirer', 'stranger', 'outcast'] as const),
  );
  await befriend(alice, friend);
  await addContact(alice, contact);
  await addContact(admirer, alice);
  await addContact(alice, outcast);
  await block(alice, outcast);
  return { alice, others: { friend, contact, admirer, stranger, outcast } };
}

/** Who of them may, by what she has set: a friend counts as a contact, and who merely has her as one does not. */
const MAY: [Settings['dmPolicy'], string[]][] = [
  ['everyone', ['friend', 'contact', 'admirer', 'stranger']],
  ['contacts', ['friend', 'contact']],
  ['friends', ['friend']],
];

describe('what people let others do', () => {
  test.each(MAY)('dmPolicy %s: who begins a conversation', async (dmPolicy, may) => {
    const { alice, others } = await company(server.people);
    await alice.api.settings.update.mutate({ dmPolicy });
    // Whom she has blocked is answered as what else they are.
    const mayOutcast = dmPolicy === 'friends' ? [] : ['outcast'];
    for (const [name, other] of Object.entries(others))
      if ([...may, ...mayOutcast].includes(name)) await other.talkTo(alice);
      else
        await expect(other.talkTo(alice)).rejects.toMatchObject(
          refused('REFUSED_BY_SETTINGS', { userId: alice.id, httpStatus: 403 }),
        );
    expect((await alice.api.conversations.list.query({})).conversations).toHaveLength(may.length);
  });

  test.each(MAY)('groupAddsBy %s: who puts her into a group', async (groupAddsBy, may) => {
    const { alice, others } = await company(server.people);
    await alice.api.settings.update.mutate({ groupAddsBy });
    const [userIds, refusal] = [[alice.id], refused('REFUSED_BY_SETTINGS', { userId: alice.id })];
    for (const [name, other] of Object.entries(others)) {
      const conversationId = await other.startGroup('tea');
      const result = await other.api.groups.addMembers.mutate({ conversationId, userIds });
      if (may.includes(name)) {
        expect(result).toEqual({ added: [alice.id], skipped: [] });
        await other.startGroup('more tea', alice);
      } else {
        const skipped = [{ userId: alice.id, reason: 'refused_by_settings' }];
        expect(result).toEqual({ added: [], skipped });
        await expect(other.startGroup('more tea', alice)).rejects.toMatchObject(refusal);
      }
    }
    expect((await alice.api.conversations.list.query({})).conversations).toHaveLength(2 * may.length);
  });
});

describe('S46: putting people into groups', () => {
  test('whoever has blocked the caller is refused as by their settings, a friend and contact too', async () => {
    const [alice, bob, mallory] = await server.people.all('alice', 'bob', 'mallory');
    await befriend(alice, mallory);
    await addContact(alice, mallory);
    await block(alice, mallory);
    const refusedBySettings = {
      added: [bob.id],
      skipped: [{ userId: alice.id, reason: 'refused_by_settings' }],
    };
    const userIds = [alice.id, bob.id];
    const conversationId = await mallory.startGroup('trap');
    const { addMembers } = mallory.api.groups;
    expect(await addMembers.mutate({ conversationId, userIds })).toEqual(refusedBySettings);
    const refusal = await mallory.startGroup('trap', alice).catch((error: unknown) => error);
    expect(refusal).toMatchObject(refused('REFUSED_BY_SETTINGS', { userId: alice.id }));
    // As of somebody who has not blocked her, word for word.
    await bob.api.settings.update.mutate({ groupAddsBy: 'friends' });
    const other = await mallory.startGroup('trap', bob).catch((error: unknown) => error);
    const said = (error: unknown) => JSON.stringify((error as { shape: unknown }).shape);
    expect(said(refusal)).toBe(said(other).replace(bob.id, alice.id));
    expect((await alice.api.conversations.list.query({})).conversations).toEqual([]);

    // It is her block: she puts in whom she likes, and ends it.
    await alice.startGroup('tea', mallory);
    await unblock(alice, mallory);
    expect((await addMembers.mutate({ conversationId, userIds: [alice.id] })).added).toEqual([alice.id]);
  });

  test('a block ends no membership, and somebody else may put both into one group', async () => {
    const [alice, bob, mallory] = await server.people.all('alice', 'bob', 'mallory');
    const group = await mallory.startGroup('old', alice);
    await block(alice, mallory);
    await alice.say(group, 'still here');
    await bob.startGroup('new', alice, mallory);
    expect((await alice.api.conversations.list.query({})).conversations).toHaveLength(2);
  });

  test('the same person added many times at once is in it once', async () => {
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    const conversationId = await alice.startGroup('tea');
    const hers = await alice.subscribe();
    const results = await Promise.all(
      [0, 1, 0, 1, 0, 1].map((node) =>
        alice.on(node).groups.addMembers.mutate({
          conversationId,
          userIds: node === 0 ? [bob.id, carol.id] : [carol.id, bob.id],
        }),
      ),
    );
    expect(results.flatMap(({ added }) => added).sort()).toEqual([bob.id, carol.id].sort());
    expect(results.flatMap(({ skipped }) => skipped.map(({ reason }) => reason))).toEqual(
      Array.from({ length: 10 }, () => 'already_member'),
    );
    const rows = await runSql(
      server.databaseUrl,
      `SELECT FROM members WHERE conversation_id = '${conversationId}'`,
    );
    expect(rows).toHaveLength(3);
    await bob.say(conversationId, 'hello');
    await hers.until(({ type }) => type === 'message.created');
    expect(hers.events.filter(({ type }) => type === 'member.added')).toHaveLength(1);
    const { conversation } = await alice.api.conversations.get.query({ conversationId });
    expect(conversation.memberCount).toBe(3);
  });
});
