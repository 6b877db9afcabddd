import { LIMITS } from '@parley/contract';
import { v7 } from 'uuid';
import { describe, expect, test } from 'vitest';
import { addPeople } from './crowd.ts';
import { runSql } from './database.ts';
import type { Person } from './people.ts';
import { serverForAll, testServer } from './server.ts';

const refused = (code: string, data: object = {}) => ({ data: { code, ...data } });
const NO_CONTACT = refused('NOT_FOUND', { what: 'contact', httpStatus: 404 });

const add = (owner: Person, { id: userId }: { id: string }, alias?: string) =>
  owner.api.contacts.create.mutate({ userId, alias });
const listOf = async (owner: Person, mutualOnly?: boolean) =>
  (await owner.api.contacts.list.query({ mutualOnly })).contacts;

/** Resolves when what was told to a person before this has come. */
async function fence(person: Person, stream: Awaited<ReturnType<Person['subscribe']>>) {
  await person.api.settings.update.mutate({ readReceipts: false });
  await stream.until(({ type }) => type === 'settings.updated');
  return stream.events.filter(({ type }) => type !== 'settings.updated');
}

const server = serverForAll({ nodes: 2 });

describe('an address book', () => {
  test.each(['ws', 'sse'] as const)(
    'is told to its owner’s devices, and to nobody else, on two nodes, over %s',
    async (transport) => {
      const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
      await alice.startGroup('tea', bob, carol);
      const phone = await alice.subscribe({ transport, node: 1 });
      const others = await Promise.all(
        [bob, carol].map(async (person) => ({ person, stream: await person.subscribe({ transport }) })),
      );

      const news = () => phone.events.filter(({ type }) => type.startsWith('contact.'));
      // An event tells of a contact as it is when it is read: each is to be there before the next.
      const told = async (count: number) => {
        await phone.when(() => news().length === count);
        return news().at(-1);
      };

      const { create, list, get, update, remove } = alice.api.contacts;
      const contact = await create.mutate({ userId: bob.id, alias: 'Bobby' });
      const { bio: _, ...user } = await bob.api.users.get.query({ userId: bob.id });
      expect(contact).toEqual({ user, alias: 'Bobby', createdAt: expect.any(String) });
      expect(await told(1)).toEqual({ type: 'contact.added', contact });
      expect(await list.query({})).toEqual({ contacts: [contact] });
      expect(await get.query({ userId: bob.id })).toEqual(contact);
      for (const [n, alias] of ['Robert', null].entries()) {
        const renamed = { ...contact, alias };
        expect(await update.mutate({ userId: bob.id, alias })).toEqual(renamed);
        expect(await told(2 + n)).toEqual({ type: 'contact.updated', contact: renamed });
        expect(await get.query({ userId: bob.id })).toEqual(renamed);
      }
      expect(await remove.mutate({ userId: bob.id })).toEqual({ userId: bob.id });
      expect(await told(4)).toEqual({ type: 'contact.removed', userId: bob.id });
      expect(await list.query({})).toEqual({ contacts: [] });
      for (const { person, stream } of others) expect(await fence(person, stream)).toEqual([]);
    },
  );

  test('is nobody else’s to see or to change', async () => {
    const [alice, bob, mallory] = await server.people.all('alice', 'bob', 'mallory');
    const contact = await add(alice, bob, 'Bobby');
    for (const { api } of [bob, mallory])
      for (const userId of [alice.id, bob.id, mallory.id]) {
        expect(await api.contacts.list.query({})).toEqual({ contacts: [] });
        await expect(api.contacts.get.query({ userId })).rejects.toMatchObject(NO_CONTACT);
        await expect(api.contacts.update.mutate({ userId, alias: 'x' })).rejects.toMatchObject(NO_CONTACT);
        await expect(api.contacts.remove.mutate({ userId })).rejects.toMatchObject(NO_CONTACT);
      }
    expect(await listOf(alice)).toEqual([contact]);
  });

  test('has the newest first, and tells which are mutual', async () => {
    const [alice, bob, carol, dave] = await server.people.all('alice', 'bob', 'carol', 'dave');
    for (const [owner, other] of [
      ...[[alice, bob] as const, [alice, carol] as const, [alice, dave] as const],
      ...[[bob, alice] as const, [dave, alice] as const, [bob, carol] as const],
    ])
      await add(owner, other);
    const idsOf = async (person: Person, mutualOnly?: boolean) =>
      (await listOf(person, mutualOnly)).map(({ user }) => user.id);
    expect(await idsOf(alice)).toEqual([dave.id, carol.id, bob.id]);
    expect(await idsOf(alice, true)).toEqual([dave.id, bob.id]);
    expect(await idsOf(bob, true)).toEqual([alice.id]);
    expect(await idsOf(carol, true)).toEqual([]);
    await bob.api.contacts.remove.mutate({ userId: alice.id });
    expect(await idsOf(alice, true)).toEqual([dave.id]);
  });

  test('shows people as they are, and those who are gone not at all', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    await add(alice, bob, 'Bobby');
    const hers = await alice.subscribe();
    await bob.api.users.updateProfile.mutate({ fullName: 'Robert Tables' });
    await hers.until((event) => event.type === 'user.updated' && event.user.fullName === 'Robert Tables');
    expect(await listOf(alice)).toMatchObject([{ user: { fullName: 'Robert Tables' }, alias: 'Bobby' }]);

    // What has been left behind is cleared a little later.
    await runSql(server.databaseUrl, `UPDATE users SET deleted_at = now() WHERE id = '${bob.id}'`);
    expect(await listOf(alice)).toEqual([]);
    const { get, update } = alice.api.contacts;
    await expect(get.query({ userId: bob.id })).rejects.toMatchObject(NO_CONTACT);
    await expect(update.mutate({ userId: bob.id, alias: 'x' })).rejects.toMatchObject(NO_CONTACT);
    await expect(add(alice, bob)).rejects.toMatchObject(refused('NOT_FOUND', { what: 'user' }));
  });

  test('hears of it when somebody in it deletes their account, without a conversation with them', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    await add(alice, bob);
    const hers = await alice.subscribe();
    const { password } = bob.credentials;
    await bob.api.auth.deleteAccount.mutate({ password, messages: 'keep' });
    await hers.until((event) => event.type === 'user.updated' && event.user.isDeleted);
    expect(await listOf(alice)).toEqual([]);
  });

  test('what somebody is called is not in the log; and late, of what is over nothing is told', async () => {
    await using server = await testServer();
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    const { cursor } = await alice.api.sync.bootstrap.query();
    await add(alice, bob, 'the secret one');
    await add(alice, carol, 'another');
    await alice.api.contacts.update.mutate({ userId: carol.id, alias: 'the last word' });
    await alice.api.contacts.remove.mutate({ userId: bob.id });
    // A node that has not read them yet.
    await server.addNode();
    const late = await alice.subscribe({ cursor, node: 1 });
    const contact = await alice.api.contacts.get.query({ userId: carol.id });
    expect(late.events).toEqual([
      { type: 'contact.added', contact },
      { type: 'contact.updated', contact },
      { type: 'contact.removed', userId: bob.id },
    ]);
    const log = await runSql(server.databaseUrl, `SELECT refs FROM events WHERE type LIKE 'contact%'`);
    expect(JSON.stringify(log)).not.toMatch(/secret|another|word/);
  });

  test('what is so already is no change', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const contact = await add(alice, bob, 'Bobby');
    const hers = await alice.subscribe();
    expect(await alice.api.contacts.update.mutate({ userId: bob.id, alias: ' Bobby ' })).toEqual(contact);
    expect(await fence(alice, hers)).toEqual([]);
  });
});

