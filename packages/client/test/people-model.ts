import type { Block, ChatEvent, Contact, Friend, FriendRequest, PublicUser } from '@parley/contract';
import fc from 'fast-check';
import type { PeopleLists } from '../src/sync/people.ts';

/** What happens between `me` and somebody. Where it cannot be done nothing happens. */
export interface PeopleAction {
  do: (typeof DEEDS)[number];
  who: number;
}

const DEEDS = [
  ...(['ask', 'be asked', 'accept', 'reject', 'cancel', 'unfriend'] as const),
  ...(['add contact', 'rename contact', 'remove contact', 'block', 'unblock'] as const),
];

export const peopleActions: fc.Arbitrary<PeopleAction> = fc.record({
  do: fc.constantFrom(...DEEDS),
  who: fc.nat(99),
});

const AT = '2026-11-20T10:00:00.000Z';

/** Friends, requests, contacts and blocks of `me`, as the server would keep them, by user id. */
export class PeopleModel {
  readonly #tell: (event: ChatEvent) => void;
  readonly #friends = new Map<string, Friend>();
  readonly #requests = new Map<string, FriendRequest>();
  readonly #contacts = new Map<string, Contact>();
  readonly #blocks = new Map<string, Block>();

  constructor(tell: (event: ChatEvent) => void) {
    this.#tell = tell;
  }

  lists(): PeopleLists {
    const [friends, friendRequests] = [[...this.#friends.values()], [...this.#requests.values()]];
    return {
      friends,
      friendRequests,
      contacts: [...this.#contacts.values()],
      blocks: [...this.#blocks.values()],
    };
  }

  knows = (userId: string): boolean =>
    [this.#friends, this.#requests, this.#contacts, this.#blocks].some((list) => list.has(userId));

  run({ do: deed }: PeopleAction, user: PublicUser): void {
    const userId = user.id;
    const request = this.#requests.get(userId);
    const isBlocked = this.#blocks.has(userId);
    switch (deed) {
      case 'ask':
        return isBlocked ? undefined : this.#ask(user, 'outgoing');
      case 'be asked':
        return isBlocked ? undefined : this.#ask(user, 'incoming');
      case 'accept':
        return request && this.#befriend(user);
      case 'reject':
      case 'cancel':
        if (this.#requests.delete(userId))
          this.#tell({
            type: deed === 'reject' ? 'friendRequest.rejected' : 'friendRequest.cancelled',
            userId,
          });
        return;
      case 'unfriend':
        if (this.#friends.delete(userId)) this.#tell({ type: 'friend.removed', userId });
        return;
      case 'add contact':
      case 'rename contact':
        return this.#contact(user, deed === 'add contact');
      case 'remove contact':
        if (this.#contacts.delete(userId)) this.#tell({ type: 'contact.removed', userId });
        return;
      case 'block':
        return isBlocked ? undefined : this.#block(user);
      case 'unblock':
        if (this.#blocks.delete(userId)) this.#tell({ type: 'block.removed', userId });
        return;
    }
  }

  /** Somebody's profile is another one, or their account is gone. */
  profile(user: PublicUser): void {
    for (const list of [this.#friends, this.#requests, this.#contacts, this.#blocks] as Map<
      string,
      Friend
    >[]) {
      const entry = list.get(user.id);
      if (entry && user.isDeleted) list.delete(user.id);
      else if (entry) list.set(user.id, { ...entry, user });
    }
  }

  #ask(user: PublicUser, direction: FriendRequest['direction']): void {
    const waiting = this.#requests.get(user.id);
    if (this.#friends.has(user.id) || waiting?.direction === direction) return;
    if (waiting) return this.#befriend(user);
    const request = { user, direction, createdAt: AT };
    this.#requests.set(user.id, request);
    this.#tell({ type: 'friendRequest.created', request });
  }

  #befriend(user: PublicUser): void {
    this.#requests.delete(user.id);
    const friend = { user, since: AT };
    this.#friends.set(user.id, friend);
    this.#tell({ type: 'friendRequest.accepted', friend });
  }

  #contact(user: PublicUser, isNew: boolean): void {
    const known = this.#contacts.get(user.id);
    if (isNew === (known !== undefined)) return;
    const alias = known ? `${known.alias ?? ''}+` : null;
    const contact = { user, alias, createdAt: AT };
    this.#contacts.set(user.id, contact);
    this.#tell({ type: isNew ? 'contact.added' : 'contact.updated', contact });
  }

  #block(user: PublicUser): void {
    if (this.#requests.get(user.id)?.direction === 'incoming') this.#requests.delete(user.id);
    const block = { user, createdAt: AT };
    this.#blocks.set(user.id, block);
    this.#tell({ type: 'block.added', block });
  }
}
