import { createClient, emptyState, takeBootstrap, totalsOf, unreadOf } from '@parley/client';
import type { Mentions } from '@parley/contract';
import { v7 } from 'uuid';
import { describe, expect, test } from 'vitest';
import { Cable } from './cable.ts';
import type { Person } from './people.ts';
import { serverForAll } from './server.ts';
import { verifyAction } from './verify.ts';

const server = serverForAll();

const viewOf = (person: Person, conversationId: string) =>
  person.api.conversations.get.query({ conversationId }).then(({ conversation }) => conversation);

const mentionsOf = async (person: Person, conversationId: string) =>
  (await viewOf(person, conversationId)).mentions;

/** Sends what calls people by name, or everybody. */
const call = (by: Person, conversationId: string, whom: Person[] | 'everyone', text = 'hey') => {
  const mentions: Mentions =
    whom === 'everyone' ? { userIds: [], everyone: true } : { userIds: whom.map(({ id }) => id) };
  return by.api.messages.send.mutate({ conversationId, text, mentions, clientMessageId: v7() });
};

describe('unread mentions', () => {
  test('are of this person or of everybody, of others, and behind the mark', async () => {
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    const conversationId = await alice.startGroup('tea', bob, carol);
    await verifyAction([alice, bob, carol], async () => {
      await call(alice, conversationId, [bob]);
      await alice.say(conversationId, 'nobody in particular');
      await call(alice, conversationId, 'everyone');
      await call(alice, conversationId, [carol, bob]);
      await call(carol, conversationId, [carol]);
    });
    expect(await mentionsOf(bob, conversationId)).toEqual([1, 3, 4]);
    // Whoever sends has read what came before; and nobody calls themselves.
    expect(await mentionsOf(carol, conversationId)).toEqual([]);
    await verifyAction([bob], () => bob.api.messages.markRead.mutate({ conversationId, seq: 3 }));
    expect(await mentionsOf(bob, conversationId)).toEqual([4]);
    await verifyAction([alice, bob], () => bob.say(conversationId, 'here I am'));
    expect(await mentionsOf(bob, conversationId)).toEqual([]);
  });

  test('come and go with edits, and go with what is deleted', async () => {
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    const conversationId = await alice.startGroup('tea', bob, carol);
    for (let n = 0; n < 6; n += 1) await call(alice, conversationId, n % 2 ? [bob] : [carol]);
    const edit = (seq: number, userIds: string[]) =>
      alice.api.messages.edit.mutate({ conversationId, seq, text: 'other', mentions: { userIds } });
    await verifyAction([alice, bob, carol], async () => {
      await edit(1, [bob.id]);
      await edit(2, []);
      await edit(3, [bob.id, carol.id]);
      await edit(4, [bob.id]);
    });
    expect(await mentionsOf(bob, conversationId)).toEqual([1, 3, 4, 6]);
    const remove = (by: Person, seq: number, scope: 'me' | 'everyone') =>
      by.api.messages.delete.mutate({ conversationId, seq, scope });
    await verifyAction([alice, bob, carol], async () => {
      await remove(bob, 6, 'me');
      await remove(bob, 1, 'me');
      await edit(1, [bob.id, carol.id]);
      await edit(6, [bob.id, carol.id]);
      await remove(alice, 4, 'everyone');
    });
    expect(await mentionsOf(bob, conversationId)).toEqual([3]);
    expect(await mentionsOf(carol, conversationId)).toEqual([1, 3, 5, 6]);
    expect((await bob.api.sync.unread.query()).conversations).toEqual([
      { conversationId, unread: 3, mentions: 1 },
    ]);
  });

  test('go with the account of whoever called, if what it said goes', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await bob.startGroup('tea', alice);
    await alice.say(conversationId, 'nobody in particular');
    for (let n = 0; n < 3; n += 1) await call(alice, conversationId, [bob]);
    expect(await mentionsOf(bob, conversationId)).toEqual([2, 3, 4]);
    const watching = await bob.subscribe();
    await verifyAction([bob], async () => {
      const { password } = alice.credentials;
      await alice.api.auth.deleteAccount.mutate({ password, messages: 'erase' });
      await watching.when(
        () => watching.events.filter(({ type }) => type === 'messages.erased').length === 2,
      );
    });
    expect(await mentionsOf(bob, conversationId)).toEqual([]);
    expect(
      watching.events.flatMap((event) => (event.type === 'messages.erased' ? event.mentions : [])),
    ).toEqual([2, 3, 4]);
  });

  test('are none of what is withheld, and none for whoever did not see them', async () => {
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    const direct = await alice.talkTo(bob);
    await bob.api.blocks.add.mutate({ userId: alice.id });
    await verifyAction([alice, bob], async () => {
      await call(alice, direct, [bob]);
      await bob.api.blocks.remove.mutate({ userId: alice.id });
      await call(alice, direct, [bob]);
    });
    expect(await mentionsOf(bob, direct)).toEqual([2]);
    const group = await alice.startGroup('tea', bob);
    await call(alice, group, 'everyone');
    await verifyAction([alice, carol], async () => {
      await alice.api.groups.addMembers.mutate({ conversationId: group, userIds: [carol.id] });
      await call(alice, group, 'everyone');
    });
    expect(await mentionsOf(carol, group)).toEqual([2]);
    expect(await mentionsOf(bob, group)).toEqual([1, 2]);
  });

  test('are found by an index of their own, in a conversation of any length', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.startGroup('tea', bob);
    const { pool } = server.nodes[0].app.database;
    await pool.query(
      `INSERT INTO messages (id, conversation_id, seq, sender_id, fingerprint, text, created_at, extras)
       SELECT gen_random_uuid(), $1, n, $2, '', 'filler', now(),
              CASE WHEN n % 2000 = 0 THEN jsonb_build_object('mentions', jsonb_build_object('userIds', jsonb_build_array($3::text))) END
       FROM generate_series(1, 20000) n`,
      [conversationId, alice.id, bob.id],
    );
    await pool.query('UPDATE conversations SET last_seq = 20000 WHERE id = $1', [conversationId]);
    await pool.query('ANALYZE messages');
    const scans = async () => {
      await new Promise((resolve) => setImmediate(resolve));
      const { rows } = await pool.query<{ rows: string }>(
        `SELECT pg_stat_force_next_flush(), (SELECT idx_tup_read FROM pg_stat_user_indexes WHERE indexrelname = 'messages_mentions_idx') AS rows`,
      );
      return Number(rows[0]!.rows);
    };
    const before = await scans();
    expect((await mentionsOf(bob, conversationId)).at(-1)).toBe(20_000);
    await expect.poll(async () => (await scans()) - before).toBeGreaterThanOrEqual(10);
  });
});

