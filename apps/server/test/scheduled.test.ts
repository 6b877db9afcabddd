import { LIMITS, messageId } from '@parley/contract';
import { v7 } from 'uuid';
import { describe, expect, test } from 'vitest';
import { sweepFiles } from '../src/files/sweep.ts';
import { sendScheduled } from '../src/scheduled/deliver.ts';
import { LEASE, takeDue } from '../src/scheduled/due.ts';
import { appoint } from './appoint.ts';
import { runSql } from './database.ts';
import type { Person } from './people.ts';
import { pdf } from './samples.ts';
import { schedule } from './schedules.ts';
import { ManualClock, serverForAll, testServer } from './server.ts';
import { upload } from './uploads.ts';
import { verifyAction } from './verify.ts';

const clock = new ManualClock();
/** Sessions outlast the hours for which the clock is moved. */
const env = { ACCESS_TOKEN_SECONDS: '8640000' };
const server = serverForAll({ nodes: 2, clock, env });
const app = () => server.nodes[0].app;

const HOUR = 3_600_000;
const after = (milliseconds: number) => new Date(clock.now().getTime() + milliseconds).toISOString();
const inAnHour = () => after(HOUR);

const refused = (code: string, data: object = {}) => ({ data: { code, ...data } });
const unknown = refused('NOT_FOUND', { what: 'scheduled' });

const scheduleAt = (by: Person, conversationId: string, text: string, more: object = {}) =>
  schedule(by, conversationId, text, { sendAt: inAnHour(), ...more });
const listOf = async (person: Person) => (await person.api.scheduled.list.query()).scheduled;
const messagesOf = async (person: Person, conversationId: string) =>
  (await person.api.messages.list.query({ conversationId })).messages;
const textsOf = async (person: Person, conversationId: string) =>
  (await messagesOf(person, conversationId)).map(({ text }) => text);

/** Waits until nothing of somebody's waits any more. */
const settled = (person: Person) =>
  expect
    .poll(async () => (await listOf(person)).filter(({ failure }) => !failure), { timeout: 15_000 })
    .toEqual([]);

async function pair() {
  const [alice, bob] = await server.people.all('alice', 'bob');
  return { alice, bob, conversationId: await alice.startGroup('tea', bob) };
}

describe('when its time comes', () => {
  test('it is a message as any other, and nobody knew of it before', async () => {
    const { alice, bob, conversationId } = await pair();
    await bob.say(conversationId, 'tea?');
    const phone = await (await alice.anotherDevice()).subscribe({ node: 1 });
    const bobs = await bob.subscribe({ node: 1 });
    const clientMessageId = v7();
    const mentions = { userIds: [bob.id] };
    const scheduled = await scheduleAt(alice, conversationId, 'tea!', {
      clientMessageId,
      mentions,
      replyTo: 1,
    });
    expect(scheduled).toMatchObject({ text: 'tea!', mentions, replyTo: 1, conversationId });
    expect(scheduled.id).toBe(messageId(alice.id, clientMessageId));
    const { data: told } = await phone.until(({ type }) => type === 'scheduled.updated');
    expect(told).toEqual({ type: 'scheduled.updated', scheduled });
    expect((await alice.api.sync.bootstrap.query()).scheduled).toEqual([scheduled]);
    expect((await bob.api.sync.bootstrap.query()).scheduled).toEqual([]);

    clock.advance(HOUR - 1);
    await takeDue(app());
    expect(await listOf(alice)).toEqual([scheduled]);
    clock.advance(1);
    const { data: sent } = await bobs.until(({ type }) => type === 'message.created');
    expect(sent).toMatchObject({ message: { id: scheduled.id, seq: 2, text: 'tea!', mentions, replyTo: 1 } });
    const { data: gone } = await phone.until(({ type }) => type === 'scheduled.removed');
    expect(gone).toEqual({ type: 'scheduled.removed', id: scheduled.id, sentSeq: 2 });
    expect(await listOf(alice)).toEqual([]);
    expect(bobs.events.filter(({ type }) => type.startsWith('scheduled'))).toEqual([]);
    expect(await messagesOf(alice, conversationId)).toMatchObject([
      { text: 'tea?' },
      { text: 'tea!', createdAt: clock.now().toISOString() },
    ]);
  });

  test('what several people have scheduled is sent once, each in its order, whatever node looks', async () => {
    const { alice, bob, conversationId } = await pair();
    const stream = await alice.subscribe();
    const numbers = Array.from({ length: 6 }, (_, n) => n);
    for (const n of numbers.toReversed())
      for (const [name, person] of Object.entries({ alice, bob }))
        await scheduleAt(person, conversationId, `${name} ${n}`, { sendAt: after(60_000 + n) });
    clock.advance(60_100);
    await Promise.all(server.nodes.flatMap(({ app }) => [takeDue(app), takeDue(app)]));
    await Promise.all([settled(alice), settled(bob)]);
    const texts = await textsOf(alice, conversationId);
    for (const name of ['alice', 'bob'])
      expect(texts.filter((text) => text.startsWith(name))).toEqual(numbers.map((n) => `${name} ${n}`));
    await alice.say(conversationId, 'the end');
    await stream.when(() => stream.texts.includes('the end'));
    expect(stream.events.filter(({ type }) => type === 'scheduled.removed')).toHaveLength(numbers.length);
  });

  test('in slow mode it is sent as soon as its author may write again', async () => {
    const { alice, bob, conversationId } = await pair();
    await alice.api.groups.update.mutate({ conversationId, slowModeSeconds: 60 });
    for (const text of ['one', 'two']) await scheduleAt(bob, conversationId, text);
    clock.advance(HOUR);
    await expect.poll(() => textsOf(bob, conversationId), { timeout: 15_000 }).toHaveLength(1);
    await expect
      .poll(() =>
        runSql(
          server.databaseUrl,
          `SELECT 1 FROM scheduled_messages WHERE user_id = '${bob.id}' AND sending`,
        ),
      )
      .toEqual([]);
    expect(await listOf(bob)).toHaveLength(1);
    clock.advance(60_000);
    await settled(bob);
    expect(await textsOf(bob, conversationId)).toEqual(['one', 'two']);
  });

  test('somebody who is blocked sends it to nobody, as ever', async () => {
    const { alice, bob } = await pair();
    const direct = await alice.talkTo(bob);
    await scheduleAt(alice, direct, 'are you there?');
    await bob.api.blocks.add.mutate({ userId: alice.id });
    clock.advance(HOUR);
    await settled(alice);
    expect(await textsOf(alice, direct)).toEqual(['are you there?']);
    expect(await textsOf(bob, direct)).toEqual([]);
  });
});

