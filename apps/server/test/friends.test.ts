import { LIMITS } from '@parley/contract';
import { v7 } from 'uuid';
import { describe, expect, test } from 'vitest';
import { clearAccount } from '../src/auth/clear-account.ts';
import { Calendar } from './calendar.ts';
import { addPeople } from './crowd.ts';
import { runSql } from './database.ts';
import {
  accept,
  ask,
  befriend,
  between,
  cancel,
  caughtUp,
  friendsOf,
  newsOf,
  raceFriends,
  reject,
  requestsOf,
  unfriend,
} from './friendships.ts';
import type { Person } from './people.ts';
import { serverForAll, type TestServer, testServer } from './server.ts';

const refused = (code: string, data: object = {}) => ({ data: { code, ...data } });
const NO_REQUEST = refused('NOT_FOUND', { what: 'friendRequest', httpStatus: 404 });
const NO_FRIEND = refused('NOT_FOUND', { what: 'friend', httpStatus: 404 });

const block = (by: Person, other: Person) => by.api.blocks.add.mutate({ userId: other.id });
const unblock = (by: Person, other: Person) => by.api.blocks.remove.mutate({ userId: other.id });

const namesOf = (friends: { user: { fullName: string | null } }[]) =>
  friends.map(({ user }) => user.fullName);

const profileOf = async (person: Person) => {
  const { bio: _, ...user } = await person.api.users.get.query({ userId: person.id });
  return user;
};

const server = serverForAll({ nodes: 2 });