describe('what somebody has not read', () => {
  test('is counted over all of their conversations, exactly as each says it', async () => {
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    const group = await alice.startGroup('tea', bob, carol);
    const [direct, quiet] = [await alice.talkTo(bob), await carol.talkTo(bob)];
    for (const text of ['one', 'two', 'three', 'four']) await alice.say(group, text);
    await call(alice, group, [bob]);
    await bob.api.messages.markRead.mutate({ conversationId: group, seq: 1 });
    await alice.api.messages.delete.mutate({ conversationId: group, seq: 2, scope: 'everyone' });
    await bob.api.messages.delete.mutate({ conversationId: group, seq: 2, scope: 'me' });
    await bob.api.messages.delete.mutate({ conversationId: group, seq: 5, scope: 'me' });
    await carol.say(quiet, 'read');
    await bob.api.messages.markRead.mutate({ conversationId: quiet });
    await alice.say(direct, 'one');
    await bob.api.blocks.add.mutate({ userId: alice.id });
    for (const text of ['withheld', 'withheld too']) await alice.say(direct, text);
    await bob.api.conversations.configure.mutate({ conversationId: group, isArchived: true });
    await bob.api.conversations.configure.mutate({ conversationId: quiet, isMarkedUnread: true });
    const counted = await bob.api.sync.unread.query();
    expect(counted).toMatchObject({ total: 3, mentions: 0, threads: [] });
    const { conversations } = await bob.api.sync.bootstrap.query();
    const views = conversations.filter((view) => unreadOf(view) > 0 || view.me.isMarkedUnread);
    const byId = (list: { conversationId: string }[]) =>
      list.toSorted((a, b) => a.conversationId.localeCompare(b.conversationId));
    expect(byId(counted.conversations)).toEqual(
      byId(
        views.map((view) => ({
          conversationId: view.id,
          unread: unreadOf(view),
          mentions: view.mentions.length,
        })),
      ),
    );
    expect(counted.conversations).toHaveLength(3);
    await bob.api.messages.markRead.mutate({ conversationId: group });
    expect(await bob.api.sync.unread.query()).toMatchObject({ total: 1 });
    expect(await carol.api.sync.unread.query()).toMatchObject({ total: 4 });
  });

  test('in a thread counts by itself', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.startGroup('tea', bob);
    await bob.say(conversationId, 'who wants tea?');
    const { id } = await alice.api.threads.open.mutate({ conversationId, seq: 1 });
    await alice.say(id, 'I do');
    await call(alice, id, [bob]);
    const counted = await bob.api.sync.unread.query();
    expect(counted).toEqual({
      total: 0,
      mentions: 0,
      conversations: [],
      threads: [{ conversationId: id, unread: 2, mentions: 1 }],
    });
    const start = takeBootstrap(emptyState, await bob.api.sync.bootstrap.query());
    expect(totalsOf(start)).toEqual(counted);
    expect(await bob.api.messages.markDelivered.mutate({ conversationId: id })).toEqual({ deliveredSeq: 2 });
    await verifyAction([alice, bob], () => bob.api.messages.markRead.mutate({ conversationId: id }));
    expect((await bob.api.sync.unread.query()).threads).toEqual([]);
  });

  test('the shipped client counts the same, and hears of marks made elsewhere', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.startGroup('tea', bob);
    const chat = createClient(new Cable(server.nodes[0]).options('ws'));
    await using _closing = { [Symbol.asyncDispose]: () => chat.close() };
    const { username, password } = bob.credentials;
    await chat.login({ login: username, password });
    for (const whom of [[bob], [], [bob]]) await call(alice, conversationId, whom);
    const same = async () => expect(totalsOf(chat.state.get())).toEqual(await bob.api.sync.unread.query());
    await expect.poll(() => totalsOf(chat.state.get())).toMatchObject({ total: 3, mentions: 2 });
    await same();
    await chat.messages.markDelivered({ conversationId, seq: 3 });
    expect(chat.state.get().conversations![conversationId]!.me).toMatchObject({
      readSeq: 0,
      deliveredSeq: 3,
    });
    await chat.messages.markRead({ conversationId, seq: 2 });
    expect(totalsOf(chat.state.get())).toMatchObject({ total: 1, mentions: 1 });
    await same();
    await bob.api.messages.markRead.mutate({ conversationId });
    await expect.poll(() => totalsOf(chat.state.get())).toMatchObject({ total: 0, conversations: [] });
    await bob.api.conversations.configure.mutate({ conversationId, isMarkedUnread: true });
    await expect.poll(() => totalsOf(chat.state.get()).conversations).toHaveLength(1);
    await same();
    await chat.messages.markRead({ conversationId, seq: 3 });
    expect(totalsOf(chat.state.get()).conversations).toEqual([]);
    await same();
  });
});

