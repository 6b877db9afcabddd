import { v7 } from 'uuid';
import { expect, test } from 'vitest';
import { appRouter } from '../src/router.ts';
import { appoint } from './appoint.ts';
import { mailTo } from './inbox.ts';
import type { People, Person } from './people.ts';
import { type TestServer, testServer } from './server.ts';
import { verifyAction } from './verify.ts';

/**
 * Each mutation that makes events, by its name: who looks on, and what is done. A mutation without an entry
 * fails the last test.
 */
const actions: Record<string, (people: People, server: TestServer) => Promise<unknown>> = {
  async 'conversations.openDirect'(people) {
    const [alice, bob] = await people.all('alice', 'bob');
    await verifyAction([alice, bob], () => alice.talkTo(bob));
  },
  async 'blocks.add'(people) {
    const [alice, bob] = await people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    await bob.say(conversationId, 'before');
    await verifyAction([alice, bob], async () => {
      await alice.api.blocks.add.mutate({ userId: bob.id });
      await bob.say(conversationId, 'withheld');
      await alice.api.messages.markRead.mutate({ conversationId, seq: 1 });
    });
  },
  async 'blocks.remove'(people) {
    const [alice, bob, carol] = await people.all('alice', 'bob', 'carol');
    const conversationId = await alice.talkTo(bob);
    for (const { id } of [bob, carol]) await alice.api.blocks.add.mutate({ userId: id });
    const begun = await carol.talkTo(alice);
    for (const text of ['withheld', 'withheld too']) await bob.say(conversationId, text);
    await carol.say(begun, 'withheld');
    await verifyAction([alice, bob, carol], async () => {
      for (const { id } of [bob, carol]) await alice.api.blocks.remove.mutate({ userId: id });
      await bob.say(conversationId, 'heard');
      await carol.say(begun, 'heard');
      await alice.api.messages.markRead.mutate({ conversationId, seq: 2 });
    });
  },
  async 'friendRequests.send'(people) {
    const [alice, bob, carol, dave] = await people.all('alice', 'bob', 'carol', 'dave');
    await dave.api.blocks.add.mutate({ userId: alice.id });
    await carol.api.friendRequests.send.mutate({ userId: alice.id });
    await verifyAction([alice, bob, carol, dave], async () => {
      for (const { id } of [bob, carol, dave, bob])
        await alice.api.friendRequests.send.mutate({ userId: id });
    });
  },
  async 'friendRequests.accept'(people) {
    const [alice, bob] = await people.all('alice', 'bob');
    await alice.api.friendRequests.send.mutate({ userId: bob.id });
    await verifyAction([alice, bob], () => bob.api.friendRequests.accept.mutate({ userId: alice.id }));
  },
  async 'friendRequests.reject'(people) {
    const [alice, bob] = await people.all('alice', 'bob');
    await alice.api.friendRequests.send.mutate({ userId: bob.id });
    await verifyAction([alice, bob], () => bob.api.friendRequests.reject.mutate({ userId: alice.id }));
  },
  async 'friendRequests.cancel'(people) {
    const [alice, bob, carol] = await people.all('alice', 'bob', 'carol');
    for (const { id } of [bob, carol]) await alice.api.friendRequests.send.mutate({ userId: id });
    await verifyAction([alice, bob, carol], async () => {
      await carol.api.blocks.add.mutate({ userId: alice.id });
      for (const { id } of [bob, carol]) await alice.api.friendRequests.cancel.mutate({ userId: id });
    });
  },
  async 'friends.remove'(people) {
    const [alice, bob] = await people.all('alice', 'bob');
    await alice.api.friendRequests.send.mutate({ userId: bob.id });
    await bob.api.friendRequests.send.mutate({ userId: alice.id });
    await verifyAction([alice, bob], async () => {
      await alice.api.users.updateProfile.mutate({ fullName: 'Alice Liddell' });
      await bob.api.friends.remove.mutate({ userId: alice.id });
    });
  },
  async 'contacts.create'(people) {
    const [alice, bob, carol] = await people.all('alice', 'bob', 'carol');
    await bob.api.contacts.create.mutate({ userId: alice.id });
    await verifyAction([alice, bob, carol], async () => {
      await alice.api.contacts.create.mutate({ userId: bob.id });
      await alice.api.contacts.create.mutate({ userId: carol.id, alias: 'Caroline' });
    });
  },
  async 'contacts.update'(people) {
    const [alice, bob, carol] = await people.all('alice', 'bob', 'carol');
    for (const { id: userId } of [bob, carol])
      await alice.api.contacts.create.mutate({ userId, alias: 'a name' });
    await verifyAction([alice, bob], async () => {
      await alice.api.contacts.update.mutate({ userId: bob.id, alias: 'Bobby' });
      await alice.api.contacts.update.mutate({ userId: carol.id, alias: null });
    });
  },
  async 'contacts.remove'(people) {
    const [alice, bob, carol] = await people.all('alice', 'bob', 'carol');
    for (const { id: userId } of [bob, carol]) await alice.api.contacts.create.mutate({ userId });
    await bob.api.contacts.create.mutate({ userId: alice.id });
    await verifyAction([alice, bob], () => alice.api.contacts.remove.mutate({ userId: bob.id }));
  },
  async 'groups.create'(people) {
    const [alice, bob, carol] = await people.all('alice', 'bob', 'carol');
    const userIds = [bob.id, carol.id];
    await verifyAction([alice, bob], () =>
      alice.api.groups.create.mutate({ title: 'tea', description: 'at five', userIds }),
    );
  },
  async 'groups.addMembers'(people) {
    const [alice, bob, carol] = await people.all('alice', 'bob', 'carol');
    const conversationId = await alice.startGroup('tea', bob);
    await alice.say(conversationId, 'before carol');
    await verifyAction([alice, bob, carol], async () => {
      await alice.api.groups.addMembers.mutate({ conversationId, userIds: [carol.id] });
      await bob.say(conversationId, 'after');
    });
  },
  async 'groups.removeMember'(people) {
    const [alice, bob, carol] = await people.all('alice', 'bob', 'carol');
    const conversationId = await alice.startGroup('tea', bob, carol);
    await verifyAction([alice, bob, carol], async () => {
      await alice.api.groups.removeMember.mutate({ conversationId, userId: carol.id });
      await alice.say(conversationId, 'without her');
      await alice.api.groups.addMembers.mutate({ conversationId, userIds: [carol.id] });
    });
  },
  async 'groups.leave'(people) {
    const [alice, bob] = await people.all('alice', 'bob');
    const conversationId = await alice.startGroup('tea', bob);
    await verifyAction([alice, bob], () => bob.api.groups.leave.mutate({ conversationId }));
    await verifyAction([alice, bob], () => alice.api.groups.leave.mutate({ conversationId }));
  },
  async 'messages.send'(people) {
    const [alice, bob] = await people.all('alice', 'bob');
    const conversation = await alice.talkTo(bob);
    await bob.say(conversation, 'from before');
    await verifyAction([alice, bob], async () => {
      const key = v7();
      for (const text of ['one', 'two']) await alice.say(conversation, text);
      await bob.say(conversation, 'three', key);
      await bob.say(conversation, 'three', key);
    });
  },
  async 'messages.markRead'(people) {
    const [alice, bob] = await people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    for (const text of ['one', 'two', 'three']) await alice.say(conversationId, text);
    await verifyAction([alice, bob], () => bob.api.messages.markRead.mutate({ conversationId, seq: 2 }));
  },
  async 'presence.set'(people) {
    const [alice, bob] = await people.all('alice', 'bob');
    await alice.talkTo(bob);
    await verifyAction([alice, bob], async () => {
      for (const status of ['away', 'away', 'invisible'] as const)
        await alice.api.presence.set.mutate({ status });
    });
  },
  async 'users.updateProfile'(people) {
    const [alice, bob, carol] = await people.all('alice', 'bob', 'carol');
    await alice.talkTo(bob);
    await alice.startGroup('tea', bob, carol);
    const { updateProfile } = alice.api.users;
    for (const change of [
      { fullName: 'Alice Liddell', bio: 'Down the hole' },
      { username: 'liddell', bio: null },
    ])
      await verifyAction([alice, bob, carol], () => updateProfile.mutate(change));
  },
  async 'users.setStatus'(people) {
    const [alice, bob] = await people.all('alice', 'bob');
    await alice.talkTo(bob);
    for (const status of [{ text: 'at tea', until: '2099-01-01T00:00:00.000Z' }, { text: 'back' }, null])
      await verifyAction([alice, bob], () => alice.api.users.setStatus.mutate(status));
  },
  async 'settings.update'(people) {
    const [alice, bob] = await people.all('alice', 'bob');
    await alice.talkTo(bob);
    await verifyAction([alice, bob], () =>
      alice.api.settings.update.mutate({ dmPolicy: 'friends', lastSeenFor: 'nobody', readReceipts: false }),
    );
  },
  async 'auth.logout'(people) {
    const alice = await people.join('alice');
    const phone = await alice.anotherDevice();
    await verifyAction([alice], () => phone.api.auth.logout.mutate());
  },
  async 'auth.login'(people) {
    const alice = await people.join('alice');
    await verifyAction([alice], () => alice.anotherDevice());
  },
  async 'sessions.revoke'(people) {
    const alice = await people.join('alice');
    const { sessionId } = (await alice.anotherDevice()).tokens;
    await verifyAction([alice], () => alice.api.sessions.revoke.mutate({ sessionId }));
  },
  async 'sessions.revokeOthers'(people) {
    const alice = await people.join('alice');
    for (const _ of ['phone', 'tablet']) await alice.anotherDevice();
    await verifyAction([alice], () => alice.api.sessions.revokeOthers.mutate());
  },
  async 'sessions.revokeAll'(people) {
    const alice = await people.join('alice');
    await alice.anotherDevice();
    await verifyAction([alice], async () => {
      await alice.api.sessions.revokeAll.mutate();
      // Her client comes back with another session, and resumes.
      Object.assign(alice.tokens, (await alice.anotherDevice()).tokens);
    });
  },
  async 'auth.verifyEmail'(people, server) {
    const alice = await people.join('alice');
    const { email } = await alice.api.users.me.query();
    const { code } = await mailTo(server, email);
    await verifyAction([alice], () => people.stranger().auth.verifyEmail.mutate({ email, code }));
  },
  async 'auth.confirmEmail'(people, server) {
    const alice = await people.join('alice');
    const { password } = alice.credentials;
    await alice.api.auth.changeEmail.mutate({ password, email: 'alice@example.org' });
    const { code } = await mailTo(server, 'alice@example.org');
    await verifyAction([alice], () => alice.api.auth.confirmEmail.mutate({ code }));
  },
  async 'auth.changePassword'(people) {
    const alice = await people.join('alice');
    await alice.anotherDevice();
    const currentPassword = alice.credentials.password;
    await verifyAction([alice], () =>
      alice.api.auth.changePassword.mutate({ currentPassword, newPassword: 'battery staple' }),
    );
  },
  async 'auth.resetPassword'(people, server) {
    const alice = await people.join('alice');
    const { email } = await alice.api.users.me.query();
    await mailTo(server, email);
    await people.stranger().auth.forgotPassword.mutate({ email });
    const { code } = await mailTo(server, email);
    await verifyAction([alice], async () => {
      const newPassword = 'battery staple';
      await people.stranger().auth.resetPassword.mutate({ email, code, newPassword });
      // Her client comes back with another session, and resumes.
      const { username } = alice.credentials;
      const { user: _, ...tokens } = await people
        .stranger()
        .auth.login.mutate({ login: username, password: newPassword });
      Object.assign(alice.tokens, tokens);
    });
  },
  async 'admin.setRole'(people, server) {
    const [admin, alice] = await underAdmin(people, server);
    const userId = alice.id;
    await verifyAction([admin, alice], () => admin.api.admin.setRole.mutate({ userId, role: 'MODERATOR' }));
  },
  async 'admin.ban'(people, server) {
    const [admin, alice] = await underAdmin(people, server);
    const userId = alice.id;
    await verifyAction([admin, alice], async () => {
      await admin.api.admin.ban.mutate({ userId });
      await admin.api.admin.unban.mutate({ userId });
      // Her client comes back with another session, and resumes.
      Object.assign(alice.tokens, (await alice.anotherDevice()).tokens);
    });
  },
  async 'admin.endSessions'(people, server) {
    const [admin, alice] = await underAdmin(people, server);
    const userId = alice.id;
    await verifyAction([admin, alice], async () => {
      await admin.api.admin.endSessions.mutate({ userId });
      Object.assign(alice.tokens, (await alice.anotherDevice()).tokens);
    });
  },
  async 'auth.deleteAccount'(people) {
    const [alice, bob, carol] = await people.all('alice', 'bob', 'carol');
    const groups = [await alice.startGroup('of alice', bob, carol), await bob.startGroup('of bob', alice)];
    for (const id of [...groups, await alice.talkTo(bob)]) await alice.say(id, 'to be erased');
    const watching = await bob.subscribe();
    await verifyAction([bob, carol], async () => {
      const { password } = alice.credentials;
      await alice.api.auth.deleteAccount.mutate({ password, messages: 'erase' });
      const erased = () => watching.events.filter(({ type }) => type === 'messages.erased');
      await watching.when(() => erased().length === 3);
    });
  },
};