describe('friends', () => {
  test.each(['ws', 'sse'] as const)(
    'from the request to the end of it: told to every device of both, on two nodes, over %s',
    async (transport) => {
      const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
      const streams = async (person: Person) => [
        await person.subscribe({ transport }),
        await (await person.anotherDevice()).subscribe({ transport, node: 1 }),
      ];
      const [alices, bobs, carols] = [await streams(alice), await streams(bob), await streams(carol)];
      const [ofAlice, ofBob] = [await profileOf(alice), await profileOf(bob)];

      const asked = await ask(alice, bob);
      const createdAt = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z$/);
      const outgoing = { user: ofBob, direction: 'outgoing' as const, createdAt };
      expect(asked).toEqual({ status: 'requested', request: outgoing });
      const [sent] = await requestsOf(alice);
      const incoming = { user: ofAlice, direction: 'incoming' as const, createdAt: sent!.createdAt };
      expect(asked).toEqual({ status: 'requested', request: sent });
      expect(await requestsOf(bob)).toEqual([incoming]);

      const friend = await accept(bob, alice, 1);
      expect(friend).toEqual({ user: ofAlice, since: createdAt });
      const { since } = friend;
      expect(await friendsOf(bob)).toEqual([friend]);
      expect(await friendsOf(alice)).toEqual([{ user: ofBob, since }]);
      for (const person of [alice, bob]) expect(await requestsOf(person)).toEqual([]);

      expect(await unfriend(alice, bob)).toEqual({ userId: bob.id });
      for (const person of [alice, bob]) expect(await friendsOf(person)).toEqual([]);
      for (const stream of alices) {
        await stream.until(({ type }) => type === 'friend.removed');
        expect(newsOf(stream)).toEqual([
          { type: 'friendRequest.created', request: sent },
          { type: 'friendRequest.accepted', friend: { user: ofBob, since } },
          { type: 'friend.removed', userId: bob.id },
        ]);
      }
      for (const stream of bobs) {
        await stream.until(({ type }) => type === 'friend.removed');
        expect(newsOf(stream)).toEqual([
          { type: 'friendRequest.created', request: incoming },
          { type: 'friendRequest.accepted', friend },
          { type: 'friend.removed', userId: alice.id },
        ]);
      }
      // What is between two is nobody else's.
      for (const stream of carols) {
        await caughtUp(stream, carol);
        expect(newsOf(stream)).toEqual([]);
      }
    },
  );

  test('a request that is declined or taken back is gone for both, and can be made again', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const [alices, bobs] = [await alice.subscribe(), await bob.subscribe()];
    for (const [end, type] of [
      [() => reject(bob, alice), 'friendRequest.rejected'],
      [() => cancel(alice, bob), 'friendRequest.cancelled'],
    ] as const) {
      await ask(alice, bob);
      expect(await end()).toEqual({ userId: type.endsWith('rejected') ? alice.id : bob.id });
      for (const person of [alice, bob]) expect(await requestsOf(person)).toEqual([]);
      await alices.until((event) => event.type === type);
      expect(newsOf(alices).at(-1)).toEqual({ type, userId: bob.id });
      await bobs.until((event) => event.type === type);
      expect(newsOf(bobs).at(-1)).toEqual({ type, userId: alice.id });
    }
    await befriend(alice, bob);
    expect(await friendsOf(alice)).toHaveLength(1);
  });

  test('asked again it is the same request, and is told once', async () => {
    await using server = await testServer();
    const [alice, bob] = await server.people.all('alice', 'bob');
    const bobs = await bob.subscribe();
    const first = await ask(alice, bob);
    expect(await ask(alice, bob)).toEqual(first);
    await caughtUp(bobs, bob);
    expect(newsOf(bobs)).toHaveLength(1);
    const told = await runSql(server.databaseUrl, `SELECT 1 FROM events WHERE type LIKE 'friend%'`);
    expect(told).toHaveLength(2);
  });

  test('who asks somebody by whom they were asked is their friend', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const [alices, bobs] = [await alice.subscribe(), await bob.subscribe()];
    await ask(alice, bob);
    const answer = await ask(bob, alice);
    expect(answer).toEqual({ status: 'friends', friend: (await friendsOf(bob))[0] });
    for (const [person, stream] of [[alice, alices] as const, [bob, bobs] as const]) {
      expect(await requestsOf(person)).toEqual([]);
      await stream.when(() => newsOf(stream).length === 2);
      expect(newsOf(stream)[1]).toEqual({
        type: 'friendRequest.accepted',
        friend: (await friendsOf(person))[0],
      });
    }
  });

  test('not with oneself, with nobody, with whoever is deleted, with a friend, nor with whom one has blocked', async () => {
    const [alice, bob, carol, gone] = await server.people.all('alice', 'bob', 'carol', 'gone');
    const { password } = gone.credentials;
    await gone.api.auth.deleteAccount.mutate({ password, messages: 'keep' });
    await expect(ask(alice, alice)).rejects.toMatchObject(refused('NOT_YOURSELF', { httpStatus: 400 }));
    for (const nobody of [{ id: v7() }, gone])
      await expect(ask(alice, nobody)).rejects.toMatchObject(refused('NOT_FOUND', { what: 'user' }));
    await befriend(alice, bob);
    for (const [one, other] of [
      [alice, bob],
      [bob, alice],
    ] as const)
      await expect(ask(one, other)).rejects.toMatchObject(refused('ALREADY_FRIENDS', { httpStatus: 409 }));
    await block(alice, carol);
    await expect(ask(alice, carol)).rejects.toMatchObject(refused('PERSON_BLOCKED', { httpStatus: 409 }));
    await unblock(alice, carol);
    await ask(alice, carol);
    for (const bad of ['bob', '', null])
      await expect(ask(alice, { id: bad as string })).rejects.toMatchObject(refused('INVALID_INPUT'));
  });

  test('S48 a request is answered by whom it asks, once, and taken back by whom made it, while it waits', async () => {
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    const bobs = await bob.subscribe();
    await ask(alice, bob);
    // One's own request, as a third party, from the wrong side, with oneself, with nobody.
    for (const attempt of [accept, reject])
      for (const [by, from] of [
        [alice, bob],
        [carol, alice],
        [carol, bob],
        [bob, carol],
        [bob, bob],
        [bob, { id: v7() }],
      ] as const)
        await expect(attempt(by, from)).rejects.toMatchObject(NO_REQUEST);
    for (const [by, to] of [
      [bob, alice],
      [carol, bob],
      [carol, alice],
      [alice, alice],
      [alice, { id: v7() }],
    ] as const)
      await expect(cancel(by, to)).rejects.toMatchObject(NO_REQUEST);
    for (const by of [alice, bob, carol]) await expect(unfriend(by, alice)).rejects.toMatchObject(NO_FRIEND);
    expect(await requestsOf(bob)).toHaveLength(1);

    const friend = await accept(bob, alice);
    expect(await accept(bob, alice)).toEqual(friend);
    expect((await accept(alice, bob)).since).toBe(friend.since);
    await expect(cancel(alice, bob)).rejects.toMatchObject(NO_REQUEST);
    await expect(reject(bob, alice)).rejects.toMatchObject(NO_REQUEST);
    expect(await friendsOf(alice)).toHaveLength(1);
    await unfriend(bob, alice);
    for (const by of [alice, bob])
      await expect(unfriend(by, by === alice ? bob : alice)).rejects.toMatchObject(NO_FRIEND);
    await expect(accept(bob, alice)).rejects.toMatchObject(NO_REQUEST);

    for (const [end, again] of [
      [cancel, () => cancel(alice, bob)],
      [(_: Person, to: Person) => reject(to, alice), () => reject(bob, alice)],
    ] as const) {
      await ask(alice, bob);
      await end(alice, bob);
      for (const late of [() => accept(bob, alice), again])
        await expect(late()).rejects.toMatchObject(NO_REQUEST);
    }
    await caughtUp(bobs, bob);
    expect(newsOf(bobs).map(({ type }) => type)).toEqual([
      'friendRequest.created',
      'friendRequest.accepted',
      'friend.removed',
      'friendRequest.created',
      'friendRequest.cancelled',
      'friendRequest.created',
      'friendRequest.rejected',
    ]);
  });

  test('are listed with the newest first, and found by username or by words of their name', async () => {
    const clock = new Calendar();
    await using server = await testServer({ clock });
    const [alice, jean, zoe, other] = await server.people.all('alice', 'jean', 'zoe', 'other');
    for (const [friend, fullName] of [
      [jean, 'Jean-Luc Picard'],
      [zoe, 'Zoë'],
    ] as const) {
      await friend.api.users.updateProfile.mutate({ fullName });
      clock.advance(1_000);
      await befriend(alice, friend);
    }
    await befriend(other, jean);
    expect(namesOf(await friendsOf(alice))).toEqual(['Zoë', 'Jean-Luc Picard']);
    await alice.api.users.updateProfile.mutate({ username: 'Wonder_land', fullName: null });
    for (const [query, found] of [
      ['j', ['Jean-Luc Picard']],
      ['  ZOE ', ['Zoë']],
      ['luc', ['Jean-Luc Picard']],
      ['pic jean', ['Jean-Luc Picard']],
      ['picard zoë', []],
      ['icard', []],
      [jean.credentials.username.toUpperCase(), ['Jean-Luc Picard']],
      ['other', []],
      ['%', []],
      ['_', []],
      ['\u0301', []],
    ] as const)
      expect(namesOf(await friendsOf(alice, query)), query).toEqual(found);
    expect((await friendsOf(jean, 'wonder')).map(({ user }) => user.id)).toEqual([alice.id]);
    for (const bad of ['', ' ', 'x'.repeat(201)])
      await expect(friendsOf(alice, bad)).rejects.toMatchObject(refused('INVALID_INPUT'));

    for (const person of await server.people.all('first', 'second')) {
      clock.advance(1_000);
      await ask(person, alice);
    }
    clock.advance(1_000);
    await ask(alice, other);
    expect(namesOf(await requestsOf(alice))).toEqual(['other', 'second', 'first']);
    expect(namesOf(await requestsOf(alice, 'incoming'))).toEqual(['second', 'first']);
    expect(namesOf(await requestsOf(alice, 'outgoing'))).toEqual(['other']);
    const bad = alice.api.friendRequests.list.query({ direction: 'withheld' as never });
    await expect(bad).rejects.toMatchObject(refused('INVALID_INPUT'));
  });

  test('see each other’s new names, and so do the two of a request', async () => {
    const [alice, bob, carol, dave] = await server.people.all('alice', 'bob', 'carol', 'dave');
    await befriend(alice, bob);
    await ask(alice, carol);
    await ask(dave, alice);
    const streams = await Promise.all([bob, carol, dave].map((person) => person.subscribe()));
    await alice.api.users.updateProfile.mutate({ fullName: 'Alice Liddell' });
    for (const stream of streams) {
      const { data } = await stream.until(({ type }) => type === 'user.updated');
      expect(data).toMatchObject({ user: { id: alice.id, fullName: 'Alice Liddell' } });
    }
    await unfriend(alice, bob);
    await reject(alice, dave);
    await alice.api.users.updateProfile.mutate({ fullName: 'Alice' });
    await streams[1]!.when(
      () => streams[1]!.events.filter(({ type }) => type === 'user.updated').length === 2,
    );
    for (const [person, stream] of [[bob, streams[0]!] as const, [dave, streams[2]!] as const]) {
      await caughtUp(stream, person);
      expect(stream.events.filter(({ type }) => type === 'user.updated')).toHaveLength(1);
    }
  });
});