describe('a node that dies', () => {
  test('before it has sent anything: another one does, late and in order', async () => {
    const time = new ManualClock();
    await using alone = await testServer({ clock: time, env });
    const [alice, bob] = await alone.people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    for (const n of [3, 1, 2]) {
      const sendAt = new Date(time.now().getTime() + n * 60_000).toISOString();
      await schedule(alice, conversationId, `${n}`, { sendAt });
    }
    await alone.nodes[0].close();
    alone.nodes.shift();
    time.advance(HOUR);
    await alone.addNode();
    const later = alice.api;
    await expect
      .poll(async () => (await later.scheduled.list.query()).scheduled, { timeout: 15_000 })
      .toEqual([]);
    const { messages } = await later.messages.list.query({ conversationId });
    expect(messages.map(({ text }) => text)).toEqual(['1', '2', '3']);
  });

  test('with its job in its hands: it is due again', async () => {
    const { alice, conversationId } = await pair();
    await scheduleAt(alice, conversationId, 'tea');
    clock.advance(HOUR);
    // It takes the message, and nobody runs its job.
    await takeDue({ ...app(), jobs: { ...app().jobs, enqueue: async () => {} } });
    clock.advance(LEASE);
    await settled(alice);
    expect(await textsOf(alice, conversationId)).toEqual(['tea']);
  });

  test('between sending and noting it: it is not sent again, whatever became of it since', async () => {
    const { alice, bob, conversationId } = await pair();
    const keys = [v7(), v7(), v7()];
    const { id: fileId } = await upload(bob, pdf());
    const contents = [
      { text: 'kept' },
      { text: 'deleted' },
      { attachments: [fileId], metadata: { b: 1, a: 2 } },
    ];
    for (const [at, clientMessageId] of keys.entries()) {
      const content = { conversationId, clientMessageId, ...contents[at] };
      await bob.api.scheduled.create.mutate({ ...content, sendAt: inAnHour() });
      await bob.api.messages.send.mutate(content);
    }
    await bob.api.messages.delete.mutate({ conversationId, seq: 2, scope: 'everyone' });
    await alice.api.groups.removeMember.mutate({ conversationId, userId: bob.id });
    const stream = await bob.subscribe();
    clock.advance(HOUR);
    await stream.when(() => stream.events.length === 3);
    const removed = keys.map((key, at) => ({ id: messageId(bob.id, key), sentSeq: at + 1 }));
    expect(new Set(stream.events)).toEqual(
      new Set(removed.map((one) => ({ type: 'scheduled.removed', ...one }))),
    );
    expect(await messagesOf(alice, conversationId)).toHaveLength(3);
  });
});

