import { LIMITS } from '@parley/contract';
import { v7 } from 'uuid';
import { describe, expect, test, vi } from 'vitest';
import { sweepFiles } from '../src/files/sweep.ts';
import { trimMessages } from '../src/retention/trim.ts';
import { runSql } from './database.ts';
import type { Person } from './people.ts';
import { pdf } from './samples.ts';
import { serverForAll } from './server.ts';
import type { Subscription } from './subscription.ts';
import { upload } from './uploads.ts';
import { verifyAction } from './verify.ts';

const server = serverForAll({ nodes: 2 });

const refused = (code: string, data: object = {}) => ({ data: { code, ...data } });
const NO_MESSAGE = refused('NOT_FOUND', { what: 'message' });

const keepFor = (person: Person, conversationId: string, retentionDays: number | null) =>
  person.api.conversations.setRetention.mutate({ conversationId, retentionDays });
const trim = () => trimMessages(server.nodes[0].app);
/** Makes messages, up to this one, two days older. */
const age = (conversationId: string, seq: number) =>
  runSql(
    server.databaseUrl,
    `UPDATE messages SET created_at = created_at - interval '2 days'
     WHERE conversation_id = '${conversationId}' AND seq <= ${seq}`,
  );
const get = async (person: Person, conversationId: string) =>
  (await person.api.conversations.get.query({ conversationId })).conversation;
const seqsOf = async (person: Person, conversationId: string, more: object = {}) =>
  (await person.api.messages.list.query({ conversationId, ...more })).messages.map(({ seq }) => seq);
const send = (person: Person, conversationId: string, more: object) =>
  person.api.messages.send.mutate({ conversationId, text: 'tea', clientMessageId: v7(), ...more });
const told = ({ events }: Subscription, type: string) => events.filter((event) => event.type === type);
/** How many rows of a conversation a table has. */
const rowsOf = async (table: string, conversationId: string) => {
  const [row] = await runSql<{ count: number }>(
    server.databaseUrl,
    `SELECT count(*)::int AS count FROM ${table} WHERE conversation_id = '${conversationId}'`,
  );
  return row!.count;
};

describe('for how long messages are kept', () => {
  test('the owner of a group says, and either of two; a thread has no say of its own', async () => {
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    const group = await alice.startGroup('tea', bob, carol);
    await alice.api.groups.setRole.mutate({ conversationId: group, userId: bob.id, role: 'admin' });
    const stream = await carol.subscribe({ node: 1 });
    for (const other of [bob, carol])
      await expect(keepFor(other, group, 7)).rejects.toMatchObject(refused('FORBIDDEN', { need: 'owner' }));
    expect(await keepFor(alice, group, 7)).toMatchObject({ retentionDays: 7 });
    expect(await keepFor(alice, group, 7)).toMatchObject({ retentionDays: 7 });
    expect(await get(carol, group)).toMatchObject({ retentionDays: 7 });
    expect(await keepFor(alice, group, null)).toMatchObject({ retentionDays: null });
    await stream.when(() => told(stream, 'conversation.updated').length === 2);
    expect(told(stream, 'conversation.updated')).toMatchObject([
      { actorId: alice.id, conversation: { retentionDays: 7 } },
      { actorId: alice.id, conversation: { retentionDays: null } },
    ]);

    const direct = await alice.talkTo(bob);
    for (const [person, days] of [
      [alice, 1],
      [bob, LIMITS.retentionDays],
    ] as const)
      expect(await keepFor(person, direct, days)).toMatchObject({ retentionDays: days });
    for (const days of [0, -1, 1.5, LIMITS.retentionDays + 1])
      await expect(keepFor(alice, direct, days)).rejects.toMatchObject(refused('INVALID_INPUT'));
    await alice.say(direct, 'root');
    const { id } = await alice.api.threads.open.mutate({ conversationId: direct, seq: 1 });
    await expect(keepFor(alice, id, 7)).rejects.toMatchObject(refused('IN_A_THREAD'));
  });

  test('the server says, too, and the shorter time counts', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const [short, long, none] = [
      await alice.startGroup('short', bob),
      await alice.startGroup('long', bob),
      await alice.startGroup('none', bob),
    ];
    await keepFor(alice, short, 1);
    await keepFor(alice, long, 30);
    for (const id of [short, long, none]) {
      await alice.say(id, 'two days old');
      await age(id, 1);
      await alice.say(id, 'new');
    }
    await trim();
    expect(await Promise.all([short, long, none].map((id) => seqsOf(bob, id)))).toEqual([
      [2],
      [1, 2],
      [1, 2],
    ]);
    const { app } = server.nodes[0];
    await trimMessages({ ...app, env: { ...app.env, MESSAGE_RETENTION_DAYS: 2 } });
    expect(await Promise.all([short, long, none].map((id) => seqsOf(bob, id)))).toEqual([[2], [2], [2]]);
  });
});

