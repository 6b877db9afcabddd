import { v7 } from 'uuid';
import { expect, test } from 'vitest';
import { appRouter } from '../src/router.ts';
import type { People } from './people.ts';
import { testServer } from './server.ts';
import { verifyAction } from './verify.ts';

/**
 * Each mutation that makes events, by its name: who looks on, and what is done. A mutation without an entry
 * fails the last test.
 */
const actions: Record<string, (people: People) => Promise<unknown>> = {
  async 'conversations.openDirect'(people) {
    const [alice, bob] = await people.all('alice', 'bob');
    await verifyAction([alice, bob], () => alice.talkTo(bob));
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
  async 'auth.logout'(people) {
    const alice = await people.join('alice');
    const phone = await alice.anotherDevice();
    await verifyAction([alice], () => phone.api.auth.logout.mutate());
  },
};

/** Mutations that make no event: nothing that a client keeps changes by them. */
const SILENT = ['auth.register', 'auth.login', 'auth.refresh'];

test.each(Object.entries(actions))('%s: old state and events are the new state', async (_, act) => {
  await using server = await testServer();
  await act(server.people);
});

test('every mutation has its proof', () => {
  const procedures = appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>;
  const mutations = Object.keys(procedures).filter((path) => procedures[path]!._def.type === 'mutation');
  expect([...Object.keys(actions), ...SILENT].sort()).toEqual(mutations.sort());
});