describe('what cannot be sent any more', () => {
  const failuresOf = async (person: Person) =>
    (await listOf(person)).map(({ text, failure }) => [text, failure]);

  test('is kept with the reason, until its author changes it or takes it away', async () => {
    const { alice, bob, conversationId } = await pair();
    const direct = await bob.talkTo(alice);
    const file = await upload(bob, pdf());
    await alice.say(direct, 'hello');
    await scheduleAt(bob, direct, 'to whom I have blocked');
    await scheduleAt(bob, conversationId, 'out of the group');
    const group = await alice.startGroup('coffee', bob);
    await scheduleAt(bob, group, 'an answer to nothing', { replyTo: 9 });
    await scheduleAt(bob, group, 'to everyone', { mentions: { userIds: [], everyone: true } });
    await scheduleAt(bob, group, 'with a file', { attachments: [file.id] });
    const taken = await scheduleAt(bob, group, 'a key that was used');
    const clientMessageId = messageId(bob.id, taken.id);
    await bob.say(group, 'for this', clientMessageId);
    await bob.api.messages.send.mutate({
      conversationId: group,
      attachments: [file.id],
      clientMessageId: v7(),
    });
    await bob.api.blocks.add.mutate({ userId: alice.id });
    await alice.api.groups.removeMember.mutate({ conversationId, userId: bob.id });
    clock.advance(HOUR);
    await verifyAction([bob], () => settled(bob));
    expect(new Map((await failuresOf(bob)) as [string, string][])).toEqual(
      new Map([
        ['to whom I have blocked', 'PERSON_BLOCKED'],
        ['out of the group', 'NOT_FOUND'],
        ['an answer to nothing', 'NOT_FOUND'],
        ['to everyone', 'FORBIDDEN'],
        ['with a file', 'NOT_FOUND'],
        ['a key that was used', 'IDEMPOTENCY_CONFLICT'],
      ]),
    );
    // It is not tried again by itself.
    await bob.api.blocks.remove.mutate({ userId: alice.id });
    await alice.api.groups.addMembers.mutate({ conversationId, userIds: [bob.id] });
    clock.advance(HOUR);
    await takeDue(app());
    const failed = await listOf(bob);
    expect(failed).toHaveLength(6);
    const { id } = failed.find(({ text }) => text === 'out of the group')!;
    const again = await bob.api.scheduled.update.mutate({ id, text: 'in again', sendAt: inAnHour() });
    expect(again).not.toHaveProperty('failure');
    for (const one of failed) if (one.id !== id) await bob.api.scheduled.cancel.mutate({ id: one.id });
    clock.advance(HOUR);
    await settled(bob);
    expect(await listOf(bob)).toEqual([]);
    expect(await textsOf(bob, conversationId)).toEqual(['in again']);
  });

  test('is what somebody would have said who is banned by then', async () => {
    const { alice, bob, conversationId } = await pair();
    await appoint(server, alice, 'MODERATOR');
    const { id } = await scheduleAt(bob, conversationId, 'spam');
    await alice.api.admin.ban.mutate({ userId: bob.id, until: after(2 * HOUR) });
    clock.advance(HOUR);
    await expect
      .poll(() => runSql(server.databaseUrl, `SELECT failure FROM scheduled_messages WHERE id = '${id}'`), {
        timeout: 15_000,
      })
      .toEqual([{ failure: 'BANNED' }]);
    expect(await textsOf(alice, conversationId)).toEqual([]);
  });

  test('goes with the account', async () => {
    const { alice, bob, conversationId } = await pair();
    const { id } = await scheduleAt(bob, conversationId, 'not sent');
    const stream = await alice.subscribe();
    const { password } = bob.credentials;
    await bob.api.auth.deleteAccount.mutate({ password, messages: 'keep' });
    await stream.until(({ type }) => type === 'member.left');
    expect(await runSql(server.databaseUrl, `SELECT 1 FROM scheduled_messages WHERE id = '${id}'`)).toEqual(
      [],
    );
  });

  test('and nothing is sent for an account that is gone, if it is due before its job has run', async () => {
    const { bob, conversationId } = await pair();
    const { id } = await scheduleAt(bob, conversationId, 'not sent');
    await runSql(
      server.databaseUrl,
      `UPDATE scheduled_messages SET sending = true WHERE id = '${id}';
       UPDATE users SET deleted_at = now() WHERE id = '${bob.id}'`,
    );
    await sendScheduled(app(), { userId: bob.id });
    expect(await runSql(server.databaseUrl, `SELECT 1 FROM messages WHERE id = '${id}'`)).toEqual([]);
  });
});

