import type { ChatEvent, FriendRequest } from '@parley/contract';
import { expect } from 'vitest';
import { runSql } from './database.ts';
import { seeded } from './hostile.ts';
import type { Person } from './people.ts';
import { type TestServer, testServer } from './server.ts';
import type { Subscription } from './subscription.ts';

export const ask = (from: Person, to: { id: string }, node = 0) =>
  from.on(node).friendRequests.send.mutate({ userId: to.id });
export const accept = (by: Person, from: { id: string }, node = 0) =>
  by.on(node).friendRequests.accept.mutate({ userId: from.id });
export const reject = (by: Person, from: { id: string }, node = 0) =>
  by.on(node).friendRequests.reject.mutate({ userId: from.id });
export const cancel = (by: Person, to: { id: string }, node = 0) =>
  by.on(node).friendRequests.cancel.mutate({ userId: to.id });
export const unfriend = (by: Person, other: { id: string }, node = 0) =>
  by.on(node).friends.remove.mutate({ userId: other.id });

export async function befriend(one: Person, other: Person) {
  await ask(one, other);
  return accept(other, one);
}

export const requestsOf = async (person: Person, direction?: FriendRequest['direction']) =>
  (await person.api.friendRequests.list.query({ direction })).requests;
export const friendsOf = async (person: Person, query?: string) =>
  (await person.api.friends.list.query({ query })).friends;

/** What a stream was told of friends and requests, in order. */
export const newsOf = ({ events }: Subscription): ChatEvent[] =>
  events.filter(({ type }) => type.startsWith('friend'));

/** Resolves when a stream has all that was told to this person before. */
export async function caughtUp(stream: Subscription, person: Person): Promise<void> {
  const count = () => stream.events.filter(({ type }) => type === 'settings.updated').length;
  const before = count();
  const { readReceipts } = await person.api.settings.get.query();
  await person.api.settings.update.mutate({ readReceipts: !readReceipts });
  await stream.when(() => count() > before);
}

/** What the database has between two, in words; a state that cannot be fails. */
export async function between(
  { databaseUrl }: TestServer,
  one: Person,
  other: Person,
): Promise<'friends' | 'request' | 'nothing'> {
  const both = `('${one.id}', '${other.id}')`;
  const friendships = await runSql<{ since: Date }>(
    databaseUrl,
    `SELECT since FROM friendships WHERE user_id IN ${both} AND friend_id IN ${both}`,
  );
  const requests = await runSql(
    databaseUrl,
    `SELECT 1 FROM friend_requests WHERE sender_id IN ${both} AND receiver_id IN ${both}`,
  );
  const [first, second, ...more] = friendships;
  expect(more).toEqual([]);
  expect(first?.since).toEqual(second?.since);
  expect(requests.length).toBeLessThanOrEqual(first ? 0 : 1);
  if (first) return 'friends';
  return requests.length > 0 ? 'request' : 'nothing';
}

/** What a stream makes one believe is between them and the only other person. */
function believed(stream: Subscription): { friends: string[]; requests: string[] } {
  const [friends, requests] = [new Set<string>(), new Set<string>()];
  for (const event of newsOf(stream)) {
    if (event.type === 'friendRequest.created') requests.add(event.request.user.id);
    if (event.type === 'friendRequest.accepted') {
      requests.delete(event.friend.user.id);
      friends.add(event.friend.user.id);
    }
    if (event.type === 'friendRequest.rejected' || event.type === 'friendRequest.cancelled')
      requests.delete(event.userId);
    if (event.type === 'friend.removed') friends.delete(event.userId);
  }
  return { friends: [...friends], requests: [...requests] };
}

/**
 * Two people do all that friends and strangers do, four things at a time and on two nodes. After each round there is
 * one thing between them, or nothing; at the end both of them believe just that.
 */
export async function raceFriends(rounds: number, seed = Date.now()): Promise<void> {
  await using server = await testServer({ nodes: 2 });
  const [alice, bob] = await server.people.all('alice', 'bob');
  const streams = [await alice.subscribe({ node: 1 }), await bob.subscribe()] as const;
  const random = seeded(seed);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
  for (let round = 0; round < rounds; round++) {
    const doing = Array.from({ length: 4 }, () => {
      const [by, other] = pick([
        [alice, bob],
        [bob, alice],
      ] as const);
      return pick([ask, ask, accept, reject, cancel, unfriend])(by, other, pick([0, 1]));
    });
    for (const outcome of await Promise.allSettled(doing))
      if (outcome.status === 'rejected')
        expect(outcome.reason.data.code, `seed ${seed}`).toMatch(/^(NOT_FOUND|ALREADY_FRIENDS)$/);
    await between(server, alice, bob);
  }
  const state = await between(server, alice, bob);
  const ids = (list: { user: { id: string } }[]) => list.map(({ user }) => user.id);
  for (const [person, other, stream] of [
    [alice, bob, streams[0]] as const,
    [bob, alice, streams[1]] as const,
  ]) {
    await caughtUp(stream, person);
    const truth = {
      friends: state === 'friends' ? [other.id] : [],
      requests: state === 'request' ? [other.id] : [],
    };
    expect(believed(stream), `seed ${seed}`).toEqual(truth);
    expect({ friends: ids(await friendsOf(person)), requests: ids(await requestsOf(person)) }).toEqual(truth);
  }
}
