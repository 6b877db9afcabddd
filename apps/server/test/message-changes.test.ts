import { LIMITS, type Message } from '@parley/contract';
import { v7 } from 'uuid';
import { describe, expect, test } from 'vitest';
import { appoint } from './appoint.ts';
import { runSql } from './database.ts';
import type { Person } from './people.ts';
import { ManualClock, serverForAll, type TestServer, testServer } from './server.ts';

const refused = (code: string, data: object = {}) => ({ data: { code, ...data } });

type Content = Omit<Parameters<Person['api']['messages']['send']['mutate']>[0], 'clientMessageId'>;

const send = (by: Person, content: Content): Promise<Message> =>
  by.api.messages.send.mutate({ clientMessageId: v7(), ...content });

const listed = async (by: Person, conversationId: string): Promise<Message[]> =>
  (await by.api.messages.list.query({ conversationId })).messages;

async function viewOf(person: Person, conversationId: string) {
  const { conversations } = await person.api.sync.bootstrap.query();
  return conversations.find(({ id }) => id === conversationId);
}

const forAll = serverForAll({ nodes: 2 });

/** Two people in a group of the first, who both hear of everything. */
async function pair(server: TestServer = forAll) {
  const [alice, bob] = await server.people.all('alice', 'bob');
  const conversationId = await alice.startGroup('tea', bob);
  const stream = await bob.subscribe({ node: server.nodes.length - 1 });
  return {
    server,
    alice,
    bob,
    conversationId,
    stream,
  };
}

