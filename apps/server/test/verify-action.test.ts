import { v7 } from 'uuid';
import { expect, test } from 'vitest';
import { trimMessages } from '../src/retention/trim.ts';
import { appRouter } from '../src/router.ts';
import { appoint } from './appoint.ts';
import { runSql } from './database.ts';
import { befriend } from './friendships.ts';
import { mailTo } from './inbox.ts';
import type { People, Person } from './people.ts';
import { mp4, pdf, photo } from './samples.ts';
import { inAnHour, schedule } from './schedules.ts';
import { serverForAll, type TestServer } from './server.ts';
import { upload } from './uploads.ts';
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
  async 'conversations.configure'(people) {
    const [alice, bob] = await people.all('alice', 'bob');
    const conversationId = await alice.startGroup('tea', bob);
    const { configure } = alice.api.conversations;
    await verifyAction([alice, bob], async () => {
      await configure.mutate({ conversationId, isArchived: true, isPinned: true, notify: 'mentions' });
      await configure.mutate({ conversationId, mutedUntil: FOR_GOOD, isPinned: false });
      await bob.say(conversationId, 'it stays archived');
    });
    await verifyAction([alice, bob], async () => {
      await bob.api.conversations.configure.mutate({ conversationId, isArchived: true });
      await bob.api.groups.leave.mutate({ conversationId });
      await alice.api.groups.addMembers.mutate({ conversationId, userIds: [bob.id] });
      await alice.say(conversationId, 'everything is as at first');
    });
  },
  async 'conversations.setRetention'(people, { nodes: [{ app }], databaseUrl }) {
    const [alice, bob] = await people.all('alice', 'bob');
    const [direct, group] = [await alice.talkTo(bob), await alice.startGroup('tea', bob)];
    for (const conversationId of [direct, group, direct]) await bob.say(conversationId, 'hello');
    await runSql(
      databaseUrl,
      `UPDATE messages SET created_at = created_at - interval '8 days' WHERE conversation_id IN ('${direct}', '${group}')`,
    );
    await verifyAction([alice, bob], async () => {
      for (const conversationId of [direct, group])
        await alice.api.conversations.setRetention.mutate({ conversationId, retentionDays: 7 });
      await trimMessages(app);
    });
  },
  async 'conversations.clear'(people) {
    const [alice, bob] = await people.all('alice', 'bob');
    const [direct, group] = [await alice.talkTo(bob), await alice.startGroup('tea', bob)];
    for (const conversationId of [direct, group, direct]) await bob.say(conversationId, 'hello');
    await verifyAction([alice, bob], async () => {
      await alice.api.conversations.clear.mutate({ conversationId: direct });
      await bob.say(group, 'hello?');
      await alice.api.conversations.clear.mutate({ conversationId: group });
    });
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
  async 'groups.update'(people) {
    const [alice, bob, carol, dave] = await people.all('alice', 'bob', 'carol', 'dave');
    const conversationId = await alice.startGroup('tea', bob, dave);
    const { update, addMembers, removeMember } = alice.api.groups;
    for (const text of ['one', 'two']) await alice.say(conversationId, text);
    for (const seq of [1, 2]) await dave.api.messages.delete.mutate({ conversationId, seq, scope: 'me' });
    await verifyAction([alice, bob, carol, dave], async () => {
      const change = { title: 'coffee', description: 'at four', slowModeSeconds: 5 };
      await update.mutate({ conversationId, ...change, history: 'all' });
      await removeMember.mutate({ conversationId, userId: dave.id });
      await addMembers.mutate({ conversationId, userIds: [carol.id, dave.id] });
      await update.mutate({ conversationId, description: null });
    });
    // Whoever has deleted the newest message for themselves does not hear of it by somebody else's coming.
    const erin = await people.join('erin');
    await bob.api.messages.delete.mutate({ conversationId, seq: 2, scope: 'me' });
    await verifyAction([alice, bob, erin], async () => {
      await update.mutate({ conversationId, history: 'joined' });
      await addMembers.mutate({ conversationId, userIds: [erin.id] });
    });
  },
  async 'groups.setRole'(people) {
    const [alice, bob] = await people.all('alice', 'bob');
    const conversationId = await alice.startGroup('tea', bob);
    await verifyAction([alice, bob], async () => {
      for (const role of ['admin', 'member', 'admin'] as const)
        await alice.api.groups.setRole.mutate({ conversationId, userId: bob.id, role });
    });
  },
  async 'groups.transferOwnership'(people) {
    const [alice, bob, carol] = await people.all('alice', 'bob', 'carol');
    const conversationId = await alice.startGroup('tea', bob, carol);
    await verifyAction([alice, bob, carol], async () => {
      await alice.api.groups.transferOwnership.mutate({ conversationId, userId: bob.id });
      await alice.api.groups.leave.mutate({ conversationId });
    });
  },
  async 'groups.delete'(people) {
    const [alice, bob] = await people.all('alice', 'bob');
    const conversationId = await alice.startGroup('tea', bob);
    await bob.say(conversationId, 'hello');
    await verifyAction([alice, bob], () => alice.api.groups.delete.mutate({ conversationId }));
  },
  async 'invites.accept'(people) {
    const [alice, bob, carol] = await people.all('alice', 'bob', 'carol');
    const conversationId = await alice.startGroup('tea', bob);
    await bob.say(conversationId, 'before carol');
    const { token } = await alice.api.invites.create.mutate({ conversationId });
    await verifyAction([alice, bob, carol], async () => {
      await carol.api.invites.accept.mutate({ token });
      await carol.api.invites.accept.mutate({ token });
      await bob.say(conversationId, 'after');
    });
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
    const carol = await people.join('carol');
    const send = (from: Person, to: Person) =>
      from.api.messages.send.mutate({ toUserId: to.id, text: 'hello', clientMessageId: v7() });
    await verifyAction([alice, carol], () => send(alice, carol));
    await verifyAction([alice, carol], () => send(carol, alice));
    await verifyAction([alice, bob], async () => {
      const attachments = [(await upload(alice, pdf())).id, (await upload(alice, await photo())).id];
      await alice.api.messages.send.mutate({
        conversationId: conversation,
        attachments,
        clientMessageId: v7(),
      });
    });
  },
  async 'messages.forward'(people) {
    const [alice, bob] = await people.all('alice', 'bob');
    const [from, to] = [await alice.startGroup('tea', bob), await alice.talkTo(bob)];
    await bob.say(from, 'well said');
    await verifyAction([alice, bob], () =>
      alice.api.messages.forward.mutate({
        from: { conversationId: from, seq: 1 },
        conversationId: to,
        clientMessageId: v7(),
      }),
    );
  },
  async 'messages.edit'(people) {
    const [alice, bob] = await people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    for (const text of ['one', 'two']) await alice.say(conversationId, text);
    await verifyAction([alice, bob], async () => {
      for (const seq of [1, 2]) await alice.api.messages.edit.mutate({ conversationId, seq, text: 'other' });
    });
  },
  async 'messages.delete'(people) {
    const [alice, bob] = await people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    for (const text of ['1', '2', '3', '4', '5', '6']) await alice.say(conversationId, text);
    const remove = (by: Person, seq: number, scope: 'everyone' | 'me') =>
      by.api.messages.delete.mutate({ conversationId, seq, scope });
    await verifyAction([alice, bob], async () => {
      for (const seq of [2, 6]) await remove(alice, seq, 'everyone');
      for (const seq of [1, 4, 6, 5]) await remove(bob, seq, 'me');
      await bob.api.messages.markRead.mutate({ conversationId, seq: 1 });
    });
    await verifyAction([alice, bob], async () => {
      await alice.say(conversationId, '7');
      await remove(bob, 7, 'me');
      await remove(bob, 3, 'me');
      await remove(bob, 2, 'me');
    });
    await verifyAction([alice, bob], () => alice.say(conversationId, '8'));
  },
  async 'messages.pin'(people) {
    const [alice, bob] = await people.all('alice', 'bob');
    const conversationId = await alice.startGroup('tea', bob);
    for (const text of ['one', 'two']) await bob.say(conversationId, text);
    await verifyAction([alice, bob], async () => {
      for (const seq of [2, 1, 2]) await alice.api.messages.pin.mutate({ conversationId, seq });
    });
  },
  async 'messages.unpin'(people) {
    const [alice, bob] = await people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    for (const text of ['one', 'two']) await bob.say(conversationId, text);
    for (const seq of [1, 2]) await alice.api.messages.pin.mutate({ conversationId, seq });
    await verifyAction([alice, bob], async () => {
      for (const seq of [2, 1, 2]) await bob.api.messages.unpin.mutate({ conversationId, seq });
    });
  },
  async 'reactions.add'(people) {
    const [alice, bob, carol] = await people.all('alice', 'bob', 'carol');
    const conversationId = await alice.startGroup('tea', bob, carol);
    await bob.say(conversationId, 'who wants tea?');
    const react = (by: Person, emoji: string) =>
      by.api.reactions.add.mutate({ conversationId, seq: 1, emoji });
    await verifyAction([alice, bob, carol], async () => {
      for (const by of [alice, bob, alice]) await react(by, '👍');
      await react(carol, ':tea:');
    });
    await verifyAction([alice, bob, carol], async () => {
      await react(carol, '👍');
      await bob.api.messages.edit.mutate({ conversationId, seq: 1, text: 'who wants coffee?' });
      await react(bob, ':coffee:');
    });
    await verifyAction([alice, bob, carol], () =>
      bob.api.messages.delete.mutate({ conversationId, seq: 1, scope: 'everyone' }),
    );
  },
  async 'reactions.remove'(people) {
    const [alice, bob, carol] = await people.all('alice', 'bob', 'carol');
    const conversationId = await alice.startGroup('tea', bob, carol);
    await bob.say(conversationId, 'who wants tea?');
    const place = { conversationId, seq: 1 };
    for (const by of [carol, alice])
      for (const emoji of ['👍', '❤️']) await by.api.reactions.add.mutate({ ...place, emoji });
    await verifyAction([alice, bob, carol], async () => {
      for (const by of [carol, alice]) await by.api.reactions.remove.mutate({ ...place, emoji: '👍' });
      await carol.api.reactions.remove.mutate({ ...place, emoji: '❤️' });
      await bob.api.reactions.add.mutate({ ...place, emoji: '👍' });
    });
  },
  async 'drafts.set'(people) {
    const alice = await people.join('alice');
    const conversationId = await alice.startGroup('tea');
    const set = (text: string, replyTo?: number) =>
      alice.api.drafts.set.mutate({ conversationId, text, replyTo });
    await verifyAction([alice], () => set('I would', 1));
    await verifyAction([alice], () => set('I would not'));
    await verifyAction([alice], () => set(''));
  },
  async 'messages.removePreview'(people, { databaseUrl }) {
    const [alice, bob] = await people.all('alice', 'bob');
    const conversationId = await alice.startGroup('tea', bob);
    await alice.say(conversationId, 'https://tea.example');
    const preview = JSON.stringify({ preview: { url: 'https://tea.example/', title: 'Tea' } });
    await runSql(
      databaseUrl,
      `UPDATE messages SET extras = '${preview}' WHERE conversation_id = '${conversationId}'`,
    );
    await verifyAction([alice, bob], () =>
      alice.api.messages.removePreview.mutate({ conversationId, seq: 1 }),
    );
  },
  async 'scheduled.create'(people) {
    const [alice, bob] = await people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    const { id } = await upload(alice, pdf());
    for (const more of [{}, { replyTo: 1, attachments: [id] }])
      await verifyAction([alice, bob], () => schedule(alice, conversationId, 'later', more));
  },
  async 'scheduled.update'(people) {
    const alice = await people.join('alice');
    const { id } = await schedule(alice, await alice.startGroup('tea'), 'later');
    const sendAt = inAnHour();
    await verifyAction([alice], () => alice.api.scheduled.update.mutate({ id, sendAt, text: 'sooner' }));
  },
  async 'scheduled.cancel'(people) {
    const alice = await people.join('alice');
    const { id } = await schedule(alice, await alice.startGroup('tea'), 'later');
    await verifyAction([alice], () => alice.api.scheduled.cancel.mutate({ id }));
  },
  async 'scheduled.sendNow'(people) {
    const [alice, bob] = await people.all('alice', 'bob');
    const { id } = await schedule(alice, await alice.talkTo(bob), 'later');
    await verifyAction([alice, bob], () => alice.api.scheduled.sendNow.mutate({ id }));
  },
  async 'stories.create'(people) {
    const [alice, bob, carol, dave] = await befriended(people);
    const fileIds = [await film(alice), await film(alice)];
    const create = (fileId: string, audience?: string[]) =>
      alice.api.stories.create.mutate({ fileId, caption: 'tea', audience });
    await verifyAction([alice, bob, carol, dave], () => create(fileIds[0]!));
    await verifyAction([alice, bob, carol, dave], async () => {
      for (const fileId of fileIds) await create(fileId, [bob.id, dave.id]);
    });
  },
  async 'stories.markSeen'(people) {
    const [alice, bob, carol] = await befriended(people);
    const { id: storyId } = await alice.api.stories.create.mutate({ fileId: await film(alice) });
    await verifyAction([alice, bob, carol], async () => {
      for (const by of [bob, alice, carol, bob]) await by.api.stories.markSeen.mutate({ storyId });
    });
  },
  async 'stories.delete'(people) {
    const [alice, bob, carol, dave] = await befriended(people);
    const { id: storyId } = await alice.api.stories.create.mutate({ fileId: await film(alice) });
    await bob.api.stories.markSeen.mutate({ storyId });
    await verifyAction([alice, bob, carol, dave], () => alice.api.stories.delete.mutate({ storyId }));
  },
  async 'stories.reply'(people) {
    const [alice, bob] = await befriended(people);
    const { id: storyId } = await alice.api.stories.create.mutate({ fileId: await film(alice) });
    const send = (text: string, clientMessageId: string) =>
      bob.api.stories.reply.mutate({ storyId, text, clientMessageId });
    const key = v7();
    await verifyAction([alice, bob], () => send('lovely', key));
    await verifyAction([alice, bob], async () => {
      await send('lovely', key);
      await send('very lovely', v7());
    });
  },
  async 'messages.markRead'(people) {
    const [alice, bob] = await people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    for (const text of ['one', 'two', 'three']) await alice.say(conversationId, text);
    await verifyAction([alice, bob], () => bob.api.messages.markRead.mutate({ conversationId, seq: 2 }));
    await bob.api.settings.update.mutate({ readReceipts: false });
    await bob.api.conversations.configure.mutate({ conversationId, isMarkedUnread: true });
    await verifyAction([alice, bob], async () => {
      await bob.api.messages.markRead.mutate({ conversationId });
      await alice.say(conversationId, 'four');
    });
  },
  async 'messages.markDelivered'(people) {
    const [alice, bob] = await people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    const { id } = await alice.say(conversationId, 'one');
    for (const text of ['two', 'three']) await alice.say(conversationId, text);
    const { markDelivered, markRead } = bob.api.messages;
    await verifyAction([alice, bob], async () => {
      await markDelivered.mutate({ conversationId, messageIds: [id] });
      await Promise.all([
        markRead.mutate({ conversationId, seq: 2 }),
        markDelivered.mutate({ conversationId }),
      ]);
    });
    await bob.api.settings.update.mutate({ readReceipts: false });
    await alice.say(conversationId, 'four');
    await markRead.mutate({ conversationId });
    await verifyAction([alice, bob], () => markDelivered.mutate({ conversationId }));
  },
  async 'threads.open'(people) {
    const [alice, bob, carol] = await people.all('alice', 'bob', 'carol');
    const group = await alice.startGroup('tea', bob, carol);
    await bob.say(group, 'who wants tea?');
    const root = { conversationId: group, seq: 1 };
    await verifyAction([alice, bob, carol], async () => {
      const { id } = await alice.api.threads.open.mutate(root);
      await alice.say(id, 'I do');
    });
    await verifyAction([alice, bob, carol], async () => {
      const { id } = await carol.api.threads.open.mutate(root);
      for (const person of [carol, bob]) await person.say(id, 'me too');
      await bob.say(group, 'tea is ready');
    });
    const [direct, erin] = [await alice.talkTo(bob), await people.join('erin')];
    await bob.say(direct, 'hello');
    await verifyAction([alice, bob], async () => {
      const { id } = await alice.api.threads.open.mutate({ conversationId: direct, seq: 1 });
      await bob.say(id, 'yes?');
      await bob.api.messages.edit.mutate({ conversationId: group, seq: 1, text: 'who wants coffee?' });
    });
    // The newest message of a group comes with its thread.
    const { addMembers, update } = alice.api.groups;
    await update.mutate({ conversationId: group, history: 'all' });
    const { id } = await alice.api.threads.open.mutate({ conversationId: group, seq: 2 });
    await alice.say(id, 'at last');
    await verifyAction([alice, bob, erin], () =>
      addMembers.mutate({ conversationId: group, userIds: [erin.id] }),
    );
  },
  async 'threads.unfollow'(people) {
    const [alice, bob, carol] = await people.all('alice', 'bob', 'carol');
    const conversationId = await alice.startGroup('tea', bob, carol);
    await bob.say(conversationId, 'who wants tea?');
    const { id } = await carol.api.threads.open.mutate({ conversationId, seq: 1 });
    await verifyAction([alice, bob, carol], async () => {
      await carol.api.threads.unfollow.mutate({ conversationId: id });
      await bob.say(id, 'nobody?');
    });
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
  async 'account.requestExport'(people) {
    const alice = await people.join('alice');
    const { password } = alice.credentials;
    await verifyAction([alice], () => alice.api.account.requestExport.mutate({ password }));
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

/** Somebody, a friend and another one, and one who is none. */
async function befriended(people: People) {
  const [alice, bob, carol, dave] = await people.all('alice', 'bob', 'carol', 'dave');
  for (const friend of [bob, carol]) await befriend(alice, friend);
  return [alice, bob, carol, dave] as const;
}

const film = async (by: Person): Promise<string> => (await upload(by, mp4(), { purpose: 'story' })).id;

/** What mutes for good. */
const FOR_GOOD = '9999-12-31T23:59:59.999Z';

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
  // Who comes by them is told when they do.
  ...['invites.create', 'invites.revoke'],
  // For the moderators alone.
  ...['reports.create', 'reports.close'],
  // True only now, and never kept.
  ...['typing.start', 'typing.stop'],
  // Of a file others hear when it is used.
  ...['uploads.create', 'uploads.complete'],
];

const server = serverForAll();

test.each(Object.entries(actions))('%s: old state and events are the new state', async (_, act) => {
  await act(server.people, server);
});

test('whoever deletes their account is in no list of others any more', async () => {
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
