import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { clearAccount } from '../src/auth/clear-account.ts';
import { bringIn, newcomer, toConversation } from '../src/conversations/bring-in.ts';
import type { Tx } from '../src/database/database.ts';
import { eraseMessages } from '../src/messages/erase.ts';
import { keepLiving } from '../src/users/living.ts';
import { runSql } from './database.ts';
import { mailTo } from './inbox.ts';
import type { Person } from './people.ts';
import { serverForAll, type TestServer, testServer } from './server.ts';
import type { Subscription } from './subscription.ts';

const server = serverForAll({ nodes: 2 });

const deleteAccount = (person: Person, messages: 'keep' | 'erase' = 'keep') =>
  person.api.auth.deleteAccount.mutate({ password: person.credentials.password, messages });

const left = (stream: Subscription, person: Person) =>
  stream.until((event) => event.type === 'member.left' && event.userId === person.id);

const rolesOf = async (person: Person, conversationId: string) => {
  const { members } = await person.api.conversations.members.query({ conversationId });
  return Object.fromEntries(members.map(({ user, role }) => [user.id, role]));
};

/** Makes somebody an admin of a group. */
const promote = ({ databaseUrl }: TestServer, conversationId: string, { id }: Person) =>
  runSql(
    databaseUrl,
    `UPDATE members SET role = 'admin' WHERE conversation_id = '${conversationId}' AND user_id = '${id}'`,
  );

test('a deleted account leaves nothing of its person, and no way back in', async () => {
  await using server = await testServer();
  const [alice, bob] = await server.people.all('alice', 'bob');
  const { email, username } = await alice.api.users.me.query();
  await mailTo(server, email);
  const direct = await alice.talkTo(bob);
  const phone = await alice.anotherDevice();
  const stream = await phone.subscribe();
  const bobs = await bob.subscribe();
  await server.people.stranger().auth.forgotPassword.mutate({ email });
  await mailTo(server, email);

  expect(await deleteAccount(alice)).toBeNull();
  expect((await stream.until(({ type }) => type === 'session.ended')).data).toMatchObject({
    reason: 'account-deleted',
  });
  for (const device of [alice, phone]) {
    await expect(device.api.users.me.query()).rejects.toMatchObject({ data: { code: 'UNAUTHENTICATED' } });
    await expect(device.refresh()).rejects.toMatchObject({ data: { code: 'INVALID_REFRESH_TOKEN' } });
  }
  expect((await mailTo(server, email)).subject).toMatch(/deleted/);

  const placeholder = `deleted_${alice.id.slice(-12)}`;
  const gone = { id: alice.id, username: placeholder, fullName: null, isDeleted: true };
  const told = await bobs.until((event) => event.type === 'user.updated');
  expect(told.data).toMatchObject({ user: gone });
  const { conversation } = await bob.api.conversations.get.query({ conversationId: direct });
  expect(conversation.peer!.user).toMatchObject(gone);

  for (const login of [username, email, placeholder, `deleted-${alice.id}@invalid`, `deleted:${alice.id}`])
    for (const password of [alice.credentials.password, ''])
      await expect(server.people.stranger().auth.login.mutate({ login, password })).rejects.toMatchObject({
        data: { code: 'INVALID_CREDENTIALS' },
      });
  const tables = [
    'users',
    'sessions',
    'refresh_tokens',
    'codes',
    'members',
    'conversations',
    'events',
    'audit_records',
  ];
  for (const table of tables) {
    const [{ text = '' } = {}] = await runSql<{ text: string }>(
      server.databaseUrl,
      `SELECT string_agg(t::text, '') AS text FROM "${table}" t`,
    );
    expect(text, table).not.toContain(email);
    expect(text, table).not.toContain(username);
  }
  // Both names are free again.
  const again = { username, email, password: 'somebody else entirely' };
  expect(await server.people.stranger().auth.register.mutate(again)).toMatchObject({ status: 'signed-in' });
});