describe('to schedule', () => {
  test('under the same key again gives the same; anything else under it is refused', async () => {
    const { alice, conversationId } = await pair();
    const input = { conversationId, text: 'tea', clientMessageId: v7(), sendAt: inAnHour() };
    const first = await alice.api.scheduled.create.mutate(input);
    expect(await alice.api.scheduled.create.mutate(input)).toEqual(first);
    const conflict = refused('IDEMPOTENCY_CONFLICT', { messageId: first.id });
    for (const other of [{ text: 'coffee' }, { sendAt: after(2 * HOUR) }, { replyTo: 1 }])
      await expect(alice.api.scheduled.create.mutate({ ...input, ...other })).rejects.toMatchObject(conflict);
    const changed = await alice.api.scheduled.update.mutate({
      id: first.id,
      text: 'milk',
      sendAt: inAnHour(),
    });
    expect(await alice.api.scheduled.create.mutate(input)).toEqual(changed);
    await alice.api.scheduled.sendNow.mutate({ id: first.id });
    await expect(alice.api.scheduled.create.mutate(input)).rejects.toMatchObject(conflict);
  });

  test('for ten seconds to a year ahead, in a conversation of one’s own, with files of one’s own', async () => {
    const { alice, bob, conversationId } = await pair();
    const issues = [{ path: 'sendAt', message: 'ten seconds to a year ahead' }];
    const { id } = await scheduleAt(alice, conversationId, 'tea');
    for (const sendAt of [after(-1), after(9_999), after(365 * 24 * HOUR + 1)]) {
      const wrong = refused('INVALID_INPUT', { issues });
      await expect(scheduleAt(alice, conversationId, 'tea', { sendAt })).rejects.toMatchObject(wrong);
      const moving = alice.api.scheduled.update.mutate({ id, text: 'tea', sendAt });
      await expect(moving).rejects.toMatchObject(wrong);
    }
    for (const sendAt of [after(10_000), after(365 * 24 * HOUR)]) {
      const one = await scheduleAt(alice, conversationId, 'tea', { sendAt });
      await alice.api.scheduled.cancel.mutate({ id: one.id });
    }
    const { id: fileId } = await upload(bob, pdf());
    for (const [conversation, more, what] of [
      [v7(), {}, 'conversation'],
      [await bob.startGroup('coffee'), {}, 'conversation'],
      [conversationId, { attachments: [fileId] }, 'file'],
      [conversationId, { attachments: [v7()] }, 'file'],
    ] as const)
      await expect(scheduleAt(alice, conversation, 'tea', more)).rejects.toMatchObject(
        refused('NOT_FOUND', { what }),
      );
    const nothing = { conversationId, clientMessageId: v7(), sendAt: inAnHour() };
    await expect(alice.api.scheduled.create.mutate(nothing)).rejects.toMatchObject(refused('INVALID_INPUT'));
  });

  test('a hundred messages, and no more', async () => {
    const { alice, conversationId } = await pair();
    const { id } = await scheduleAt(alice, conversationId, 'the first');
    await runSql(
      server.databaseUrl,
      `INSERT INTO scheduled_messages SELECT gen_random_uuid(), user_id, conversation_id, '', text, extras, send_at,
         due_at, false, NULL, created_at, updated_at
       FROM scheduled_messages, generate_series(3, ${LIMITS.scheduled}) WHERE id = '${id}'`,
    );
    // Of two at once one is too many.
    const both = ['one', 'two'].map((text) => scheduleAt(alice, conversationId, text));
    const answers = await Promise.allSettled(both);
    const limit = { what: 'scheduled', limit: LIMITS.scheduled };
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(answers).toContainEqual({
      status: 'rejected',
      reason: expect.objectContaining({ data: expect.objectContaining({ code: 'TOO_MANY', ...limit }) }),
    });
    await runSql(server.databaseUrl, `DELETE FROM scheduled_messages WHERE user_id = '${alice.id}'`);
  });
});

