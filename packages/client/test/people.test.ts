import type { ChatEvent, FriendRequest, PublicUser } from '@parley/contract';
import { describe, expect, test } from 'vitest';
import { applyEvent } from '../src/sync/apply-event.ts';
import { type ChatState, emptyState, takeBootstrap } from '../src/sync/state.ts';
import { Model } from './model.ts';

const AT = '2026-11-20T10:00:00.000Z';
const LATER = '2026-11-21T10:00:00.000Z';
const person = (username: string): PublicUser => ({
  id: `id of ${username}`,
  username,
  fullName: null,
  avatar: null,
  status: null,
  isDeleted: false,
});
const [bob, carol] = [person('bob'), person('carol')];

const friend = (user: PublicUser, since = AT) => ({ user, since });
const request = (user: PublicUser, direction: FriendRequest['direction']): FriendRequest => ({
  user,
  direction,
  createdAt: AT,
});
const contact = (user: PublicUser, alias: string | null) => ({ user, alias, createdAt: AT });
const block = (user: PublicUser) => ({ user, createdAt: AT });

const start = takeBootstrap(emptyState, new Model().snapshot());
/** The state after these events, each of which came twice. */
const after = (...events: ChatEvent[]): ChatState =>
  events.reduce((state, event) => {
    const next = applyEvent(state, event);
    expect(applyEvent(next, event)).toEqual(next);
    return next;
  }, start);

/** Bob is in all four lists, which cannot be, and Carol too. */
const everywhere = (): ChatState => ({
  ...start,
  friends: { [bob.id]: friend(bob), [carol.id]: friend(carol) },
  friendRequests: { [bob.id]: request(bob, 'incoming'), [carol.id]: request(carol, 'outgoing') },
  contacts: { [bob.id]: contact(bob, 'Bobby'), [carol.id]: contact(carol, null) },
  blocks: { [bob.id]: block(bob), [carol.id]: block(carol) },
});
const lists = ['friends', 'friendRequests', 'contacts', 'blocks'] as const;
const listsOf = ({ friends, friendRequests, contacts, blocks }: ChatState) => ({
  friends,
  friendRequests,
  contacts,
  blocks,
});

test('the lists are unknown until a snapshot, and then known, even if empty', () => {
  const events: ChatEvent[] = [
    { type: 'friendRequest.created', request: request(bob, 'incoming') },
    { type: 'friendRequest.accepted', friend: friend(bob) },
    { type: 'contact.added', contact: contact(bob, null) },
    { type: 'block.added', block: block(bob) },
    { type: 'user.updated', user: bob },
  ];
  for (const event of events) expect(applyEvent(emptyState, event)).toBe(emptyState);
  for (const list of lists) {
    expect(emptyState[list]).toBeUndefined();
    expect(start[list]).toEqual({});
  }
  const snapshot = {
    ...new Model().snapshot(),
    friends: [friend(bob)],
    friendRequests: [request(carol, 'incoming')],
    contacts: [contact(carol, 'C.')],
    blocks: [block(carol)],
  };
  const first = takeBootstrap(emptyState, snapshot);
  expect(listsOf(first)).toEqual({
    friends: { [bob.id]: friend(bob) },
    friendRequests: { [carol.id]: request(carol, 'incoming') },
    contacts: { [carol.id]: contact(carol, 'C.') },
    blocks: { [carol.id]: block(carol) },
  });
  // The next one takes their place.
  expect(takeBootstrap(first, new Model().snapshot())).toEqual(start);
});

describe('friends and requests', () => {
  const asked: ChatEvent = { type: 'friendRequest.created', request: request(bob, 'incoming') };

  test('a request waits until it is accepted, rejected or taken back', () => {
    expect(after(asked).friendRequests).toEqual({ [bob.id]: request(bob, 'incoming') });
    const accepted = after(asked, { type: 'friendRequest.accepted', friend: friend(bob) });
    expect(listsOf(accepted)).toEqual({ ...listsOf(start), friends: { [bob.id]: friend(bob) } });
    for (const type of ['friendRequest.rejected', 'friendRequest.cancelled'] as const)
      expect(listsOf(after(asked, { type, userId: bob.id }))).toEqual(listsOf(start));
  });

  test('the other requests stay as they were', () => {
    const carolAsked: ChatEvent = { type: 'friendRequest.created', request: request(carol, 'outgoing') };
    const both = after(asked, carolAsked);
    const ends: ChatEvent[] = [
      { type: 'friendRequest.accepted', friend: friend(bob) },
      { type: 'friendRequest.rejected', userId: bob.id },
      { type: 'friendRequest.cancelled', userId: bob.id },
      { type: 'block.added', block: block(bob) },
    ];
    for (const end of ends) {
      const { friendRequests } = applyEvent(both, end);
      expect(Object.keys(friendRequests!)).toEqual([carol.id]);
      expect(friendRequests![carol.id]).toBe(both.friendRequests![carol.id]);
    }
  });

  test('a friendship ends, and may begin again', () => {
    const begins: ChatEvent = { type: 'friendRequest.accepted', friend: friend(bob) };
    const ended = after(begins, { type: 'friend.removed', userId: bob.id });
    expect(ended.friends).toEqual({});
    const again = applyEvent(ended, { ...begins, friend: friend(bob, LATER) });
    expect(again.friends).toEqual({ [bob.id]: friend(bob, LATER) });
  });
});