test('nobody’s account can be kept from being deleted by whoever takes its placeholder first', async () => {
  const [alice, mallory] = await server.people.all('alice', 'mallory');
  await server.people.stranger().auth.register.mutate({
    username: `deleted_${alice.id.slice(-12)}`,
    password: 'likes to be in the way',
    email: `deleted-${alice.id}@invalid`,
  });
  expect(await deleteAccount(alice)).toBeNull();
  await expect(mallory.api.conversations.openDirect.mutate({ userId: alice.id })).rejects.toMatchObject({
    data: { code: 'NOT_FOUND' },
  });
});

test('S45 groups pass to the longest-standing admin, else to the longest-standing member, and are told', async () => {
  const [alice, bob, carol, dave] = await server.people.all('alice', 'bob', 'carol', 'dave');
  const withAdmin = await alice.startGroup('with an admin', bob);
  await alice.api.groups.addMembers.mutate({ conversationId: withAdmin, userIds: [carol.id] });
  await alice.api.groups.addMembers.mutate({ conversationId: withAdmin, userIds: [dave.id] });
  await promote(server, withAdmin, dave);
  await promote(server, withAdmin, carol);
  const without = await alice.startGroup('without', carol);
  await alice.api.groups.addMembers.mutate({ conversationId: without, userIds: [bob.id] });
  const alone = await alice.startGroup('alone');
  const bobs = await bob.startGroup('of bob', alice);
  const stream = await carol.subscribe();
  const [bobStream] = [await bob.subscribe()];

  await deleteAccount(alice);
  const changes = () => stream.events.filter(({ type }) => type === 'member.roleChanged');
  await stream.when(() => stream.events.filter(({ type }) => type === 'member.left').length === 2);
  expect(changes()).toHaveLength(2);
  expect(changes()).toEqual(
    expect.arrayContaining(
      [withAdmin, without].map((conversationId) => ({
        type: 'member.roleChanged',
        conversationId,
        userId: carol.id,
        role: 'owner',
      })),
    ),
  );
  expect(await rolesOf(bob, withAdmin)).toEqual({
    [carol.id]: 'owner',
    [dave.id]: 'admin',
    [bob.id]: 'member',
  });
  expect(await rolesOf(bob, without)).toEqual({ [carol.id]: 'owner', [bob.id]: 'member' });
  await bobStream.until((event) => event.type === 'member.left' && event.conversationId === bobs);
  expect(await rolesOf(bob, bobs)).toEqual({ [bob.id]: 'owner' });
  const { app } = server.nodes[0];
  await expect
    .poll(
      async () =>
        (await app.database.prisma.conversation.findUniqueOrThrow({ where: { id: alone } })).archivedAt,
    )
    .not.toBeNull();
});

test('S45 a group is never without an owner, also when owner and admin go at once', async () => {
  const { database } = server.nodes[0].app;
  for (let race = 0; race < 6; race++) {
    const [owner, admin, member] = await server.people.all('owner', 'admin', 'member');
    const conversationId = await owner.startGroup('tea', admin, member);
    await promote(server, conversationId, admin);
    const stream = await member.subscribe();
    const adminGoes = race % 2 ? deleteAccount(admin) : admin.on(1).groups.leave.mutate({ conversationId });
    const outcomes = await Promise.allSettled([deleteAccount(owner), adminGoes]);
    expect(outcomes[0].status).toBe('fulfilled');
    await left(stream, owner);
    // The admin stays only if the group was theirs by then.
    if (outcomes[1].status === 'fulfilled') await left(stream, admin);
    const members = await database.prisma.member.findMany({ where: { conversationId } });
    expect(members.filter(({ role }) => role === 'owner')).toHaveLength(1);
    stream.close();
  }
});

