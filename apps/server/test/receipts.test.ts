import type { Message } from '@parley/contract';
import { v7 } from 'uuid';
import { describe, expect, test, vi } from 'vitest';
import type { Person } from './people.ts';
import { serverForAll } from './server.ts';
import type { Subscription } from './subscription.ts';
import { verifyAction } from './verify.ts';

const server = serverForAll({ nodes: 2 });

const refused = (code: string, data: object = {}) => ({ data: { code, ...data } });
const NO_MESSAGE = refused('NOT_FOUND', { what: 'message' });
const NO_CONVERSATION = refused('NOT_FOUND', { what: 'conversation' });

/** A direct conversation, and what the first has said in it. */
async function talk(...texts: string[]) {
  const [alice, bob] = await server.people.all('alice', 'bob');
  const conversationId = await alice.talkTo(bob);
  const said: Message[] = [];
  for (const text of texts) said.push(await alice.say(conversationId, text));
  return { alice, bob, conversationId, said };
}

const viewOf = (person: Person, conversationId: string) =>
  person.api.conversations.get.query({ conversationId }).then(({ conversation }) => conversation);

const receipts = ({ events }: Subscription) => events.filter(({ type }) => type.startsWith('receipt.'));

/** Somebody's stream up to here: what another one says is the last of it. */
async function heardOf(stream: Subscription, by: Person, conversationId: string): Promise<Subscription> {
  const { text } = await by.say(conversationId, `${v7()} is the last`);
  await stream.until((event) => event.type === 'message.created' && event.message.text === text);
  return stream;
}