describe('limits', () => {
  test('100 own requests wait at most, whoever they are to', async () => {
    await using server = await testServer();
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    const crowd = await addPeople(server.databaseUrl, LIMITS.friendRequests);
    await ask(alice, { id: crowd[0]! });
    await runSql(
      server.databaseUrl,
      `INSERT INTO friend_requests (sender_id, receiver_id, created_at)
       SELECT '${alice.id}', id, now() FROM users WHERE username LIKE 'extra%' ON CONFLICT DO NOTHING`,
    );
    const tooMany = refused('TOO_MANY', { what: 'friendRequests', limit: 100, httpStatus: 409 });
    await expect(ask(alice, bob)).rejects.toMatchObject(tooMany);
    // The same again is no other one, to be asked counts for nothing, and to agree is no request.
    expect(await ask(alice, { id: crowd[0]! })).toMatchObject({ status: 'requested' });
    await ask(bob, alice);
    expect(await ask(alice, bob)).toMatchObject({ status: 'friends' });
    await cancel(alice, { id: crowd[0]! });
    await ask(alice, carol);
    await expect(ask(alice, { id: crowd[0]! })).rejects.toMatchObject(tooMany);
  });

  test('nobody has more than 1,000 friends, by whichever way', async () => {
    await using server = await testServer();
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    const [first] = await addPeople(server.databaseUrl, LIMITS.friends);
    await runSql(
      server.databaseUrl,
      `INSERT INTO friendships SELECT '${alice.id}', id, now() FROM users WHERE username LIKE 'extra%';
       INSERT INTO friendships SELECT id, '${alice.id}', now() FROM users WHERE username LIKE 'extra%'`,
    );
    expect(await friendsOf(alice)).toHaveLength(1_000);
    await ask(alice, bob);
    await ask(carol, alice);
    const full = refused('TOO_MANY', { what: 'friends', limit: 1_000 });
    for (const attempt of [accept, ask]) {
      await expect(attempt(bob, alice)).rejects.toMatchObject(full);
      await expect(attempt(alice, carol)).rejects.toMatchObject(full);
    }
    // The requests still wait, and there is room again.
    await unfriend(alice, { id: first! });
    expect(await accept(bob, alice)).toMatchObject({ user: { id: alice.id } });
    await expect(accept(alice, carol)).rejects.toMatchObject(full);
  });

  test('so many requests an hour are sent, and answers are not counted', async () => {
    await using server = await testServer({ env: { LIMIT_FRIEND_REQUESTS: '2/3600' } });
    const [alice, bob] = await server.people.all('alice', 'bob');
    for (let n = 0; n < 2; n++) {
      await ask(alice, bob);
      await cancel(alice, bob);
    }
    await expect(ask(alice, bob)).rejects.toMatchObject(refused('RATE_LIMITED'));
    await ask(bob, alice);
    await accept(alice, bob);
  });

  test('of the requests to somebody the newest 1,000 are listed', async () => {
    await using server = await testServer();
    const alice = await server.people.join('alice');
    await addPeople(server.databaseUrl, 1_001);
    await runSql(
      server.databaseUrl,
      `INSERT INTO friend_requests (sender_id, receiver_id, created_at)
       SELECT id, '${alice.id}', now() + substr(username, 6)::int * interval '1 s' FROM users WHERE username LIKE 'extra%'`,
    );
    const requests = await requestsOf(alice);
    expect(requests).toHaveLength(1_000);
    expect(requests[0]!.user.username).toBe('extra1001');
    expect(requests[999]!.user.username).toBe('extra2');
  });
});

