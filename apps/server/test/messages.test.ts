import { LIMITS } from '@parley/contract';
import { v7 } from 'uuid';
import { describe, expect, test } from 'vitest';
import type { Person } from './people.ts';
import { serverForAll } from './server.ts';

const server = serverForAll({ nodes: 2 });

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n);

describe('pages', () => {
  test('before, after, around and the newest: ranges that join, with what lies beyond them', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    for (const n of range(1, 25)) await alice.say(conversationId, `${n}`);
    const page = async (query: object) => {
      const { messages, cursor, ...rest } = await bob.api.messages.list.query({
        conversationId,
        limit: 10,
        ...query,
      });
      expect(messages.map(({ text }) => Number(text))).toEqual(range(rest.from, rest.to));
      expect(messages.map(({ seq }) => seq)).toEqual(range(rest.from, rest.to));
      return rest;
    };
    expect(await page({})).toEqual({ from: 16, to: 25, hasMoreBefore: true, hasMoreAfter: false });
    expect(await page({ before: 16 })).toEqual({ from: 6, to: 15, hasMoreBefore: true, hasMoreAfter: true });
    expect(await page({ before: 6 })).toEqual({ from: 1, to: 5, hasMoreBefore: false, hasMoreAfter: true });
    expect(await page({ before: 1 })).toMatchObject({ hasMoreBefore: false, hasMoreAfter: true });
    expect(await page({ after: 0 })).toEqual({ from: 1, to: 10, hasMoreBefore: false, hasMoreAfter: true });
    expect(await page({ after: 20 })).toEqual({ from: 21, to: 25, hasMoreBefore: true, hasMoreAfter: false });
    expect(await page({ after: 25 })).toMatchObject({ hasMoreBefore: true, hasMoreAfter: false });
    expect(await page({ around: 12 })).toEqual({ from: 7, to: 16, hasMoreBefore: true, hasMoreAfter: true });
    expect(await page({ around: 2 })).toMatchObject({ from: 1, hasMoreBefore: false });
    expect(await page({ around: 25 })).toEqual({
      from: 16,
      to: 25,
      hasMoreBefore: true,
      hasMoreAfter: false,
    });
    await expect(page({ before: 3, after: 1 })).rejects.toMatchObject({ data: { code: 'INVALID_INPUT' } });
  });

  test('somebody who joined later sees what came after, and has nothing unread', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.startGroup('tea');
    await alice.say(conversationId, 'before');
    await alice.api.groups.addMembers.mutate({ conversationId, userIds: [bob.id] });
    const { conversation } = await bob.api.conversations.get.query({ conversationId });
    expect(conversation).toMatchObject({ lastSeq: 1, lastMessage: null, me: { joinedSeq: 1, readSeq: 1 } });
    await alice.say(conversationId, 'after');
    for (const query of [{}, { after: 0 }, { around: 1 }, { before: 3 }]) {
      const page = await bob.api.messages.list.query({ conversationId, ...query });
      expect(page.messages.map(({ text }) => text)).toEqual(['after']);
      expect(page).toMatchObject({ from: 2, to: 2, hasMoreBefore: false, hasMoreAfter: false });
    }
  });

  test('a page, a send, an event and a bootstrap show the same message', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    const stream = await bob.subscribe();
    const sent = await alice.say(conversationId, 'quote " backslash \\ newline \n emoji 🫖 and \u2028');
    await stream.when(() => stream.events.length === 1);
    const { messages } = await bob.api.messages.list.query({ conversationId });
    const { conversations } = await bob.api.sync.bootstrap.query();
    expect(stream.events).toEqual([{ type: 'message.created', message: sent }]);
    expect(messages).toEqual([sent]);
    expect(conversations[0]!.lastMessage).toEqual(sent);
  });
});