describe('delivered marks', () => {
  test('move forward, stop at the last message, and are never behind the read marks', async () => {
    const { alice, bob, conversationId } = await talk('one', 'two', 'three', 'four');
    const alices = await alice.subscribe({ node: 1 });
    const { markDelivered, markRead } = bob.api.messages;
    expect(await markDelivered.mutate({ conversationId, seq: 2 })).toEqual({ deliveredSeq: 2 });
    expect(await markDelivered.mutate({ conversationId, seq: 1 })).toEqual({ deliveredSeq: 2 });
    expect((await viewOf(bob, conversationId)).me).toMatchObject({ readSeq: 0, deliveredSeq: 2 });
    expect((await viewOf(alice, conversationId)).peer).toMatchObject({ readSeq: 0, deliveredSeq: 2 });
    expect(await markRead.mutate({ conversationId, seq: 3 })).toEqual({ readSeq: 3 });
    expect(await markDelivered.mutate({ conversationId, seq: 3 })).toEqual({ deliveredSeq: 3 });
    expect((await viewOf(alice, conversationId)).peer).toMatchObject({ readSeq: 3, deliveredSeq: 3 });
    expect(await markDelivered.mutate({ conversationId, seq: 99 })).toEqual({ deliveredSeq: 4 });
    const { members } = await alice.api.conversations.members.query({ conversationId });
    expect(members.map(({ deliveredSeq }) => deliveredSeq)).toEqual([4, 4]);
    await heardOf(alices, alice, conversationId);
    expect(receipts(alices)).toEqual([
      { type: 'receipt.delivered', conversationId, marks: [{ userId: bob.id, deliveredSeq: 2 }] },
      { type: 'receipt.read', conversationId, marks: [{ userId: bob.id, readSeq: 3 }] },
      { type: 'receipt.delivered', conversationId, marks: [{ userId: bob.id, deliveredSeq: 4 }] },
    ]);
  });

  test('of many at once, and their read marks: one write, and one event of each kind', async () => {
    const [alice, ...others] = await server.people.all('alice', 'bob', 'carol', 'dave', 'erin');
    const conversationId = await alice.startGroup('tea', ...others);
    for (const text of ['one', 'two']) await alice.say(conversationId, text);
    const stream = await alice.subscribe();
    const query = vi.spyOn(server.nodes[0].app.database.pool, 'query');
    const answers = await Promise.all(
      others.flatMap(({ api }) => [
        api.messages.markDelivered.mutate({ conversationId, seq: 1 }),
        api.messages.markDelivered.mutate({ conversationId }),
        api.messages.markRead.mutate({ conversationId, seq: 1 }),
      ]),
    );
    expect(answers).toEqual(others.flatMap(() => [{ deliveredSeq: 2 }, { deliveredSeq: 2 }, { readSeq: 1 }]));
    const writes = query.mock.calls.filter(
      ([statement]) => (statement as { name?: string }).name === 'move_marks',
    );
    query.mockRestore();
    expect(writes).toHaveLength(1);
    await heardOf(stream, alice, conversationId);
    const ids = others.map(({ id }) => id).sort();
    expect(
      receipts(stream).map((event) => 'marks' in event && event.marks.map(({ userId }) => userId).sort()),
    ).toEqual([ids, ids]);
  });

  test.each(['markRead', 'markDelivered'] as const)(
    '%s takes messages by their ids, or the whole conversation',
    async (mark) => {
      const { alice, bob, conversationId, said } = await talk('one', 'two', 'three', 'four', 'five');
      const [elsewhere] = (await talk('elsewhere')).said;
      const ids = said.map(({ id }) => id);
      const at = async (input: object) =>
        Object.values(await bob.api.messages[mark].mutate({ conversationId, ...input }));
      expect(await at({ messageIds: [ids[1], ids[0], elsewhere!.id, v7()] })).toEqual([2]);
      await bob.api.messages.delete.mutate({ conversationId, seq: 5, scope: 'me' });
      for (const messageIds of [[v7()], [elsewhere!.id], [ids[4]]])
        await expect(at({ messageIds })).rejects.toMatchObject(NO_MESSAGE);
      expect(await at({ messageIds: [ids[0]!.toUpperCase()] })).toEqual([2]);
      // To the end of what is seen.
      expect(await at({})).toEqual([4]);
      for (const input of [
        { seq: 1, messageIds: ids },
        { messageIds: [] },
        { messageIds: Array.from({ length: 101 }, () => v7()) },
      ])
        await expect(at(input)).rejects.toMatchObject(refused('INVALID_INPUT'));
      const stranger = await server.people.join('stranger');
      for (const input of [{}, { seq: 1 }, { messageIds: ids }])
        await expect(stranger.api.messages[mark].mutate({ conversationId, ...input })).rejects.toMatchObject(
          NO_CONVERSATION,
        );
      const empty = await alice.startGroup('nobody says anything');
      expect(Object.values(await alice.api.messages[mark].mutate({ conversationId: empty }))).toEqual([0]);
    },
  );

  test('what came before somebody joined is none of theirs', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.startGroup('tea');
    const { id } = await alice.say(conversationId, 'before');
    await alice.api.groups.addMembers.mutate({ conversationId, userIds: [bob.id] });
    await expect(
      bob.api.messages.markRead.mutate({ conversationId, messageIds: [id] }),
    ).rejects.toMatchObject(NO_MESSAGE);
    expect((await viewOf(bob, conversationId)).me).toMatchObject({ readSeq: 1, deliveredSeq: 1 });
    expect(await bob.api.messages.markDelivered.mutate({ conversationId })).toEqual({ deliveredSeq: 1 });
  });

  test('beside a block stay where they were', async () => {
    const { alice, bob, conversationId } = await talk('one', 'two');
    await bob.api.messages.markDelivered.mutate({ conversationId, seq: 1 });
    const alices = await alice.subscribe();
    const bobs = await (await bob.anotherDevice()).subscribe({ node: 1 });
    await bob.api.blocks.add.mutate({ userId: alice.id });
    expect(await bob.api.messages.markDelivered.mutate({ conversationId })).toEqual({ deliveredSeq: 2 });
    await bobs.until(({ type }) => type === 'receipt.delivered');
    expect((await viewOf(alice, conversationId)).peer).toMatchObject({ deliveredSeq: 1 });
    await bob.api.blocks.remove.mutate({ userId: alice.id });
    await heardOf(alices, alice, conversationId);
    expect(receipts(alices)).toEqual([]);
    await bob.api.messages.markDelivered.mutate({ conversationId });
    expect((await viewOf(alice, conversationId)).peer).toMatchObject({ deliveredSeq: 3 });
  });
});