describe('S43 somebody who has blocked', () => {
  test('never learns of a request, in whatever way; whoever made it sees nothing of that', async () => {
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    const { cursor } = await bob.api.sync.bootstrap.query();
    await block(bob, alice);
    const [alices, bobs] = [await alice.subscribe({ node: 1 }), await bob.subscribe({ node: 1 })];
    const seesNothing = async () => {
      for (const node of [0, 1]) {
        const { requests } = await bob.on(node).friendRequests.list.query({});
        expect(requests).toEqual([]);
      }
      expect(await bob.api.sync.bootstrap.query()).toMatchObject({ friendRequests: [] });
      for (const attempt of [accept, reject, cancel])
        await expect(attempt(bob, alice)).rejects.toMatchObject(NO_REQUEST);
      await expect(unfriend(bob, alice)).rejects.toMatchObject(NO_FRIEND);
      await caughtUp(bobs, bob);
      expect(newsOf(bobs)).toEqual([]);
    };
    const toCarol = await ask(alice, carol);
    const toBob = await ask(alice, bob);
    const asIf = (answer: object) => JSON.stringify(answer).replaceAll(/\d\d\.\d{3}Z/g, '');
    const [ofBob, ofCarol] = [await profileOf(bob), await profileOf(carol)];
    expect(asIf(toBob)).toBe(asIf(toCarol).replace(asIf(ofCarol), asIf(ofBob)));
    expect(await requestsOf(alice)).toHaveLength(2);
    expect(await ask(alice, bob)).toEqual(toBob);
    await alices.when(() => newsOf(alices).length === 2);
    expect(newsOf(alices)[1]).toEqual({
      type: 'friendRequest.created',
      request: (await requestsOf(alice))[0],
    });
    await seesNothing();

    await unblock(bob, alice);
    await seesNothing();
    expect(await requestsOf(alice)).toHaveLength(2);
    expect(await ask(alice, bob)).toEqual(toBob);
    // She is a stranger to him, of whom he hears nothing.
    await alice.api.users.updateProfile.mutate({ fullName: 'Alice Liddell' });
    await seesNothing();
    expect(bobs.events.filter(({ type }) => type === 'user.updated')).toEqual([]);

    await cancel(alice, bob);
    await alices.until(({ type }) => type === 'friendRequest.cancelled');
    await seesNothing();
    // Nor does he from the log.
    const resumed = await bob.subscribe({ cursor });
    expect(newsOf(resumed)).toEqual([]);

    await ask(alice, bob);
    expect(await requestsOf(bob)).toMatchObject([{ user: { id: alice.id }, direction: 'incoming' }]);
    await bobs.until(({ type }) => type === 'friendRequest.created');
    await accept(bob, alice);
  });

  test('a request that waits is theirs no more', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    await ask(alice, bob);
    const [alices, bobs] = [await alice.subscribe(), await bob.subscribe()];
    await block(bob, alice);
    expect(await requestsOf(bob)).toEqual([]);
    for (const attempt of [accept, reject])
      await expect(attempt(bob, alice)).rejects.toMatchObject(NO_REQUEST);
    expect(await requestsOf(alice)).toHaveLength(1);
    await unblock(bob, alice);
    expect(await requestsOf(bob)).toEqual([]);
    await cancel(alice, bob);
    await alices.until(({ type }) => type === 'friendRequest.cancelled');
    expect(newsOf(alices)).toHaveLength(1);
    await caughtUp(bobs, bob);
    expect(newsOf(bobs)).toEqual([]);
  });

  test('asks for nothing before they unblock; then a request of the other one counts', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    await block(bob, alice);
    await ask(alice, bob);
    await expect(ask(bob, alice)).rejects.toMatchObject(refused('PERSON_BLOCKED'));
    const bobs = await bob.subscribe();
    await unblock(bob, alice);
    expect(await ask(bob, alice)).toMatchObject({ status: 'friends', friend: { user: { id: alice.id } } });
    expect(await requestsOf(alice)).toEqual([]);
    await bobs.until(({ type }) => type === 'friendRequest.accepted');
    expect(newsOf(bobs)).toHaveLength(1);
  });

  test('keeps their friends, and what they have asked themselves can be accepted', async () => {
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    await befriend(alice, bob);
    await block(bob, alice);
    for (const person of [alice, bob]) expect(await friendsOf(person)).toHaveLength(1);
    await expect(ask(alice, bob)).rejects.toMatchObject(refused('ALREADY_FRIENDS'));
    await expect(ask(bob, alice)).rejects.toMatchObject(refused('ALREADY_FRIENDS'));
    await ask(bob, carol);
    await block(bob, carol);
    expect(await requestsOf(bob)).toHaveLength(1);
    await expect(ask(bob, carol)).rejects.toMatchObject(refused('PERSON_BLOCKED'));
    await accept(carol, bob);
    expect(await friendsOf(bob)).toHaveLength(2);
    await unfriend(alice, bob);
    expect(await friendsOf(bob)).toHaveLength(1);
  });
});