describe('a message', () => {
  test('answers, mentions, carries the application’s data, and is the same wherever it is read', async () => {
    const world = await pair();
    const { alice, bob, conversationId, stream } = world;
    const { seq: replyTo } = await alice.say(conversationId, 'tea?');
    const extras = {
      replyTo,
      mentions: { userIds: [alice.id, bob.id], everyone: true as const },
      metadata: { order: 7, tags: ['a', null, { deep: 1.5 }], text: 'naïve “✓”' },
    };
    const sent = await send(alice, { conversationId, text: '@all yes', ...extras });
    expect(sent).toMatchObject({ text: '@all yes', seq: 2, ...extras });
    await stream.when(() => stream.texts.length === 2);
    expect(stream.events.at(-1)).toEqual({ type: 'message.created', message: sent });
    expect((await listed(bob, conversationId)).at(-1)).toEqual(sent);
    expect((await viewOf(bob, conversationId))?.lastMessage).toEqual(sent);
    const { cursor } = stream.received[0] ? { cursor: stream.received[0].id } : { cursor: '' };
    const resumed = await bob.subscribe({ cursor });
    expect(resumed.events.at(-1)).toEqual({ type: 'message.created', message: sent });
  });

  test('that is encrypted is passed on as it came, and has no text', async () => {
    const world = await pair();
    const { alice, bob, conversationId } = world;
    const ciphertext = Buffer.alloc(LIMITS.ciphertext, 7).toString('base64');
    const sent = await send(alice, { conversationId, ciphertext });
    expect(sent).toMatchObject({ text: '', ciphertext });
    expect(await listed(bob, conversationId)).toEqual([sent]);
    const { api } = alice;
    const forwarding = api.messages.forward.mutate({
      from: { conversationId, seq: 1 },
      conversationId,
      clientMessageId: v7(),
    });
    await expect(forwarding).rejects.toMatchObject(refused('NOT_FOUND', { what: 'message' }));
    const tooLong = Buffer.alloc(LIMITS.ciphertext + 3).toString('base64');
    for (const bad of [{}, { text: 'a', ciphertext }, { ciphertext: tooLong }, { ciphertext: 'no base64!' }])
      await expect(send(alice, { conversationId, ...bad })).rejects.toMatchObject(refused('INVALID_INPUT'));
  });

  test('answers and mentions only what its sender sees; everyone is called by owner and admins', async () => {
    const world = await pair();
    const { server, alice, bob, conversationId } = world;
    const carol = await server.people.join('carol');
    await alice.say(conversationId, 'before carol');
    await alice.api.groups.addMembers.mutate({ conversationId, userIds: [carol.id] });
    const stranger = await server.people.join('stranger');
    const noMessage = refused('NOT_FOUND', { what: 'message' });
    for (const replyTo of [1, 2, 99])
      await expect(send(carol, { conversationId, text: 'what?', replyTo })).rejects.toMatchObject(noMessage);
    const mentioning = (by: Person, mentions: Content['mentions']) =>
      send(by, { conversationId, text: 'you!', mentions });
    await expect(mentioning(bob, { userIds: [stranger.id] })).rejects.toMatchObject(
      refused('NOT_FOUND', { what: 'member' }),
    );
    await expect(mentioning(bob, { userIds: [], everyone: true })).rejects.toMatchObject(
      refused('FORBIDDEN', { need: 'admin' }),
    );
    expect(await mentioning(alice, { userIds: [], everyone: true })).toHaveProperty('mentions');
    const tooMany = Array.from({ length: LIMITS.mentions + 1 }, () => v7());
    await expect(mentioning(alice, { userIds: tooMany })).rejects.toMatchObject(refused('INVALID_INPUT'));
    expect(await mentioning(alice, { userIds: [] })).not.toHaveProperty('mentions');
  });

  test.each([
    ['too much', { a: 'x'.repeat(LIMITS.metadata) }],
    ['no text', { a: 'a\0' }],
    ['a lone surrogate', { a: { '\ud800': 1 } }],
    ['a number that takes 300 digits', { a: [1e300] }],
    ['a number that takes 300 zeros', { a: [1e-300] }],
  ])('does not carry %s', async (_, metadata) => {
    const world = await pair();
    const { alice, conversationId } = world;
    await expect(send(alice, { conversationId, text: 'a', metadata })).rejects.toMatchObject(
      refused('INVALID_INPUT'),
    );
  });

  test('sent again under its key is itself, also with other extras refused', async () => {
    const world = await pair();
    const { alice, conversationId } = world;
    const clientMessageId = v7();
    const mutate = (metadata: Content['metadata']) =>
      alice.api.messages.send.mutate({ conversationId, clientMessageId, text: 'a', metadata });
    const sent = await mutate({ n: 1 });
    expect(await mutate({ n: 1 })).toEqual(sent);
    await expect(mutate({ n: 2 })).rejects.toMatchObject(refused('IDEMPOTENCY_CONFLICT'));
    await expect(mutate(undefined)).rejects.toMatchObject(refused('IDEMPOTENCY_CONFLICT'));
  });

  test('is forwarded with its first sender’s name to it, by whoever sees both conversations', async () => {
    const world = await pair();
    const { server, alice, bob, conversationId } = world;
    const carol = await server.people.join('carol');
    const direct = await bob.talkTo(carol);
    const { createdAt } = await send(alice, { conversationId, text: 'secret', metadata: { n: 1 } });
    const forward = (by: Person, from: string, to: string) =>
      by.api.messages.forward.mutate({
        from: { conversationId: from, seq: 1 },
        conversationId: to,
        clientMessageId: v7(),
      });
    const forwarded = { senderId: alice.id, createdAt };
    const sent = await forward(bob, conversationId, direct);
    expect(sent).toMatchObject({ senderId: bob.id, text: 'secret', forwarded, metadata: { n: 1 } });
    expect(await forward(carol, direct, direct)).toMatchObject({ senderId: carol.id, forwarded });
    for (const [from, to] of [
      [conversationId, direct],
      [direct, conversationId],
    ] as const)
      await expect(forward(carol, from, to)).rejects.toMatchObject(refused('NOT_FOUND'));
  });
});