describe('the readers of a message', () => {
  test('are those who see it, but for its sender, as each is shown', async () => {
    const [alice, bob, carol, dave, late] = await server.people.all('alice', 'bob', 'carol', 'dave', 'late');
    const conversationId = await alice.startGroup('tea', bob, carol, dave);
    for (const text of ['one', 'two']) await alice.say(conversationId, text);
    await alice.api.groups.addMembers.mutate({ conversationId, userIds: [late.id] });
    await dave.api.conversations.clear.mutate({ conversationId });
    await bob.api.messages.markRead.mutate({ conversationId, seq: 1 });
    await carol.api.messages.markDelivered.mutate({ conversationId });
    const readers = (person: Person, seq: number, more: object = {}) =>
      person.api.messages.readers.query({ conversationId, seq, ...more });
    const statusOf = ({ members }: Awaited<ReturnType<typeof readers>>) =>
      Object.fromEntries(members.map(({ user, status }) => [user.id, status]));
    const first = await readers(alice, 1);
    expect(first).toMatchObject({ read: 1, delivered: 1, sent: 1, next: null });
    // Dave has put it away, which is nobody's business.
    expect(statusOf(first)).toEqual({ [bob.id]: 'read', [carol.id]: 'delivered', [dave.id]: 'sent' });
    expect(statusOf(await readers(carol, 2))).toEqual({
      [bob.id]: 'sent',
      [carol.id]: 'delivered',
      [dave.id]: 'sent',
    });
    expect(await readers(alice, 2)).toMatchObject({ read: 0, delivered: 1, sent: 2 });
    const pages = [await readers(alice, 1, { limit: 2 })];
    pages.push(await readers(alice, 1, { limit: 2, after: pages[0]!.next! }));
    expect(pages.map(({ members, next, read }) => [members.length, next === null, read])).toEqual([
      [2, false, 1],
      [1, true, 1],
    ]);
    expect(pages.flatMap(({ members }) => members)).toEqual(first.members);
    await expect(readers(late, 1)).rejects.toMatchObject(NO_MESSAGE);
    await expect(readers(dave, 1)).rejects.toMatchObject(NO_MESSAGE);
    await expect(readers(alice, 3)).rejects.toMatchObject(NO_MESSAGE);
  });
});

describe('whoever does not let others know how far they read', () => {
  test('keeps it to their own devices; what has come and what they send is told', async () => {
    const { alice, bob, conversationId } = await talk('one', 'two', 'three');
    await bob.api.settings.update.mutate({ readReceipts: false });
    const alices = await alice.subscribe({ node: 1 });
    const phone = await (await bob.anotherDevice()).subscribe({ node: 1 });
    expect(await bob.api.messages.markRead.mutate({ conversationId, seq: 2 })).toEqual({ readSeq: 2 });
    const mine = { type: 'receipt.read', conversationId, marks: [{ userId: bob.id, readSeq: 2 }] };
    expect((await phone.until(({ type }) => type === 'receipt.read')).data).toEqual(mine);
    expect((await viewOf(bob, conversationId)).me).toMatchObject({ readSeq: 2, deliveredSeq: 2 });
    expect((await viewOf(alice, conversationId)).peer).toMatchObject({ readSeq: 0, deliveredSeq: 0 });
    // Others hear that it has come when a device says so, not when somebody reads.
    await bob.api.messages.markDelivered.mutate({ conversationId, seq: 2 });
    expect((await viewOf(alice, conversationId)).peer).toMatchObject({ readSeq: 0, deliveredSeq: 2 });
    const { members } = await alice.api.messages.readers.query({ conversationId, seq: 1 });
    expect(members).toMatchObject([{ status: 'delivered' }]);
    // Shown again, it is from the next mark on.
    await bob.api.settings.update.mutate({ readReceipts: true });
    expect((await viewOf(alice, conversationId)).peer).toMatchObject({ readSeq: 0 });
    await heardOf(alices, alice, conversationId);
    expect(receipts(alices)).toEqual([
      { type: 'receipt.delivered', conversationId, marks: [{ userId: bob.id, deliveredSeq: 2 }] },
    ]);
    await bob.api.messages.markRead.mutate({ conversationId, seq: 3 });
    expect((await viewOf(alice, conversationId)).peer).toMatchObject({ readSeq: 3 });
    await bob.api.settings.update.mutate({ readReceipts: false });
    await bob.say(conversationId, 'I have read it all');
    expect((await viewOf(alice, conversationId)).peer).toMatchObject({ readSeq: 5 });
  });

  test('is the same for each of several who read at once', async () => {
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    const conversationId = await alice.startGroup('tea', bob, carol);
    await alice.say(conversationId, 'hello');
    await bob.api.settings.update.mutate({ readReceipts: false });
    await verifyAction([alice, bob, carol], () =>
      Promise.all([bob, carol].map(({ api }) => api.messages.markRead.mutate({ conversationId }))),
    );
    const shown = async (to: Person) =>
      Object.fromEntries(
        (await to.api.conversations.members.query({ conversationId })).members.map(({ user, readSeq }) => [
          user.id,
          readSeq,
        ]),
      );
    expect(await shown(alice)).toEqual({ [alice.id]: 1, [bob.id]: 0, [carol.id]: 1 });
    expect(await shown(bob)).toEqual({ [alice.id]: 1, [bob.id]: 1, [carol.id]: 1 });
  });
});