describe('until then', () => {
  test('it can be changed and taken away by its author, and by nobody else', async () => {
    const { alice, bob, conversationId } = await pair();
    const { id, createdAt } = await scheduleAt(alice, conversationId, 'tea', {
      replyTo: 1,
      metadata: { kind: 'tea' },
    });
    for (const call of [
      () => bob.api.scheduled.cancel.mutate({ id }),
      () => bob.api.scheduled.sendNow.mutate({ id }),
      () => bob.api.scheduled.update.mutate({ id, text: 'mine', sendAt: inAnHour() }),
    ])
      await expect(call()).rejects.toMatchObject(unknown);
    clock.advance(1_000);
    const sendAt = after(2 * HOUR);
    const changed = await alice.api.scheduled.update.mutate({ id, text: 'coffee', sendAt });
    const updatedAt = clock.now().toISOString();
    expect(changed).toEqual({ id, conversationId, text: 'coffee', sendAt, createdAt, updatedAt });
    clock.advance(HOUR);
    await takeDue(app());
    expect(await listOf(alice)).toEqual([changed]);
    expect(await alice.api.scheduled.cancel.mutate({ id })).toBeNull();
    await expect(alice.api.scheduled.cancel.mutate({ id })).rejects.toMatchObject(unknown);
    clock.advance(HOUR);
    await takeDue(app());
    await sendScheduled(app(), { userId: alice.id });
    expect(await textsOf(bob, conversationId)).toEqual([]);
  });

  test('while it is being sent it stays as it is', async () => {
    const { alice, conversationId } = await pair();
    const { id } = await scheduleAt(alice, conversationId, 'tea');
    await runSql(server.databaseUrl, `UPDATE scheduled_messages SET sending = true WHERE id = '${id}'`);
    for (const call of [
      () => alice.api.scheduled.cancel.mutate({ id }),
      () => alice.api.scheduled.sendNow.mutate({ id }),
      () => alice.api.scheduled.update.mutate({ id, text: 'coffee', sendAt: inAnHour() }),
    ])
      await expect(call()).rejects.toMatchObject(unknown);
    await sendScheduled(app(), { userId: alice.id });
    expect(await textsOf(alice, conversationId)).toEqual(['tea']);
  });

  test('it can be sent at once; refused, it waits as before', async () => {
    const { alice, bob } = await pair();
    const conversationId = await alice.talkTo(bob);
    const scheduled = await scheduleAt(alice, conversationId, 'tea');
    await alice.api.blocks.add.mutate({ userId: bob.id });
    const sending = alice.api.scheduled.sendNow.mutate({ id: scheduled.id });
    await expect(sending).rejects.toMatchObject(refused('PERSON_BLOCKED'));
    expect(await listOf(alice)).toEqual([scheduled]);
    await alice.api.blocks.remove.mutate({ userId: bob.id });
    const message = await alice.api.scheduled.sendNow.mutate({ id: scheduled.id });
    expect(message).toMatchObject({ id: scheduled.id, text: 'tea', seq: 1 });
    expect(await listOf(alice)).toEqual([]);
    clock.advance(HOUR);
    await takeDue(app());
    expect(await messagesOf(bob, conversationId)).toEqual([message]);
  });

  test('its files are kept, and can be used for a day when it is taken away', async () => {
    const { alice, bob, conversationId } = await pair();
    const isThere = async (id: string) => (await app().database.prisma.file.count({ where: { id } })) === 1;
    const [file, other] = [await upload(alice, pdf()), await upload(alice, pdf())];
    const sendAt = after(30 * HOUR);
    const { id } = await scheduleAt(alice, conversationId, 'tea', { sendAt, attachments: [file.id] });
    clock.advance(26 * HOUR);
    await sweepFiles(app());
    expect([await isThere(file.id), await isThere(other.id)]).toEqual([true, false]);
    const changed = await upload(alice, pdf());
    const files = { attachments: [changed.id] };
    const update = await alice.api.scheduled.update.mutate({ id, sendAt, ...files });
    expect(update).toMatchObject({ text: '', attachments: [changed] });
    clock.advance(3 * HOUR);
    await sweepFiles(app());
    expect(await isThere(file.id)).toBe(true);
    clock.advance(HOUR);
    await settled(alice);
    expect(await messagesOf(bob, conversationId)).toMatchObject([{ attachments: [changed] }]);
    clock.advance(22 * HOUR);
    await sweepFiles(app());
    expect([await isThere(file.id), await isThere(changed.id)]).toEqual([false, true]);
  });

  test('no word of it is in the log, nor in what is left for later', async () => {
    const { alice, conversationId } = await pair();
    const stream = await alice.subscribe();
    const secret = 'a secret for later';
    await scheduleAt(alice, conversationId, secret);
    await stream.until(({ type }) => type === 'scheduled.updated');
    const rows = await runSql(
      server.databaseUrl,
      `SELECT refs::text AS kept FROM events UNION ALL SELECT data::text FROM pgboss.job`,
    );
    expect(JSON.stringify(rows)).not.toContain(secret);
  });
});