describe('what is refused', () => {
  test('oneself, nobody, and whoever is in it already', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    await expect(add(alice, alice)).rejects.toMatchObject(refused('NOT_YOURSELF'));
    await expect(add(alice, { id: v7() })).rejects.toMatchObject(refused('NOT_FOUND', { what: 'user' }));
    const { email } = await bob.api.users.me.query();
    await expect(add(alice, { id: email })).rejects.toMatchObject(refused('INVALID_INPUT'));
    const contact = await add(alice, bob);
    expect(contact.alias).toBe(null);
    await expect(add(alice, bob, 'Bobby')).rejects.toMatchObject(
      refused('ALREADY_A_CONTACT', { httpStatus: 409 }),
    );
    expect(await listOf(alice)).toEqual([contact]);
    for (const userId of [v7(), alice.id]) {
      await expect(alice.api.contacts.get.query({ userId })).rejects.toMatchObject(NO_CONTACT);
      await expect(alice.api.contacts.remove.mutate({ userId })).rejects.toMatchObject(NO_CONTACT);
    }
    await alice.api.contacts.remove.mutate({ userId: bob.id });
    await expect(alice.api.contacts.remove.mutate({ userId: bob.id })).rejects.toMatchObject(NO_CONTACT);
    await add(alice, bob);
  });

  test('an alias that says nothing, or too much', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const { update } = alice.api.contacts;
    for (const alias of ['', ' \n ', '\u200b', 'a\0b', '\ud800', '🦜'.repeat(LIMITS.alias + 1)]) {
      await expect(add(alice, bob, alias)).rejects.toMatchObject(refused('INVALID_INPUT'));
      await expect(update.mutate({ userId: bob.id, alias })).rejects.toMatchObject(refused('INVALID_INPUT'));
    }
    const longest = '🦜'.repeat(LIMITS.alias);
    expect((await add(alice, bob, `  ${longest}\n`)).alias).toBe(longest);
    expect((await update.mutate({ userId: bob.id, alias: 'Cafe\u0301' })).alias).toBe('Caf\u00e9');
  });

  test('one more than anybody may have, even of two at once', async () => {
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    const many = await addPeople(server.databaseUrl, LIMITS.contacts - 1);
    await runSql(
      server.databaseUrl,
      `INSERT INTO contacts (owner_id, user_id, created_at)
       SELECT '${alice.id}', id, now() FROM unnest('{${many}}'::uuid[]) AS id`,
    );
    const results = await Promise.allSettled([add(alice, bob), add(alice, carol)]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const { reason } = results.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
    expect(reason).toMatchObject(refused('TOO_MANY', { what: 'contacts', limit: LIMITS.contacts }));
    expect(await listOf(alice)).toHaveLength(LIMITS.contacts);
    // It is her own list that is full.
    await add(bob, alice);
  });

  test('the same one twice at once', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const cursor = (await alice.api.sync.bootstrap.query()).cursor;
    const results = await Promise.allSettled(
      [0, 1, 0, 1].map((node) => alice.on(node).contacts.create.mutate({ userId: bob.id })),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toMatchObject(refused('ALREADY_A_CONTACT'));
    expect(await listOf(alice)).toHaveLength(1);
    const late = await alice.subscribe({ cursor });
    expect(late.events.map(({ type }) => type)).toEqual(['contact.added']);
  });
});