test('whoever is being brought into a group is not deleted before they are in it, and leaves it then', async () => {
  await using server = await testServer();
  const [alice, bob] = await server.people.all('alice', 'bob');
  const conversationId = await alice.startGroup('tea');
  const stream = await alice.subscribe();
  const { database } = server.nodes[0].app;
  const isWaiting = async (tx: Tx) => {
    // Whose transaction does nothing for five seconds is cut off.
    await tx.$queryRaw`SELECT 1`;
    const { rowCount } = await database.pool.query(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return rowCount !== 0;
  };
  let deleting: Promise<unknown> = Promise.resolve();
  await database.transaction(async (tx) => {
    const conversation = await tx.conversation.update({
      where: { id: conversationId },
      data: { memberCount: 2 },
    });
    expect(await keepLiving(tx, [bob.id])).toEqual(new Set([bob.id]));
    deleting = deleteAccount(bob);
    await expect.poll(() => isWaiting(tx)).toBe(true);
    await bringIn(tx, 'member.added', {
      actorId: alice.id,
      conversation: toConversation(conversation),
      members: [newcomer(bob.id, 'member', conversation, new Date())],
    });
  });
  await deleting;
  await left(stream, bob);
  expect(await rolesOf(alice, conversationId)).toEqual({ [alice.id]: 'owner' });
  const { added, skipped } = await alice.api.groups.addMembers.mutate({ conversationId, userIds: [bob.id] });
  expect({ added, skipped }).toEqual({ added: [], skipped: [{ userId: bob.id, reason: 'unknown_user' }] });
  for (const meet of [() => alice.startGroup('again', bob), () => alice.talkTo(bob)])
    await expect(meet()).rejects.toMatchObject({ data: { code: 'NOT_FOUND' } });
});

test('messages are kept, with their sender gone, where that was asked for', async () => {
  const [alice, bob] = await server.people.all('alice', 'bob');
  const group = await alice.startGroup('tea', bob);
  await alice.say(group, 'so long');
  const stream = await bob.subscribe();
  await deleteAccount(alice, 'keep');
  await left(stream, alice);
  const { messages } = await bob.api.messages.list.query({ conversationId: group });
  expect(messages).toMatchObject([{ senderId: alice.id, text: 'so long' }]);
  expect(messages[0]).not.toHaveProperty('deletedAt');
});

test('messages are erased everywhere, also in a group that was left before, with one event a conversation', async () => {
  await using server = await testServer();
  const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
  const group = await bob.startGroup('tea', alice, carol);
  const former = await bob.startGroup('former', alice);
  const silent = await bob.startGroup('silent', alice);
  const direct = await alice.talkTo(bob);
  for (const id of [group, former, direct]) {
    await alice.say(id, `secret one of ${id}`);
    await bob.say(id, 'heard');
    await alice.say(id, `secret two of ${id}`);
  }
  await bob.say(silent, 'nobody answers');
  await alice.api.groups.leave.mutate({ conversationId: former });
  // Long enough ago for the log to have forgotten it.
  await runSql(server.databaseUrl, 'DELETE FROM topic_intervals WHERE closed_at IS NOT NULL');
  const stream = await bob.subscribe();

  await deleteAccount(alice, 'erase');
  const erased = () => stream.events.filter((event) => event.type === 'messages.erased');
  await stream.when(() => erased().length === 3);
  for (const id of [group, former, direct]) {
    const { messages } = await bob.api.messages.list.query({ conversationId: id });
    expect(messages.map(({ text }) => text)).toEqual(['', 'heard', '']);
    const { at } = erased().find(({ conversationId }) => conversationId === id)!;
    expect(messages.map(({ deletedAt }) => deletedAt)).toEqual([at, undefined, at]);
  }
  const [{ text = '' } = {}] = await runSql<{ text: string }>(
    server.databaseUrl,
    `SELECT string_agg(m::text, '') AS text FROM messages m`,
  );
  expect(text).not.toContain('secret');
  // A second run finds nothing to do, and says nothing.
  await clearAccount(server.nodes[0].app, { userId: alice.id, erase: true });
  await bob.say(silent, 'still here');
  await stream.until((event) => event.type === 'message.created' && event.message.text === 'still here');
  expect(erased()).toHaveLength(3);
});

test('an erasure that was broken off anywhere is finished by the next try, and told once', async () => {
  const [alice, bob] = await server.people.all('alice', 'bob');
  const conversationId = await alice.talkTo(bob);
  for (let n = 0; n < 6; n++) await (n % 2 ? alice : bob).say(conversationId, `${n}`);
  const { app } = server.nodes[0];
  const stream = await bob.subscribe();
  await deleteAccount(alice);
  await stream.until(({ type }) => type === 'user.updated');
  const { deletedAt } = await app.database.prisma.user.findUniqueOrThrow({ where: { id: alice.id } });
  const theirs = { conversationId, senderId: alice.id };
  // A node that dies sooner or later, at last when all that is left to do is to tell of it.
  for (const lives of [0, 1, 2]) {
    let left = lives;
    const transaction: typeof app.database.transaction = (run) =>
      left-- > 0 ? app.database.transaction(run) : Promise.reject(new Error('it died'));
    const dying = { ...app, database: { ...app.database, transaction } };
    await expect(eraseMessages(dying, theirs)).rejects.toThrow('it died');
  }
  for (let time = 0; time < 2; time++) await eraseMessages(app, theirs);
  await bob.say(conversationId, 'end');
  await stream.until((event) => event.type === 'message.created' && event.message.text === 'end');
  expect(stream.events.filter(({ type }) => type === 'messages.erased')).toEqual([
    {
      type: 'messages.erased',
      conversationId,
      senderId: alice.id,
      at: deletedAt!.toISOString(),
      mentions: [],
    },
  ]);
  const { messages } = await bob.api.messages.list.query({ conversationId });
  expect(messages.map(({ text }) => text)).toEqual(['0', '', '2', '', '4', '', 'end']);
});

test('who sends an erased message’s key again gets no text back', async () => {
  const [alice, bob] = await server.people.all('alice', 'bob');
  const conversationId = await alice.talkTo(bob);
  await alice.say(conversationId, 'once');
  const { app } = server.nodes[0];
  const stored = () => app.database.prisma.message.findFirstOrThrow({ where: { conversationId } });
  const before = await stored();
  const stream = await bob.subscribe();
  await deleteAccount(alice, 'erase');
  await stream.until(({ type }) => type === 'messages.erased');
  const { fingerprint, text } = await stored();
  expect({ fingerprint, text }).toEqual({ fingerprint: before.fingerprint, text: '' });
});

test('what a socket sends in the moment of the deletion is erased by a second look', async () => {
  await using server = await testServer();
  const [alice, bob] = await server.people.all('alice', 'bob');
  const conversationId = await alice.talkTo(bob);
  const stream = await bob.subscribe();
  await deleteAccount(alice, 'erase');
  await stream.until(({ type }) => type === 'user.updated');
  const { app } = server.nodes[0];
  const late = { conversationId, senderId: alice.id, text: 'too late', clientMessageId: randomUUID() };
  await app.sends.push({ ...late, extras: null });
  const made = await runSql(
    server.databaseUrl,
    `UPDATE pgboss.job SET start_after = now() WHERE name = 'accounts.clear' AND start_after > now() RETURNING id`,
  );
  expect(made).toHaveLength(1);
  await stream.until(({ type }) => type === 'messages.erased');
  expect((await bob.api.messages.list.query({ conversationId })).messages).toMatchObject([{ text: '' }]);
});

test('only the messages of a deleted account can be erased', async () => {
  const [alice, bob] = await server.people.all('alice', 'bob');
  const conversationId = await alice.talkTo(bob);
  await alice.say(conversationId, 'here to stay');
  const erasing = eraseMessages(server.nodes[0].app, { conversationId, senderId: alice.id });
  await expect(erasing).rejects.toThrow();
  expect((await bob.api.messages.list.query({ conversationId })).messages).toMatchObject([
    { text: 'here to stay' },
  ]);
});