test('a contact is added, gets another name, and is removed', () => {
  const added: ChatEvent = { type: 'contact.added', contact: contact(bob, null) };
  const renamed: ChatEvent = { type: 'contact.updated', contact: contact(bob, 'Bobby') };
  expect(after(added).contacts).toEqual({ [bob.id]: contact(bob, null) });
  expect(after(added, renamed).contacts).toEqual({ [bob.id]: contact(bob, 'Bobby') });
  expect(after(added, renamed, { type: 'contact.removed', userId: bob.id }).contacts).toEqual({});
});

describe('a block', () => {
  const blocked: ChatEvent = { type: 'block.added', block: block(bob) };

  test('is there until it is removed', () => {
    expect(after(blocked).blocks).toEqual({ [bob.id]: block(bob) });
    expect(after(blocked, { type: 'block.removed', userId: bob.id }).blocks).toEqual({});
  });

  test('takes away the request of the blocked one, and leaves what else is between the two', () => {
    const state = applyEvent({ ...everywhere(), blocks: {} }, blocked);
    expect(state).toEqual({
      ...everywhere(),
      friendRequests: { [carol.id]: request(carol, 'outgoing') },
      blocks: { [bob.id]: block(bob) },
    });
  });

  test('leaves one’s own request to the blocked one', () => {
    const asked: ChatEvent = { type: 'friendRequest.created', request: request(bob, 'outgoing') };
    expect(after(asked, blocked).friendRequests).toEqual({ [bob.id]: request(bob, 'outgoing') });
  });
});

describe('somebody’s profile', () => {
  test('is replaced in every list, and nothing else is', () => {
    const before = everywhere();
    const user = { ...bob, fullName: 'Bob Roe' };
    const state = applyEvent(before, { type: 'user.updated', user });
    for (const list of lists) {
      expect(state[list]![bob.id]).toEqual({ ...before[list]![bob.id], user });
      expect(state[list]![carol.id]).toBe(before[list]![carol.id]);
    }
  });

  test('of whoever is deleted goes from every list', () => {
    const before = everywhere();
    const state = applyEvent(before, { type: 'user.updated', user: { ...bob, isDeleted: true } });
    for (const list of lists) {
      expect(Object.keys(state[list]!)).toEqual([carol.id]);
      expect(state[list]![carol.id]).toBe(before[list]![carol.id]);
    }
  });

  test('of a stranger changes nothing', () => {
    const before = everywhere();
    const user = person('dave');
    expect(applyEvent(before, { type: 'user.updated', user })).toBe(before);
    expect(applyEvent(before, { type: 'user.updated', user: { ...user, isDeleted: true } })).toBe(before);
  });
});

test('what an event is not about keeps its identity', () => {
  const before = everywhere();
  const dave = person('dave');
  const changes: [ChatEvent, (keyof ChatState)[]][] = [
    [{ type: 'friendRequest.created', request: request(dave, 'incoming') }, ['friendRequests']],
    [{ type: 'friendRequest.accepted', friend: friend(dave) }, ['friends']],
    [{ type: 'friendRequest.accepted', friend: friend(bob) }, ['friends', 'friendRequests']],
    [{ type: 'friendRequest.rejected', userId: bob.id }, ['friendRequests']],
    [{ type: 'friendRequest.rejected', userId: dave.id }, []],
    [{ type: 'friendRequest.cancelled', userId: bob.id }, ['friendRequests']],
    [{ type: 'friendRequest.cancelled', userId: dave.id }, []],
    [{ type: 'friend.removed', userId: bob.id }, ['friends']],
    [{ type: 'friend.removed', userId: dave.id }, []],
    [{ type: 'contact.added', contact: contact(dave, null) }, ['contacts']],
    [{ type: 'contact.updated', contact: contact(bob, null) }, ['contacts']],
    [{ type: 'contact.removed', userId: bob.id }, ['contacts']],
    [{ type: 'contact.removed', userId: dave.id }, []],
    [{ type: 'block.added', block: block(dave) }, ['blocks']],
    [{ type: 'block.added', block: block(bob) }, ['blocks', 'friendRequests']],
    [{ type: 'block.removed', userId: bob.id }, ['blocks']],
    [{ type: 'block.removed', userId: dave.id }, []],
  ];
  for (const [event, changed] of changes) {
    const state = applyEvent(before, event);
    const names = Object.keys(before) as (keyof ChatState)[];
    expect(names.filter((name) => state[name] !== before[name]).sort()).toEqual(changed.sort());
    if (changed.length === 0) expect(state).toBe(before);
  }
});