describe('a message that is too old', () => {
  test('is gone for everybody, with all that there was to it', async () => {
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    const id = await alice.startGroup('tea', bob);
    await alice.api.groups.update.mutate({ conversationId: id, history: 'all' });
    const file = await upload(alice, pdf());
    await send(alice, id, { attachments: [file.id] });
    const second = await send(alice, id, { mentions: { userIds: [bob.id] } });
    await alice.api.messages.edit.mutate({ conversationId: id, seq: 2, text: 'coffee' });
    await bob.api.reactions.add.mutate({ conversationId: id, seq: 2, emoji: '👍' });
    await alice.api.messages.pin.mutate({ conversationId: id, seq: 2 });
    await bob.api.messages.delete.mutate({ conversationId: id, seq: 1, scope: 'me' });
    const thread = await alice.api.threads.open.mutate({ conversationId: id, seq: 2 });
    for (const text of ['three', 'four']) await alice.say(id, text);
    await age(id, 3);
    await keepFor(alice, id, 1);
    const stream = await bob.subscribe({ node: 1 });

    await verifyAction([alice, bob], trim);
    await stream.until(({ type }) => type === 'conversation.trimmed');
    expect(stream.events).toEqual([{ type: 'conversation.trimmed', conversationId: id, seq: 3 }]);
    for (const person of [alice, bob]) {
      for (const where of [{}, { before: 4 }, { before: 2 }, { after: 0 }, { around: 1 }, { around: 4 }])
        expect(await seqsOf(person, id, where), JSON.stringify(where)).toEqual('before' in where ? [] : [4]);
      for (const where of [{}, { after: 0 }, { around: 1 }])
        expect(
          await person.api.messages.list.query({ conversationId: id, limit: 1, ...where }),
        ).toMatchObject({ messages: [{}], from: 4, to: 4, hasMoreBefore: false, hasMoreAfter: false });
      expect((await person.api.messages.pinned.query({ conversationId: id })).messages).toEqual([]);
    }
    expect(await get(bob, id)).toMatchObject({ lastSeq: 4, mentions: [], me: { joinedSeq: 3, readSeq: 3 } });
    expect((await bob.api.sync.unread.query()).conversations).toMatchObject([
      { conversationId: id, unread: 1 },
    ]);
    const place = { conversationId: id, seq: 2 };
    for (const attempt of [
      () => alice.api.messages.edit.mutate({ ...place, text: 'tea' }),
      () => alice.api.messages.delete.mutate({ ...place, scope: 'everyone' }),
      () => bob.api.reactions.add.mutate({ ...place, emoji: '👍' }),
      () => bob.api.threads.open.mutate(place),
      () => bob.api.messages.markRead.mutate({ conversationId: id, messageIds: [second.id] }),
      () => send(bob, id, { replyTo: 2 }),
    ])
      await expect(attempt()).rejects.toMatchObject(NO_MESSAGE);
    await expect(alice.api.files.link.query({ fileId: file.id })).rejects.toMatchObject(refused('NOT_FOUND'));
    await sweepFiles(server.nodes[0].app);
    const { prisma } = server.nodes[0].app.database;
    expect(await prisma.file.count({ where: { id: file.id } })).toBe(0);
    for (const table of ['message_edits', 'reactions', 'hidden_messages', 'attachments'])
      expect(await rowsOf(table, id), table).toBe(0);
    expect(await rowsOf('messages', id)).toBe(1);
    // Whoever follows the thread goes on; who comes now sees what is left.
    await alice.say(thread.id, 'still here');
    await alice.api.groups.addMembers.mutate({ conversationId: id, userIds: [carol.id] });
    expect(await get(carol, id)).toMatchObject({ lastSeq: 4, me: { joinedSeq: 3, readSeq: 4 } });
    expect(await seqsOf(carol, id)).toEqual([4]);
  });

  test('may be the newest; what is said then goes on from there', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const id = await alice.talkTo(bob);
    for (const text of ['one', 'two', 'three']) await alice.say(id, text);
    await bob.api.messages.markRead.mutate({ conversationId: id, seq: 1 });
    await age(id, 3);
    await keepFor(bob, id, 1);
    await verifyAction([alice, bob], trim);
    expect(await get(bob, id)).toMatchObject({
      lastSeq: 3,
      lastMessage: null,
      me: { joinedSeq: 3, readSeq: 3 },
    });
    // How far he had read is not told.
    expect((await get(alice, id)).peer).toMatchObject({ readSeq: 1 });
    const none = await bob.api.messages.list.query({ conversationId: id });
    expect(none).toMatchObject({ messages: [], hasMoreBefore: false, hasMoreAfter: false });
    await verifyAction([alice, bob], () => alice.say(id, 'four'));
    expect(await seqsOf(bob, id)).toEqual([4]);
    const stream = await bob.subscribe();
    await trim();
    await alice.say(id, 'five');
    await stream.until(({ type }) => type === 'message.created');
    expect(told(stream, 'conversation.trimmed')).toEqual([]);
  });

  test('goes however somebody has kept the conversation, and shows it to nobody anew', async () => {
    const [alice, bob, carol, dave] = await server.people.all('alice', 'bob', 'carol', 'dave');
    const id = await alice.startGroup('tea', bob, carol, dave);
    await alice.say(id, 'one');
    // Bob has cleared it; carol, too, and was shown what came then; dave has deleted the newest for himself.
    await carol.api.conversations.clear.mutate({ conversationId: id });
    await alice.say(id, 'two');
    await bob.api.conversations.clear.mutate({ conversationId: id });
    await dave.api.messages.delete.mutate({ conversationId: id, seq: 2, scope: 'me' });
    await alice.say(id, 'three');
    await bob.api.messages.delete.mutate({ conversationId: id, seq: 3, scope: 'me' });
    await alice.api.messages.delete.mutate({ conversationId: id, seq: 3, scope: 'everyone' });
    await age(id, 2);
    await keepFor(alice, id, 1);
    await verifyAction([alice, bob, carol, dave], trim);
    await age(id, 3);
    await verifyAction([alice, bob, carol, dave], trim);
    const listed = async (person: Person) =>
      (await person.api.conversations.list.query({})).conversations.map((view) => view.id);
    expect(await Promise.all([alice, bob, carol, dave].map(listed))).toEqual([[id], [], [id], [id]]);
    const isListed = async (person: Person) =>
      (await person.api.conversations.get.query({ conversationId: id })).isListed;
    expect(await Promise.all([alice, bob, carol, dave].map(isListed))).toEqual([true, false, true, true]);
    await verifyAction([alice, carol, dave], () => alice.say(id, 'four'));
    expect(await Promise.all([alice, bob, carol, dave].map(listed))).toEqual([[id], [id], [id], [id]]);
    expect(await get(bob, id)).toMatchObject({ lastSeq: 4, me: { joinedSeq: 3, readSeq: 3 }, skipped: [] });
  });

  test('goes for both beside a block, and what was withheld with it', async () => {
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    const id = await alice.talkTo(bob);
    await alice.say(id, 'one');
    await bob.say(id, 'two');
    for (const { id: userId } of [alice, carol]) await bob.api.blocks.add.mutate({ userId });
    for (const text of ['withheld', 'withheld too']) await alice.say(id, text);
    const begun = await carol.talkTo(bob);
    await carol.say(begun, 'withheld');
    for (const [person, conversation, seq] of [
      [alice, id, 3],
      [carol, begun, 1],
    ] as const) {
      await keepFor(person, conversation, 1);
      await age(conversation, seq);
    }
    await verifyAction([alice, bob, carol], trim);
    expect([await rowsOf('messages', id), await rowsOf('messages', begun)]).toEqual([1, 0]);
    expect([await seqsOf(alice, id), await seqsOf(bob, id)]).toEqual([[4], []]);
    await verifyAction([alice, bob, carol], async () => {
      for (const { id: userId } of [alice, carol]) await bob.api.blocks.remove.mutate({ userId });
      for (const [person, conversation] of [
        [alice, id],
        [carol, begun],
      ] as const)
        await person.say(conversation, 'heard');
    });
    expect([await seqsOf(bob, id), await seqsOf(bob, begun)]).toEqual([[5], [2]]);
  });

  test('goes in threads for as long as in their parent, and who follows one again sees what is left', async () => {
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    const id = await alice.startGroup('tea', bob, carol);
    await bob.say(id, 'who wants tea?');
    const thread = (await alice.api.threads.open.mutate({ conversationId: id, seq: 1 })).id;
    for (const text of ['I do', 'with milk']) await alice.say(thread, text);
    await age(thread, 1);
    await keepFor(alice, id, 1);
    await verifyAction([alice, bob, carol], trim);
    expect([await seqsOf(bob, id), await seqsOf(bob, thread)]).toEqual([[1], [2]]);
    await verifyAction([alice, bob, carol], () =>
      carol.api.threads.open.mutate({ conversationId: id, seq: 1 }),
    );
    expect(await get(carol, thread)).toMatchObject({ me: { joinedSeq: 1, readSeq: 2 }, lastSeq: 2 });
    await bob.api.threads.unfollow.mutate({ conversationId: thread });
    await age(thread, 2);
    await trim();
    await verifyAction([alice, bob, carol], () =>
      bob.api.threads.open.mutate({ conversationId: id, seq: 1 }),
    );
    expect(await get(bob, thread)).toMatchObject({ me: { joinedSeq: 2, readSeq: 2 }, lastSeq: 2 });
    await verifyAction([alice, bob, carol], () => alice.say(thread, 'there is more'));
    await age(id, 1);
    await verifyAction([alice, bob, carol], trim);
    await verifyAction([alice, bob, carol], () => alice.say(thread, 'and more'));
    expect(await seqsOf(carol, thread)).toEqual([3, 4]);
  });
});