describe('editing', () => {
  test('is told to everybody, keeps what was said before, and changes neither place nor key', async () => {
    const world = await pair();
    const { alice, bob, conversationId, stream } = world;
    const key = v7();
    const sent = await alice.say(conversationId, 'teh tea', key);
    const { edit, history } = alice.api.messages;
    const edited = await edit.mutate({ conversationId, seq: 1, text: 'the tea' });
    expect(edited).toEqual({ ...sent, text: 'the tea', editedAt: expect.any(String) });
    expect(await edit.mutate({ conversationId, seq: 1, text: 'the tea' })).toEqual(edited);
    await stream.until(({ type }) => type === 'message.edited');
    expect(stream.events.slice(-2)).toEqual([
      { type: 'message.created', message: expect.objectContaining({ seq: 1 }) },
      { type: 'message.edited', message: edited },
    ]);
    expect(await listed(bob, conversationId)).toEqual([edited]);
    expect(await alice.say(conversationId, 'teh tea', key)).toEqual(edited);
    const { versions } = await bob.api.messages.history.query({ conversationId, seq: 1 });
    expect(versions).toEqual([
      { text: 'teh tea', writtenAt: sent.createdAt },
      { text: 'the tea', writtenAt: edited.editedAt },
    ]);
    expect((await history.query({ conversationId, seq: 1 })).versions).toHaveLength(2);
  });

  test('is its sender’s, within 15 minutes by the server’s clock, and of what stands', async () => {
    const clock = new ManualClock();
    await using server = await testServer({ clock });
    const world = await pair(server);
    const { alice, bob, conversationId } = world;
    await bob.say(conversationId, 'mine');
    const edit = (by: Person, seq = 1) => by.api.messages.edit.mutate({ conversationId, seq, text: 'yours' });
    await expect(edit(alice)).rejects.toMatchObject(refused('FORBIDDEN', { need: 'sender' }));
    await expect(edit(bob, 2)).rejects.toMatchObject(refused('NOT_FOUND', { what: 'message' }));
    clock.advance(15 * 60_000);
    await expect(edit(bob)).resolves.toMatchObject({ text: 'yours' });
    clock.advance(1);
    await expect(edit(bob)).rejects.toMatchObject(refused('EDITING_OVER', { seconds: 900 }));
    await bob.api.messages.delete.mutate({ conversationId, seq: 1, scope: 'everyone' });
    await expect(edit(bob)).rejects.toMatchObject(refused('NOT_FOUND', { what: 'message' }));
    const { history } = bob.api.messages;
    await expect(history.query({ conversationId, seq: 1 })).rejects.toMatchObject(refused('NOT_FOUND'));
  });

  test('is no news for somebody who came later, and does not see the message', async () => {
    const world = await pair();
    const { server, alice, bob, conversationId, stream } = world;
    const carol = await server.people.join('carol');
    const early = await alice.say(conversationId, 'before you');
    await alice.api.groups.addMembers.mutate({ conversationId, userIds: [carol.id] });
    const hers = await carol.subscribe();
    await alice.api.messages.edit.mutate({ conversationId, seq: early.seq, text: 'still before you' });
    const late = await alice.say(conversationId, 'for all');
    await alice.api.messages.edit.mutate({ conversationId, seq: late.seq, text: 'for all of you' });
    const edits = ({ events }: typeof stream) =>
      events.flatMap((event) => (event.type === 'message.edited' ? event.message.text : []));
    await stream.when(() => edits(stream).length === 2);
    await hers.when(() => edits(hers).length > 0);
    expect(edits(stream)).toEqual(['still before you', 'for all of you']);
    expect(edits(hers)).toEqual(['for all of you']);
    expect((await listed(bob, conversationId)).map(({ text }) => text)).toEqual(edits(stream));
  });

  test('by two devices at once keeps every version', async () => {
    const world = await pair();
    const { alice, conversationId } = world;
    await alice.say(conversationId, '0');
    const texts = ['1', '2', '3', '4'];
    await Promise.all(
      texts.map((text, n) => alice.on(n % 2).messages.edit.mutate({ conversationId, seq: 1, text })),
    );
    const { versions } = await alice.api.messages.history.query({ conversationId, seq: 1 });
    expect(versions.map(({ text }) => text).sort()).toEqual(['0', ...texts]);
    expect((await listed(alice, conversationId))[0]?.text).toBe(versions.at(-1)?.text);
  });
});