describe('at the same moment', () => {
  test('two who ask each other, on two nodes, have exactly one friendship', async () => {
    const pairs = await Promise.all(Array.from({ length: 6 }, () => server.people.all('alice', 'bob')));
    for (const [alice, bob] of pairs) {
      const streams = await Promise.all([alice.subscribe({ node: 1 }), bob.subscribe()]);
      const answers = await Promise.all([ask(alice, bob, 0), ask(bob, alice, 1)]);
      expect(answers.map(({ status }) => status).sort()).toEqual(['friends', 'requested']);
      expect(await between(server, alice, bob)).toBe('friends');
      for (const stream of streams) {
        await stream.until(({ type }) => type === 'friendRequest.accepted');
        expect(newsOf(stream).map(({ type }) => type)).toEqual([
          'friendRequest.created',
          'friendRequest.accepted',
        ]);
        stream.close();
      }
    }
  });

  test('one who asks on all devices has made one request', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const bobs = await bob.subscribe();
    const answers = await Promise.all([0, 1, 0, 1, 0, 1].map((node) => ask(alice, bob, node)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    const accepted = await Promise.all([0, 1, 0, 1].map((node) => accept(bob, alice, node)));
    expect(new Set(accepted.map(({ since }) => since)).size).toBe(1);
    await caughtUp(bobs, bob);
    expect(newsOf(bobs)).toHaveLength(2);
  });

  test('the last places are given once: of requests, and of friends', async () => {
    await using server = await testServer({ nodes: 2 });
    const [alice, ...others] = await server.people.all(
      'alice',
      'bob',
      'carol',
      'dave',
      'erin',
      'frank',
      'grace',
    );
    await addPeople(server.databaseUrl, LIMITS.friends - 2);
    await runSql(
      server.databaseUrl,
      `INSERT INTO friend_requests (sender_id, receiver_id, created_at)
         SELECT '${alice.id}', id, now() FROM users WHERE username LIKE 'extra%' LIMIT ${LIMITS.friendRequests - 2};
       INSERT INTO friendships SELECT '${alice.id}', id, now() FROM users WHERE username LIKE 'extra%'`,
    );
    const won = (outcomes: PromiseSettledResult<unknown>[]) =>
      outcomes.filter(({ status }) => status === 'fulfilled').length;
    expect(won(await Promise.allSettled(others.map((other, n) => ask(alice, other, n % 2))))).toBe(2);
    await runSql(server.databaseUrl, 'DELETE FROM friend_requests');
    await Promise.all(others.map((other) => ask(other, alice)));
    expect(won(await Promise.allSettled(others.map((other, n) => accept(alice, other, n % 2))))).toBe(2);
    expect(await friendsOf(alice)).toHaveLength(LIMITS.friends);
    expect(await requestsOf(alice)).toHaveLength(4);
  });

  test('whatever two do: what is between them is one thing, and both believe it', () => raceFriends(20));

  test('a block that crosses a request: it is withheld, or was told before', async () => {
    for (let round = 0; round < 4; round++) {
      const [alice, bob] = await server.people.all('alice', 'bob');
      const bobs = await bob.subscribe();
      const asking = ask(alice, bob, 1);
      await Promise.all([asking, block(bob, alice)]);
      expect(await requestsOf(bob)).toEqual([]);
      expect(await requestsOf(alice)).toHaveLength(1);
      await bobs.until(({ type }) => type === 'block.added');
      // What he was told of it came before the block, which takes it away.
      await caughtUp(bobs, bob);
      const types = bobs.events.map(({ type }) => type);
      expect(types.indexOf('friendRequest.created')).toBeLessThan(types.indexOf('block.added'));
      bobs.close();
    }
  });
});

describe('an account that is deleted', () => {
  const deleteAccount = ({ api, credentials: { password } }: Person) =>
    api.auth.deleteAccount.mutate({ password, messages: 'keep' });
  /** How many rows name somebody, in all that is between people. */
  const rowsOf = async ({ databaseUrl }: TestServer, { id }: Person): Promise<number> => {
    const tables = ['friendships', 'friend_requests', 'contacts', 'blocks'];
    const [row] = await runSql<{ count: number }>(
      databaseUrl,
      `SELECT count(*)::int AS count FROM (
         ${tables.map((table) => `SELECT t::text AS row FROM ${table} t`).join(' UNION ALL ')}
       ) named WHERE row LIKE '%${id}%'`,
    );
    return row!.count;
  };

  test('is nobody’s friend from then on, and nothing between it and others stays', async () => {
    await using server = await testServer();
    const [alice, ...others] = await server.people.all(
      'alice',
      'friend',
      'asked',
      'asking',
      'owner',
      'blocker',
    );
    const [friend, asked, asking, owner, blocker] = others;
    const { cursor } = await friend.api.sync.bootstrap.query();
    await befriend(alice, friend);
    await ask(alice, asked);
    await ask(asking, alice);
    await block(blocker, alice);
    await ask(alice, blocker);
    await block(alice, asking);
    await runSql(
      server.databaseUrl,
      `INSERT INTO contacts (owner_id, user_id, created_at)
       VALUES ('${owner.id}', '${alice.id}', now()), ('${alice.id}', '${friend.id}', now())`,
    );
    const untouched = await befriend(owner, friend);
    expect(await rowsOf(server, alice)).toBe(9);
    const streams = await Promise.all(others.map((person) => person.subscribe()));
    const { app } = server.nodes[0];
    await deleteAccount(alice);
    for (const stream of streams) {
      const { data } = await stream.until(({ type }) => type === 'user.updated');
      expect(data).toMatchObject({ user: { id: alice.id, isDeleted: true } });
    }
    await expect.poll(() => rowsOf(server, alice)).toBe(0);
    expect(await friendsOf(friend)).toMatchObject([{ user: { id: owner.id }, since: untouched.since }]);
    // Done again, it finds nothing to do.
    await clearAccount(app, { userId: alice.id, erase: false });
    // What was told of it is told no more, by a node that has to read it.
    await server.addNode();
    const resumed = await friend.subscribe({ cursor, node: 1 });
    expect(resumed.events.map(({ type }) => type)).toEqual([
      ...['friendRequest.created', 'friendRequest.accepted', 'user.updated'],
    ]);
    expect(JSON.stringify(newsOf(resumed))).not.toContain(alice.id);
  });

  test('is gone at once, however long it takes to clear up behind it', async () => {
    const [alice, friend, asked, asking] = await server.people.all('alice', 'friend', 'asked', 'asking');
    await befriend(alice, friend);
    await ask(alice, asked);
    await ask(asking, alice);
    await runSql(server.databaseUrl, `UPDATE users SET deleted_at = now() WHERE id = '${alice.id}'`);
    for (const person of [friend, asked, asking]) {
      expect(await friendsOf(person)).toEqual([]);
      expect(await friendsOf(person, 'alice')).toEqual([]);
      expect(await requestsOf(person)).toEqual([]);
      expect(await person.api.sync.bootstrap.query()).toMatchObject({ friends: [], friendRequests: [] });
      for (const attempt of [ask, accept, reject, cancel, unfriend])
        await expect(attempt(person, alice)).rejects.toMatchObject(refused('NOT_FOUND'));
    }
    expect(await rowsOf(server, alice)).toBe(4);
  });

  test('of what is done with it at that moment nothing stays', async () => {
    for (let round = 0; round < 3; round++) {
      const [alice, bob, carol, dave] = await server.people.all('alice', 'bob', 'carol', 'dave');
      await ask(bob, alice);
      await ask(alice, carol);
      const outcomes = await Promise.allSettled([
        deleteAccount(alice),
        accept(carol, alice, 1),
        ask(dave, alice, round % 2),
        accept(alice, bob, 1),
      ]);
      expect(outcomes[0].status).toBe('fulfilled');
      await expect.poll(() => rowsOf(server, alice)).toBe(0);
      for (const person of [bob, carol, dave]) {
        expect(await friendsOf(person)).toEqual([]);
        expect(await requestsOf(person)).toEqual([]);
      }
    }
  });
});