describe('the job', () => {
  /** A group with one message more than a batch, of which the last is new, and with more members than a batch, too. */
  async function crowd() {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const id = await alice.startGroup('crowd', bob);
    await alice.say(id, 'the first');
    await keepFor(alice, id, 1);
    await runSql(
      server.databaseUrl,
      `INSERT INTO messages (id, conversation_id, seq, sender_id, fingerprint, text, created_at)
         SELECT gen_random_uuid(), '${id}', n, '${alice.id}', '', 'old', now() FROM generate_series(2, 1100) n;
       UPDATE conversations SET last_seq = 1100 WHERE id = '${id}';
       INSERT INTO members (conversation_id, user_id, joined_at, joined_seq, read_seq, shown_read_seq)
         SELECT '${id}', gen_random_uuid(), now(), 0, 0, 0 FROM generate_series(1, 700)`,
    );
    await age(id, 1_050);
    return { alice, bob, id };
  }

  test('that is broken off anywhere is done when it is run again, and tells of it once', async () => {
    const { bob, id } = await crowd();
    const { app } = server.nodes[0];
    const stream = await bob.subscribe({ node: 1 });
    let after = 0;
    for (let isDone = false; !isDone; after += 3) {
      let left = after;
      const breaking = <Method extends (...given: never[]) => Promise<unknown>>(method: Method) =>
        ((...given) => {
          left -= 1;
          return left < 0 ? Promise.reject(new Error('the node is gone')) : method(...given);
        }) as Method;
      const query = breaking(app.database.pool.query.bind(app.database.pool) as never);
      const database = {
        ...app.database,
        pool: { query } as never,
        transaction: breaking(app.database.transaction),
      };
      isDone = await trimMessages({ ...app, database }).then(
        () => true,
        () => false,
      );
    }
    expect(after).toBeGreaterThan(12);
    expect(await rowsOf('messages', id)).toBe(50);
    await runSql(
      server.databaseUrl,
      `DELETE FROM members WHERE conversation_id = '${id}' AND joined_seq = 0`,
    );
    expect(await rowsOf('members', id)).toBe(702);
    await bob.say(id, 'the end');
    await stream.until(({ type }) => type === 'message.created');
    expect(told(stream, 'conversation.trimmed')).toEqual([
      { type: 'conversation.trimmed', conversationId: id, seq: 1_050 },
    ]);
    expect((await bob.api.messages.list.query({ conversationId: id, after: 0 })).from).toBe(1_051);
  });

  test('that has run for long leaves the rest to another one', async () => {
    const { bob, id } = await crowd();
    const { app } = server.nodes[0];
    const enqueue = vi.fn(app.jobs.enqueue);
    let now = 0;
    const clock = { now: () => app.clock.now(), elapsed: () => (now += 400_000) };
    await trimMessages({ ...app, clock, jobs: { ...app.jobs, enqueue } });
    expect(enqueue.mock.calls.map(([, name]) => name)).toContain('messages.trim');
    await expect.poll(() => rowsOf('messages', id), { timeout: 15_000 }).toBe(50);
    expect((await bob.api.messages.list.query({ conversationId: id, after: 0 })).from).toBe(1_051);
  });
});
