import type { Block, Contact, Friend, FriendRequest, PublicUser } from '@parley/contract';

/** The people whom this person has to do with, by user id; undefined while not loaded. Who is deleted is in none. */
export interface People {
  readonly friends: Readonly<Record<string, Friend>> | undefined;
  /** Those that wait for an answer, from either side: there is at most one between two people. */
  readonly friendRequests: Readonly<Record<string, FriendRequest>> | undefined;
  readonly contacts: Readonly<Record<string, Contact>> | undefined;
  /** Whom this person has blocked. */
  readonly blocks: Readonly<Record<string, Block>> | undefined;
}

/** The same as a snapshot tells it. */
export interface PeopleLists {
  friends: Friend[];
  friendRequests: FriendRequest[];
  contacts: Contact[];
  blocks: Block[];
}

type Entry<List extends keyof People> = NonNullable<People[List]>[string];

export const noPeople: People = {
  friends: undefined,
  friendRequests: undefined,
  contacts: undefined,
  blocks: undefined,
};

export const takePeople = ({ friends, friendRequests, contacts, blocks }: PeopleLists): People => ({
  friends: byPerson(friends),
  friendRequests: byPerson(friendRequests),
  contacts: byPerson(contacts),
  blocks: byPerson(blocks),
});

const byPerson = <One extends { user: PublicUser }>(list: One[]): Record<string, One> =>
  Object.fromEntries(list.map((one) => [one.user.id, one]));

/** Puts somebody into a list that is known, in place of what it said of them before. */
export function putPerson<State extends People, List extends keyof People>(
  state: State,
  list: List,
  entry: Entry<List>,
): State {
  return state[list] ? { ...state, [list]: { ...state[list], [entry.user.id]: entry } } : state;
}

export function dropPerson<State extends People>(state: State, list: keyof People, userId: string): State {
  const { [userId]: dropped, ...others } = state[list] ?? {};
  return dropped ? { ...state, [list]: others } : state;
}

/** They are friends now: nothing waits for an answer any more. */
export const putFriend = <State extends People>(state: State, friend: Friend): State =>
  putPerson(dropPerson(state, 'friendRequests', friend.user.id), 'friends', friend);

/** A blocked person's request is not shown any more; one's own to them still is. */
export function putBlock<State extends People>(state: State, block: Block): State {
  const { id } = block.user;
  const asked = state.friendRequests?.[id]?.direction === 'incoming';
  return putPerson(asked ? dropPerson(state, 'friendRequests', id) : state, 'blocks', block);
}

/** Somebody's profile, in each list that has them. Who is deleted leaves them all. */
export function putProfile<State extends People>(state: State, user: PublicUser): State {
  const lists = ['friends', 'friendRequests', 'contacts', 'blocks'] as const;
  return lists.reduce((next, list) => {
    const entry = next[list]?.[user.id];
    if (!entry) return next;
    return user.isDeleted ? dropPerson(next, list, user.id) : putPerson(next, list, { ...entry, user });
  }, state);
}