describe('what has not come to somebody', () => {
  test('is of others, seen and standing, over all conversations, page by page', async () => {
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    const conversations = [
      await alice.talkTo(bob),
      await alice.startGroup('tea', bob, carol),
      await carol.talkTo(bob),
    ];
    const [direct, group, other] = conversations as [string, string, string];
    for (const text of ['one', 'two', 'three']) await alice.say(direct, text);
    for (const text of ['one', 'two', 'three', 'four', 'five']) await alice.say(group, text);
    await alice.api.messages.delete.mutate({ conversationId: group, seq: 2, scope: 'everyone' });
    await bob.api.messages.delete.mutate({ conversationId: group, seq: 4, scope: 'me' });
    await bob.api.messages.markDelivered.mutate({ conversationId: direct, seq: 1 });
    await bob.api.blocks.add.mutate({ userId: carol.id });
    await carol.say(other, 'withheld');
    const expected = [
      { conversationId: direct, seqs: [2, 3] },
      { conversationId: group, seqs: [1, 3, 5] },
    ]
      .toSorted((a, b) => (a.conversationId < b.conversationId ? -1 : 1))
      .flatMap(({ conversationId, seqs }) => seqs.map((seq) => [conversationId, seq]));
    const { undelivered } = bob.api.messages;
    const all = await undelivered.query({});
    expect(all.next).toBeNull();
    expect(all.messages.map(({ conversationId, seq }) => [conversationId, seq])).toEqual(expected);
    expect(all.messages[0]).toMatchObject({ senderId: alice.id, text: expect.any(String) });
    for (const limit of [1, 2, 4]) {
      const paged = [];
      let after: string | undefined;
      do {
        const page = await undelivered.query({ limit, after });
        paged.push(...page.messages);
        after = page.next ?? undefined;
      } while (after);
      expect(paged).toEqual(all.messages);
    }
    for (const conversationId of [direct, group])
      await bob.api.messages.markDelivered.mutate({ conversationId });
    expect(await undelivered.query({})).toEqual({ messages: [], next: null });
    expect((await viewOf(bob, direct)).me.readSeq).toBe(0);
    for (const after of ['nonsense', `${direct}.x`, `${direct}.99999999999`])
      await expect(undelivered.query({ after })).rejects.toMatchObject({ data: { code: 'INVALID_INPUT' } });
  });
});
