import type { ChatEvent } from '@parley/contract';
import type pg from 'pg';
import { v7 } from 'uuid';
import { describe, expect, test } from 'vitest';
import { applyEvent } from '../../../packages/client/src/sync/apply-event.ts';
import { emptyState, mergeMembers, takeBootstrap } from '../../../packages/client/src/sync/state.ts';
import { announceUser } from '../src/users/announce-user.ts';
import { changeUser } from '../src/users/change-user.ts';
import { mailTo } from './inbox.ts';
import type { Person } from './people.ts';
import { ManualClock, serverForAll, type TestServer, testServer } from './server.ts';
import type { Subscription } from './subscription.ts';

const server = serverForAll({ nodes: 2 });

const refused = (code: string, data: object = {}) => ({ data: { code, ...data } });

/** Whether a transaction on this database waits for another. */
async function somebodyWaits(pool: pg.Pool): Promise<boolean> {
  const { rows } = await pool.query(
    `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return rows.length > 0;
}

/** What a stream has told of somebody's profile. */
const toldOf = ({ events }: Subscription, person: Person) =>
  events.flatMap((event) =>
    event.type === 'user.updated' && event.user.id === person.id ? [event.user] : [],
  );

const events = async (server: TestServer): Promise<number> => {
  const { rows } = await server.nodes[0].app.database.pool.query('SELECT count(*)::int AS n FROM events');
  return rows[0].n;
};

describe('a changed name reaches everybody who sees it', () => {
  test.each(['ws', 'sse'] as const)(
    'live and after a resume, on another node, over %s',
    async (transport) => {
      const [alice, bob, carol, dave] = await server.people.all('alice', 'bob', 'carol', 'dave');
      await alice.talkTo(bob);
      const group = await alice.startGroup('tea', bob, carol);
      const seen = await Promise.all(
        [bob, carol, dave].map(async (person) => ({
          person,
          before: await person.api.sync.bootstrap.query(),
          members: person === dave ? [] : await membersOf(person, group),
        })),
      );
      const live = await Promise.all(
        seen.map(({ person, before }) => person.subscribe({ transport, node: 1, cursor: before.cursor })),
      );
      const changed = await alice.api.users.updateProfile.mutate({ fullName: 'Alice Liddell' });
      expect(changed).toMatchObject({ id: alice.id, fullName: 'Alice Liddell' });
      // After it, so that all that was to come has come.
      await dave.api.users.updateProfile.mutate({ bio: 'hears nothing' });
      for (const [index, { person, before, members }] of seen.entries()) {
        const stream = live[index]!;
        const { cursor } = before;
        if (person === dave) {
          await stream.until(({ type }) => type === 'account.updated');
          expect(toldOf(stream, alice)).toEqual([]);
          continue;
        }
        const shared = person === bob ? 2 : 1;
        await stream.when(() => toldOf(stream, alice).length === shared);
        for (const user of toldOf(stream, alice)) expect(user).toMatchObject({ fullName: 'Alice Liddell' });
        const resumed = await person.subscribe({ transport, node: 0, cursor });
        expect(resumed.events).toEqual(stream.events);
        const start = mergeMembers(takeBootstrap(emptyState, before), group, members);
        const state = (stream.events as ChatEvent[]).reduce(applyEvent, start);
        expect(state.conversations![group]!.members![alice.id]!.user.fullName).toBe('Alice Liddell');
        expect(state.conversations).toMatchObject(
          Object.fromEntries(
            (await person.api.sync.bootstrap.query()).conversations.map(({ id, peer }) => [id, { peer }]),
          ),
        );
      }
    },
  );

  test('to whoever comes to see them while it is being changed', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const group = await bob.startGroup('tea');
    const stream = await bob.subscribe({ node: 1 });
    const { database } = server.nodes[0].app;
    await database.transaction(async (tx) => {
      await changeUser(tx, alice.id, { fullName: 'Alice Liddell' });
      await announceUser(tx, alice.id);
      await bob.api.groups.addMembers.mutate({ conversationId: group, userIds: [alice.id] });
      const { data } = await stream.until(({ type }) => type === 'member.added');
      expect(data).toMatchObject({ members: [{ user: { fullName: 'alice' } }] });
    });
    await stream.until((item) => item.type === 'user.updated' && item.user.fullName === 'Alice Liddell');
  });

  test('who is in 2,000 groups is told of in all of them, in one piece of the log', async () => {
    await using server = await testServer();
    const [alice, bob] = await server.people.all('alice', 'bob');
    await alice.startGroup('tea', bob);
    const { pool } = server.nodes[0].app.database;
    await pool.query(
      `INSERT INTO members (conversation_id, user_id, joined_at, joined_seq, read_seq, shown_read_seq)
       SELECT gen_random_uuid(), $1, now(), 0, 0, 0 FROM generate_series(2, 2000)`,
      [alice.id],
    );
    const stream = await bob.subscribe();
    await alice.api.users.updateProfile.mutate({ fullName: 'Alice Liddell' });
    await stream.until(({ type }) => type === 'user.updated');
    const { rows } = await pool.query(
      `SELECT count(DISTINCT topic)::int AS topics, count(*)::int AS events, (max(position) - min(position) + 1)::int AS span
       FROM events WHERE type = 'user.updated'`,
    );
    expect(rows).toEqual([{ topics: 2_000, events: 2_000, span: 2_000 }]);
  });
});

const membersOf = async (person: Person, conversationId: string) =>
  (await person.api.conversations.members.query({ conversationId })).members;

describe('a profile', () => {
  test('takes what is given and leaves the rest; null takes away', async () => {
    const alice = await server.people.join('alice');
    const { updateProfile } = alice.api.users;
    expect(await updateProfile.mutate({ bio: ' Down the hole\n' })).toMatchObject({
      username: alice.credentials.username,
      fullName: 'alice',
      bio: 'Down the hole',
    });
    expect(await updateProfile.mutate({ fullName: null })).toMatchObject({
      fullName: null,
      bio: 'Down the hole',
    });
    expect(await updateProfile.mutate({ bio: null })).toMatchObject({ fullName: null, bio: null });
    expect(await alice.api.users.me.query()).toMatchObject({ fullName: null, bio: null });
    for (const bad of [{ bio: 'x'.repeat(501) }, { fullName: ' ' }, { username: 'a-b' }, { role: 'ADMIN' }])
      await expect(updateProfile.mutate(bad as object)).rejects.toMatchObject(refused('INVALID_INPUT'));
  });

  test('what is so already makes no event', async () => {
    await using server = await testServer();
    const alice = await server.people.join('alice');
    await alice.startGroup('tea');
    const until = '2099-01-01T00:00:00.000Z';
    await alice.api.users.setStatus.mutate({ text: 'at sea', until });
    const before = await events(server);
    await alice.api.users.updateProfile.mutate({});
    await alice.api.users.updateProfile.mutate({
      fullName: 'alice',
      bio: null,
      username: alice.credentials.username,
    });
    await alice.api.users.setStatus.mutate({ text: 'at sea', until });
    expect(await events(server)).toBe(before);
  });

  test('the username: one’s own in another case, nobody else’s in any, and the login goes with it', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const { updateProfile } = alice.api.users;
    const { username, password } = alice.credentials;
    const shouted = username.toUpperCase();
    expect(await updateProfile.mutate({ username: shouted })).toMatchObject({ username: shouted });
    await expect(
      updateProfile.mutate({ username: bob.credentials.username.toUpperCase() }),
    ).rejects.toMatchObject(refused('USERNAME_TAKEN'));
    await updateProfile.mutate({ username: 'liddell', fullName: 'Alice Liddell' });
    const { auth } = server.people.stranger();
    expect((await auth.login.mutate({ login: 'LIDDELL', password })).user.id).toBe(alice.id);
    await expect(auth.login.mutate({ login: username, password })).rejects.toMatchObject(
      refused('INVALID_CREDENTIALS'),
    );
    // What is refused changes nothing else.
    await expect(bob.api.users.updateProfile.mutate({ username: 'Liddell', bio: 'x' })).rejects.toMatchObject(
      refused('USERNAME_TAKEN'),
    );
    expect(await bob.api.users.me.query()).toMatchObject({ username: bob.credentials.username, bio: null });
  });

  test('of many who want one username at the same moment, on two nodes, one gets it', async () => {
    const people = await server.people.all('a1', 'a2', 'a3', 'a4', 'a5', 'a6');
    const outcomes = await Promise.allSettled(
      people.map((person, n) => person.on(n % 2).users.updateProfile.mutate({ username: 'mockturtle' })),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject(refused('USERNAME_TAKEN'));
  });

  test('the username changes so often a day; its case does not count', async () => {
    await using server = await testServer({ env: { LIMIT_USERNAMES: '2/86400' } });
    const alice = await server.people.join('alice');
    const change = (username: string) => alice.api.users.updateProfile.mutate({ username });
    for (const username of ['liddell1', 'liddell2', 'Liddell2', 'LIDDELL2']) await change(username);
    await expect(change('liddell3')).rejects.toMatchObject(refused('RATE_LIMITED'));
    expect((await alice.api.users.me.query()).username).toBe('LIDDELL2');
    await alice.api.users.updateProfile.mutate({ fullName: 'Alice Liddell' });
  });

  test('changes are limited: each is told to many', async () => {
    await using server = await testServer({ env: { LIMIT_PROFILES: '2/600' } });
    const alice = await server.people.join('alice');
    await alice.api.users.updateProfile.mutate({ bio: 'one' });
    await alice.api.users.setStatus.mutate({ text: 'two' });
    await expect(alice.api.users.setStatus.mutate(null)).rejects.toMatchObject(refused('RATE_LIMITED'));
  });

  test('a call that was under way while the account was deleted leaves nothing of the person in it', async () => {
    await using server = await testServer();
    const alice = await server.people.join('alice');
    const { database } = server.nodes[0].app;
    const { pool } = database;
    // What else would wait for her row is done with.
    await mailTo(server, `${alice.credentials.username}@example.com`);
    let call: Promise<unknown> | undefined;
    await database.transaction(async (tx) => {
      await tx.user.update({ where: { id: alice.id }, data: { deletedAt: new Date(), fullName: null } });
      call = alice.api.users.updateProfile.mutate({ fullName: 'Alice' }).catch((error: unknown) => error);
      while (!(await somebodyWaits(pool)));
    });
    expect(await call).toMatchObject(refused('UNAUTHENTICATED'));
    expect((await pool.query('SELECT full_name FROM users')).rows).toEqual([{ full_name: null }]);
  });
});

describe('a status', () => {
  test('is told to others, until it is taken back', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    await alice.talkTo(bob);
    const stream = await bob.subscribe();
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const set = await alice.api.users.setStatus.mutate({ text: 'at tea 🫖', until });
    expect(set.status).toEqual({ text: 'at tea 🫖', until });
    await stream.when(() => toldOf(stream, alice).length === 1);
    expect(toldOf(stream, alice)[0]!.status).toEqual({ text: 'at tea 🫖', until });
    expect((await alice.api.users.setStatus.mutate({ text: 'back' })).status).toEqual({
      text: 'back',
      until: null,
    });
    expect((await alice.api.users.setStatus.mutate(null)).status).toBeNull();
    await stream.when(() => toldOf(stream, alice).at(-1)?.status === null);
  });

  test('that is over is told no more, to anybody', async () => {
    // Two hours behind the database, so that what is yet to come here is over there.
    const clock = new ManualClock(Date.now() - 2 * 3_600_000);
    await using server = await testServer({ clock });
    const alice = await server.people.join('alice');
    const until = new Date(clock.now().getTime() + 3_600_000).toISOString();
    expect((await alice.api.users.setStatus.mutate({ text: 'at tea', until })).status).toBeNull();
    const bob = await server.people.join('bob');
    const opened = await bob.api.conversations.openDirect.mutate({ userId: alice.id });
    expect(opened.peer?.user.status).toBeNull();
    expect((await alice.api.sync.bootstrap.query()).me.status).toBeNull();
    expect((await bob.api.users.get.query({ userId: alice.id })).status).toBeNull();
  });

  describe('is refused with', () => {
    const server = serverForAll({ clock: new ManualClock(Date.parse('2026-11-20T10:00:00.000Z')) });

    test.each([
      ['no text', { text: ' ' }],
      ['101 characters', { text: '🫖'.repeat(101) }],
      ['an end that is past', { text: 'tea', until: '2020-01-01T00:00:00.000Z' }],
      ['an end that is now', { text: 'tea', until: '2026-11-20T10:00:00.000Z' }],
      ['an end that is no time', { text: 'tea', until: 'tomorrow' }],
    ])('%s', async (_, status) => {
      const alice = await server.people.join('alice');
      await expect(alice.api.users.setStatus.mutate(status)).rejects.toMatchObject(refused('INVALID_INPUT'));
      await alice.api.users.setStatus.mutate({ text: '🫖'.repeat(100) });
    });
  });
});

describe('somebody’s page', () => {
  test('by id and by username, in whatever case: the same, and never the address (S05)', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    await alice.api.users.updateProfile.mutate({ bio: 'Down the hole' });
    const byId = await bob.api.users.get.query({ userId: alice.id });
    expect(byId).toEqual({
      id: alice.id,
      username: alice.credentials.username,
      fullName: 'alice',
      bio: 'Down the hole',
      avatar: null,
      status: null,
      isDeleted: false,
    });
    const shouted = alice.credentials.username.toUpperCase();
    expect(await bob.api.users.get.query({ username: shouted })).toEqual(byId);
    expect(await alice.api.users.get.query({ userId: alice.id })).toEqual(byId);
  });

  test('of nobody there is none', async () => {
    const alice = await server.people.join('alice');
    const none = refused('NOT_FOUND', { what: 'user' });
    const { get } = alice.api.users;
    await expect(get.query({ userId: v7() })).rejects.toMatchObject(none);
    await expect(get.query({ username: 'nobody' })).rejects.toMatchObject(none);
    const address = `${alice.credentials.username}@example.com`;
    await expect(get.query({ username: address })).rejects.toMatchObject(refused('INVALID_INPUT'));
  });

  test('of somebody who is gone there is only what they have left, by id', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    await alice.api.users.updateProfile.mutate({ fullName: 'Alice Liddell', bio: 'Down the hole' });
    await alice.api.users.setStatus.mutate({ text: 'at tea' });
    const { username, password } = alice.credentials;
    await alice.api.auth.deleteAccount.mutate({ password, messages: 'keep' });
    const left = await bob.api.users.get.query({ userId: alice.id });
    expect(left).toEqual({
      id: alice.id,
      username: expect.stringMatching(/^deleted_/),
      isDeleted: true,
      fullName: null,
      avatar: null,
      bio: null,
      status: null,
    });
    for (const name of [username, left.username])
      await expect(bob.api.users.get.query({ username: name })).rejects.toMatchObject(
        refused('NOT_FOUND', { what: 'user' }),
      );
    const { rows } = await server.nodes[0].app.database.pool.query(
      'SELECT word FROM name_words WHERE user_id = $1',
      [alice.id],
    );
    expect(rows).toEqual([]);
  });
});