describe('a message to a person', () => {
  const refused = (code: string, data: object = {}) => ({ data: { code, ...data } });
  const send = (from: Person, toUserId: string, text = 'hello', clientMessageId = v7(), node = 0) =>
    from.on(node).messages.send.mutate({ toUserId, text, clientMessageId });

  test('goes into their conversation, which is opened once, whoever writes first', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const [alices, bobs] = [await alice.subscribe(), await bob.subscribe({ node: 1 })];
    const sent = await Promise.all([
      ...range(1, 5).map((n) => send(alice, bob.id, `alice ${n}`, v7(), n % 2)),
      ...range(1, 5).map((n) => send(bob, alice.id, `bob ${n}`, v7(), n % 2)),
    ]);
    const conversationId = await alice.talkTo(bob);
    expect(new Set(sent.map((message) => message.conversationId))).toEqual(new Set([conversationId]));
    expect(sent.map(({ seq }) => seq).toSorted((a, b) => a - b)).toEqual(range(1, 10));
    for (const stream of [alices, bobs]) {
      await stream.when(() => stream.texts.length === 10);
      expect(stream.events[0]).toMatchObject({ type: 'conversation.created' });
      expect(stream.events).toHaveLength(11);
    }
  });

  test('is stored once, however it is addressed, and whatever becomes of the two', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const key = v7();
    const sent = await send(alice, bob.id, 'hello', key);
    const { conversationId } = sent;
    expect(await alice.say(conversationId, 'hello', key)).toEqual(sent);
    const other = refused('IDEMPOTENCY_CONFLICT', { messageId: sent.id });
    await expect(send(alice, bob.id, 'goodbye', key)).rejects.toMatchObject(other);
    await bob.api.settings.update.mutate({ dmPolicy: 'friends' });
    await alice.api.blocks.add.mutate({ userId: bob.id });
    expect(await send(alice, bob.id, 'hello', key)).toEqual(sent);
    await expect(send(alice, bob.id, 'more')).rejects.toMatchObject(refused('PERSON_BLOCKED'));
    const { password } = bob.credentials;
    await bob.api.auth.deleteAccount.mutate({ password, messages: 'keep' });
    expect(await send(alice, bob.id, 'hello', key)).toEqual(sent);
    await expect(alice.talkTo(bob)).rejects.toMatchObject(refused('NOT_FOUND', { what: 'user' }));
  });

  test('who does not want it, or is not there, is as for whoever opens the conversation', async () => {
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    await bob.api.settings.update.mutate({ dmPolicy: 'friends' });
    await alice.api.blocks.add.mutate({ userId: carol.id });
    for (const [userId, refusal] of [
      [alice.id, refused('NOT_YOURSELF')],
      [v7(), refused('NOT_FOUND', { what: 'user' })],
      [bob.id, refused('REFUSED_BY_SETTINGS', { userId: bob.id })],
      [carol.id, refused('PERSON_BLOCKED')],
    ] as const)
      await expect(send(alice, userId)).rejects.toMatchObject(refusal);
    expect((await alice.api.conversations.list.query({})).conversations).toEqual([]);
    const message = { text: 'hello', clientMessageId: v7() };
    for (const to of [{}, { toUserId: carol.id, conversationId: v7() }])
      await expect(alice.api.messages.send.mutate({ ...to, ...message })).rejects.toMatchObject(
        refused('INVALID_INPUT'),
      );
    // Whoever is blocked does not notice.
    const { conversationId } = await send(carol, alice.id);
    const lost = alice.api.conversations.get.query({ conversationId });
    await expect(lost).rejects.toMatchObject(refused('NOT_FOUND', { what: 'conversation' }));
  });

  test('brings back a conversation that was cleared', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const { conversationId } = await send(alice, bob.id, 'before');
    for (const { api } of [alice, bob]) await api.conversations.clear.mutate({ conversationId });
    expect(await send(alice, bob.id, 'after')).toMatchObject({ conversationId, seq: 2 });
    for (const { api } of [alice, bob])
      expect((await api.conversations.list.query({})).conversations).toMatchObject([
        { id: conversationId, lastMessage: { text: 'after' }, me: { joinedSeq: 1 } },
      ]);
  });
});

describe('S59, S60: text', () => {
  test.each([
    ['the longest', 'ä'.repeat(LIMITS.messageText), true],
    ['the longest, of characters with two units', '🫖'.repeat(LIMITS.messageText), true],
    ['one more', 'a'.repeat(LIMITS.messageText + 1), false],
    ['a megabyte', 'a'.repeat(900_000), false],
    ['nothing', '', false],
    ['white space', ' \n\t', false],
    ['zero width', '\u200b\u200d\ufeff', false],
    ['NUL', 'a\0b', false],
    ['a lone surrogate', 'a\ud800b', false],
    ['right to left, joined emoji, many accents', `\u202eabc 👩‍👩‍👧 ${'e\u0301'.repeat(50)}`, true],
    ['markup', '<script>alert(1)</script>', true],
  ])('%s', async (_, text, taken) => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversation = await alice.talkTo(bob);
    const sending = alice.say(conversation, text);
    if (taken) expect((await sending).text).toBe(text);
    else
      await expect(sending).rejects.toMatchObject({
        data: { code: 'INVALID_INPUT', issues: [{ path: 'text' }] },
      });
    const { messages } = await bob.api.messages.list.query({ conversationId: conversation });
    expect(messages.map((message) => message.text)).toEqual(taken ? [text] : []);
  });
});