describe('a conversation that is marked as unread', () => {
  const marked = async (person: Person, conversationId: string) =>
    (await viewOf(person, conversationId)).me.isMarkedUnread;

  test.each([
    [
      'reading',
      (bob: Person, conversationId: string) => bob.api.messages.markRead.mutate({ conversationId, seq: 1 }),
    ],
    ['sending', (bob: Person, conversationId: string) => bob.say(conversationId, 'hello yourself')],
    [
      'saying so',
      (bob: Person, conversationId: string) =>
        bob.api.conversations.configure.mutate({ conversationId, isMarkedUnread: false }),
    ],
    [
      'clearing it',
      (bob: Person, conversationId: string) => bob.api.conversations.clear.mutate({ conversationId }),
    ],
  ])('is so for its member alone, until %s ends it', async (_, end) => {
    const { alice, bob, conversationId } = await talk('hello', 'hello?');
    await bob.api.messages.markRead.mutate({ conversationId });
    const phone = await (await bob.anotherDevice()).subscribe({ node: 1 });
    const alices = await alice.subscribe({ node: 1 });
    const mark = () => bob.api.conversations.configure.mutate({ conversationId, isMarkedUnread: true });
    expect(await mark()).toMatchObject({ isMarkedUnread: true, isArchived: false });
    await mark();
    // It is told as it is when it is read.
    await phone.until(({ type }) => type === 'membership.updated');
    expect(await marked(bob, conversationId)).toBe(true);
    expect(await marked(alice, conversationId)).toBe(false);
    expect(await bob.api.sync.unread.query()).toMatchObject({
      total: 0,
      conversations: [{ conversationId, unread: 0 }],
    });
    expect((await viewOf(bob, conversationId)).me.readSeq).toBe(2);
    await verifyAction([alice, bob], async () => void (await end(bob, conversationId)));
    expect(await marked(bob, conversationId)).toBe(false);
    expect(await bob.api.sync.unread.query()).toMatchObject({ conversations: [] });
    await phone.when(() => phone.events.length === 2);
    expect(phone.events[0]).toMatchObject({ type: 'membership.updated', settings: { isMarkedUnread: true } });
    await heardOf(alices, alice, conversationId);
    expect([
      ...receipts(alices),
      ...alices.events.filter(({ type }) => type === 'membership.updated'),
    ]).toEqual([]);
  });

  test('hears of its end by a mark that does not move, and of the next such mark nothing', async () => {
    const { alice, bob, conversationId } = await talk('hello');
    await bob.api.messages.markRead.mutate({ conversationId });
    await bob.api.conversations.configure.mutate({ conversationId, isMarkedUnread: true });
    const phone = await (await bob.anotherDevice()).subscribe({ node: 1 });
    for (let time = 0; time < 2; time += 1)
      expect(await bob.api.messages.markRead.mutate({ conversationId })).toEqual({ readSeq: 1 });
    await heardOf(phone, alice, conversationId);
    expect(receipts(phone)).toEqual([
      { type: 'receipt.read', conversationId, marks: [{ userId: bob.id, readSeq: 1 }] },
    ]);
  });
});