/** An admin, and somebody to act upon. */
async function underAdmin(people: People, server: TestServer) {
  const [admin, alice] = await people.all('ada', 'alice');
  await appoint(server, admin, 'ADMIN');
  await alice.talkTo(admin);
  return [admin, alice] as const;
}

/** Mutations that make no event: nothing that a client keeps changes by them. */
const SILENT = [
  // A ban that is lifted gives no session back.
  'admin.unban',
  ...['auth.register', 'auth.refresh'],
  // These only have something mailed.
  ...['auth.resendVerification', 'auth.forgotPassword', 'auth.changeEmail'],
  // For the moderators alone.
  'reports.create',
  // True only now, and never kept.
  ...['typing.start', 'typing.stop'],
];

test.each(Object.entries(actions))('%s: old state and events are the new state', async (_, act) => {
  await using server = await testServer();
  await act(server.people, server);
});

test('whoever deletes their account is in no list of others any more', async () => {
  await using server = await testServer();
  const [alice, ...others] = await server.people.all('alice', 'friend', 'asked', 'asking', 'blocker');
  const [friend, asked, asking, blocker] = others;
  const send = (from: Person, to: Person) => from.api.friendRequests.send.mutate({ userId: to.id });
  for (const [from, to] of [
    [alice, friend],
    [friend, alice],
    [alice, asked],
    [asking, alice],
    [alice, blocker],
  ] as const)
    await send(from, to);
  await blocker.api.blocks.add.mutate({ userId: alice.id });
  const watching = await Promise.all(others.map((person) => person.subscribe()));
  await verifyAction(others, async () => {
    const { password } = alice.credentials;
    await alice.api.auth.deleteAccount.mutate({ password, messages: 'keep' });
    await Promise.all(watching.map((stream) => stream.until(({ type }) => type === 'user.updated')));
  });
});

test('every mutation has its proof', () => {
  const procedures = appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>;
  const mutations = Object.keys(procedures).filter((path) => procedures[path]!._def.type === 'mutation');
  expect([...Object.keys(actions), ...SILENT].sort()).toEqual(mutations.sort());
});