test('S64 markup comes back byte for byte, as data that no browser takes for a page', async () => {
  const [alice, bob] = await server.people.all('alice', 'bob');
  const conversationId = await alice.talkTo(bob);
  const text = `"><script>alert(1)</script>&lt;img src=x onerror='alert(2)'>\u2028\u202e`;
  await alice.say(conversationId, text);
  const input = encodeURIComponent(JSON.stringify({ json: { conversationId } }));
  const answer = await fetch(`${server.nodes[0].url}/trpc/messages.list?input=${input}`, {
    headers: { authorization: `Bearer ${bob.tokens.accessToken}` },
  });
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  expect(JSON.parse(await answer.text())).toMatchObject({
    result: { data: { json: { messages: [{ text }] } } },
  });
});

describe('read marks', () => {
  test('move forward, stop at the last message, and reach everybody; sending moves one’s own', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    for (const text of ['one', 'two', 'three']) await alice.say(conversationId, text);
    const mine = async () =>
      (await bob.api.conversations.get.query({ conversationId })).conversation.me.readSeq;
    expect(await mine()).toBe(0);
    const { cursor } = await alice.api.sync.bootstrap.query();
    const stream = await alice.subscribe({ node: 1, cursor });
    const mark = (seq: number) => bob.api.messages.markRead.mutate({ conversationId, seq });
    expect(await mark(2)).toEqual({ readSeq: 2 });
    expect(await mark(1)).toEqual({ readSeq: 2 });
    expect(await mark(99)).toEqual({ readSeq: 3 });
    await stream.when(() => stream.events.length === 2);
    expect(stream.events).toEqual(
      [2, 3].map((readSeq) => ({
        type: 'receipt.read',
        conversationId,
        marks: [{ userId: bob.id, readSeq }],
      })),
    );
    await alice.say(conversationId, 'four');
    await bob.say(conversationId, 'five');
    expect(await mine()).toBe(5);
  });

  test('many readers at once make one write and one event', async () => {
    const [alice, ...readers] = await server.people.all('alice', 'bob', 'carol', 'dave', 'erin', 'frank');
    const conversationId = await alice.startGroup('tea', ...readers);
    await alice.say(conversationId, 'hello');
    const stream = await alice.subscribe();
    const answers = await Promise.all(
      readers.map((reader) => reader.api.messages.markRead.mutate({ conversationId, seq: 1 })),
    );
    expect(answers).toEqual(readers.map(() => ({ readSeq: 1 })));
    await stream.when(() => stream.events.length > 0);
    const [event] = stream.events;
    expect(event?.type === 'receipt.read' && event.marks.map(({ userId }) => userId).sort()).toEqual(
      readers.map(({ id }) => id).sort(),
    );
    const { rows } = await server.nodes[0].app.database.pool.query(
      "SELECT FROM events WHERE type = 'receipt.read' AND topic = $1",
      [conversationId],
    );
    expect(rows).toHaveLength(1);
  });

  test('S49, S50: not in a conversation that is not theirs, and never backwards', async () => {
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    const conversationId = await alice.talkTo(bob);
    await alice.say(conversationId, 'hello');
    const { messages } = carol.api;
    await expect(messages.markRead.mutate({ conversationId, seq: 1 })).rejects.toMatchObject({
      data: { code: 'NOT_FOUND' },
    });
    await expect(messages.markRead.mutate({ conversationId: v7(), seq: 1 })).rejects.toMatchObject({
      data: { code: 'NOT_FOUND' },
    });
    await expect(bob.api.messages.markRead.mutate({ conversationId, seq: -1 })).rejects.toMatchObject({
      data: { code: 'INVALID_INPUT' },
    });
  });
});