describe('deleting for everyone', () => {
  test('leaves the place, and nothing of what was said anywhere', async () => {
    await using own = await testServer({ nodes: 2 });
    const world = await pair(own);
    const { server, alice, bob, conversationId, stream } = world;
    await send(alice, { conversationId, text: 'a secret', metadata: { also: 'secret' } });
    await alice.api.messages.edit.mutate({ conversationId, seq: 1, text: 'another secret' });
    await alice.api.messages.delete.mutate({ conversationId, seq: 1, scope: 'everyone' });
    expect(await alice.api.messages.delete.mutate({ conversationId, seq: 1, scope: 'everyone' })).toBeNull();
    const { data } = await stream.until(({ type }) => type === 'message.deleted');
    expect(data).toEqual({
      type: 'message.deleted',
      conversationId,
      seq: 1,
      actorId: alice.id,
      deletedAt: expect.any(String),
    });
    const [tombstone] = await listed(bob, conversationId);
    expect(tombstone).toEqual({
      id: expect.any(String),
      conversationId,
      seq: 1,
      senderId: alice.id,
      text: '',
      createdAt: expect.any(String),
      deletedAt: (data as { deletedAt: string }).deletedAt,
    });
    const tables = ['messages', 'message_edits', 'events', 'event_drafts', 'reports'];
    for (const table of tables) {
      const rows = await runSql(server.databaseUrl, `SELECT t::text FROM ${table} t`);
      expect(JSON.stringify(rows)).not.toContain('secret');
    }
    expect(await viewOf(bob, conversationId)).toMatchObject({
      lastSeq: 1,
      skipped: [[1, 1]],
      me: { readSeq: 0 },
    });
  });

  test('is for its sender, for owner and admins of the group, and for moderators, whoever they are', async () => {
    const world = await pair();
    const { server, alice, bob, conversationId } = world;
    const [moderator, stranger] = await server.people.all('moderator', 'stranger');
    await appoint(server, moderator, 'MODERATOR');
    for (const text of ['1', '2', '3']) await bob.say(conversationId, text);
    await alice.say(conversationId, '4');
    const remove = (by: Person, seq: number) =>
      by.api.messages.delete.mutate({ conversationId, seq, scope: 'everyone' });
    await expect(remove(bob, 4)).rejects.toMatchObject(refused('FORBIDDEN', { need: 'admin' }));
    await expect(remove(stranger, 1)).rejects.toMatchObject(refused('NOT_FOUND', { what: 'conversation' }));
    await expect(remove(moderator, 9)).rejects.toMatchObject(refused('NOT_FOUND', { what: 'message' }));
    for (const [by, seq] of [
      [bob, 1],
      [alice, 2],
      [moderator, 3],
    ] as const)
      await remove(by, seq);
    expect((await listed(alice, conversationId)).map(({ text }) => text)).toEqual(['', '', '', '4']);
    const records = await runSql<{ user_id: string; actor_id: string }>(
      server.databaseUrl,
      `SELECT user_id, actor_id FROM audit_records WHERE action = 'message-deleted'`,
    );
    expect(records).toEqual([{ user_id: bob.id, actor_id: moderator.id }]);
  });
});

describe('deleting for oneself', () => {
  test('takes it from the own devices alone', async () => {
    const world = await pair();
    const { alice, bob, conversationId, stream } = world;
    for (const text of ['1', '2', '3']) await alice.say(conversationId, text);
    const others = await alice.subscribe();
    const hide = (seq: number) => bob.api.messages.delete.mutate({ conversationId, seq, scope: 'me' });
    await hide(3);
    await hide(1);
    await expect(hide(1)).rejects.toMatchObject(refused('NOT_FOUND', { what: 'message' }));
    await stream.when(() => stream.events.filter(({ type }) => type === 'message.hidden').length === 2);
    expect(stream.events.slice(-2)).toEqual([
      { type: 'message.hidden', conversationId, seq: 3, lastMessage: expect.objectContaining({ seq: 2 }) },
      { type: 'message.hidden', conversationId, seq: 1, lastMessage: expect.objectContaining({ seq: 2 }) },
    ]);
    expect((await listed(bob, conversationId)).map(({ text }) => text)).toEqual(['2']);
    expect(await viewOf(bob, conversationId)).toMatchObject({
      lastSeq: 2,
      lastMessage: { text: '2' },
      skipped: [[1, 1]],
    });
    await alice.say(conversationId, '4');
    await others.when(() => others.texts.length === 1);
    expect(others.events).toHaveLength(1);
    expect(await viewOf(bob, conversationId)).toMatchObject({
      lastSeq: 4,
      skipped: [
        [1, 1],
        [3, 3],
      ],
    });
    expect(await listed(alice, conversationId)).toHaveLength(4);
  });
});
