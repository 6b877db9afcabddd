import type {
  ChatEvent,
  Conversation,
  ConversationView,
  Member,
  Message,
  PublicUser,
  SeqRange,
  Settings,
} from '@parley/contract';
import fc from 'fast-check';
import type { Bootstrap } from '../src/sync/state.ts';
import { type PeopleAction, PeopleModel, peopleActions } from './people-model.ts';

/** What somebody does in the model. Numbers choose among what there is at that moment. */
export type Action =
  | { do: 'direct'; with: number }
  | { do: 'group'; with: number[] }
  | { do: 'send' | 'read'; who: number; where: number }
  | { do: 'add' | 'remove' | 'leave'; who: number; where: number }
  /** Somebody whom `me` has blocked begins a direct conversation: `me` does not hear of it. */
  | { do: 'hidden direct'; with: number }
  /** The other one of a direct conversation sends what is withheld from `me`. */
  | { do: 'withhold'; where: number }
  /** A block of a direct conversation ends: whoever has not heard of it does now, the other one once more. */
  | { do: 'reveal'; where: number }
  | { do: 'change profile' | 'delete account'; who: number }
  | PeopleAction;

const pick = fc.nat(99);
export const actions: fc.Arbitrary<Action[]> = fc.array(
  fc.oneof(
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constantFrom('direct' as const, 'direct' as const, 'hidden direct' as const),
        with: pick,
      }),
    },
    fc.record({ do: fc.constant('group' as const), with: fc.array(pick, { maxLength: 4 }) }),
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constantFrom('send' as const, 'read' as const), who: pick, where: pick }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constantFrom('add' as const, 'remove' as const, 'leave' as const),
        who: pick,
        where: pick,
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constantFrom('withhold' as const, 'withhold' as const, 'reveal' as const),
        where: pick,
      }),
    },
    { weight: 3, arbitrary: peopleActions },
    fc.record({ do: fc.constantFrom('change profile' as const, 'delete account' as const), who: pick }),
  ),
  { maxLength: 60 },
);

interface Room {
  conversation: Conversation;
  members: Map<string, Member>;
  messages: Message[];
  /** The seqs of what `me` never sees. */
  withheld: Set<number>;
  /** `me` has not heard of it. */
  hidden: boolean;
}

const AT = '2026-11-20T10:00:00.000Z';
const uuid = (n: number): string => `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

/** The people of the model; the first one is `me`. */
const PEOPLE = Array.from({ length: 5 }, (_, n) => ({
  id: uuid(n + 1),
  username: `user${n}`,
  fullName: null,
  status: null,
  isDeleted: false,
}));
export const ME = PEOPLE[0]!;

const SETTINGS: Settings = {
  dmPolicy: 'everyone',
  lastSeenFor: 'everyone',
  readReceipts: true,
  groupAddsBy: 'everyone',
};

/**
 * A small server: it takes actions, writes a log of the events that `me` gets, and tells what a fresh snapshot
 * of any moment would. It is written apart from the reducer, so that the two can be held against each other.
 */
export class Model {
  readonly #rooms: Room[] = [];
  readonly #users: PublicUser[] = [...PEOPLE];
  readonly #people = new PeopleModel((event) => this.#log(event));
  #ids = 100;
  /** The events of `me`, each with the snapshot right after it. */
  readonly log: { event: ChatEvent; snapshot: Bootstrap }[] = [];

  run(list: readonly Action[]): this {
    for (const action of list) this.#act(action);
    return this;
  }

  snapshot(): Bootstrap {
    const conversations = this.#rooms.flatMap((room) => this.#view(room) ?? []);
    const me = {
      ...ME,
      email: 'me@example.com',
      isEmailVerified: true,
      role: 'USER' as const,
      bio: null,
      settings: SETTINGS,
      availability: 'online' as const,
      createdAt: AT,
    };
    return { cursor: `e.${this.log.length}`, me, conversations, hasMore: false, ...this.#people.lists() };
  }

  /** Who is in a conversation. */
  members(conversationId: string): Member[] {
    const room = this.#rooms.find(({ conversation }) => conversation.id === conversationId);
    return [...(room?.members.values() ?? [])].map((member) => ({ ...member }));
  }

  /** What `me` may see of a conversation. */
  visible(conversationId: string): Message[] {
    const room = this.#rooms.find(({ conversation }) => conversation.id === conversationId)!;
    return seenBy(room, room.members.get(ME.id)!);
  }

  /** How many messages of a conversation `me` may see and has not read, counted one by one. */
  unread(conversationId: string): number {
    const room = this.#rooms.find(({ conversation }) => conversation.id === conversationId)!;
    const { readSeq } = room.members.get(ME.id)!;
    return this.visible(conversationId).filter(({ seq }) => seq > readSeq).length;
  }

  #act(action: Action): void {
    switch (action.do) {
      case 'direct':
      case 'hidden direct':
        return this.#begin('direct', [ME, this.#other(action.with)], action.do === 'hidden direct');
      case 'group':
        return this.#begin('group', [ME, ...action.with.map((n) => this.#users[n % PEOPLE.length]!)]);
      case 'withhold':
        return this.#inDirect(action, (room) => this.#send(room, peerOf(room), true));
      case 'reveal':
        return this.#inDirect(action, (room) => this.#reveal(room));
      case 'change profile':
      case 'delete account':
        return this.#changeProfile(action.who, action.do === 'delete account');
      case 'send':
        return this.#inRoom(action, (room, member) => this.#send(room, member));
      case 'read':
        return this.#inRoom(action, (room, member) => this.#read(room, member, 1 + (action.who % 9)));
      case 'add':
        return this.#add(
          this.#rooms[action.where % this.#rooms.length],
          this.#users[action.who % PEOPLE.length]!,
        );
      case 'remove':
      case 'leave': {
        const how = action.do;
        return this.#inRoom(action, (room, member) => this.#out(room, member, how));
      }
      default: {
        const user = this.#other(action.who);
        if (!user.isDeleted) this.#people.run(action, user);
      }
    }
  }

  #begin(kind: Conversation['kind'], people: PublicUser[], hidden = false): void {
    const known = this.#rooms.some(
      (room) => room.conversation.kind === 'direct' && kind === 'direct' && room.members.has(people[1]!.id),
    );
    if (known) return;
    const title = kind === 'group' ? 'a group' : null;
    const own = { id: uuid(this.#ids++), kind, title, description: null, createdAt: AT };
    const room: Room = {
      conversation: { ...own, memberCount: 0, lastSeq: 0 },
      members: new Map(),
      messages: [],
      withheld: new Set(),
      hidden,
    };
    for (const user of people)
      room.members.set(user.id, entry(user, kind === 'group' && user === ME ? 'owner' : 'member', 0));
    this.#rooms.push(room);
    this.#tellOfBeginning(room);
  }

  /** What is in the log is how it began, whenever it is told. */
  #tellOfBeginning(room: Room): void {
    const members = [...room.members.values()].map((member) => ({ ...member, readSeq: 0 }));
    const conversation = { ...this.#now(room), lastSeq: 0 };
    this.#tell(room, { type: 'conversation.created', actorId: ME.id, conversation, members });
  }

  #reveal(room: Room): void {
    room.hidden = false;
    this.#tellOfBeginning(room);
  }

  #changeProfile(who: number, isDeleted: boolean): void {
    const known = this.#other(who);
    if (known.isDeleted) return;
    const user = isDeleted
      ? { ...known, username: '', isDeleted }
      : { ...known, fullName: `${known.fullName}!` };
    this.#users[this.#users.indexOf(known)] = user;
    const theirs = this.#rooms.filter(({ members }) => members.has(user.id));
    const heard = this.#people.knows(user.id) || theirs.some((room) => isHeard(room));
    for (const { members } of theirs) members.set(user.id, { ...members.get(user.id)!, user });
    this.#people.profile(user);
    if (heard) this.#log({ type: 'user.updated', user });
  }

  #send(room: Room, member: Member, withheld = false): void {
    const seq = room.messages.length + 1;
    const message: Message = {
      id: uuid(this.#ids++),
      conversationId: room.conversation.id,
      seq,
      senderId: member.user.id,
      text: `message ${seq}`,
      createdAt: AT,
    };
    room.messages.push(message);
    if (withheld) {
      room.withheld.add(seq);
      return;
    }
    room.members.set(member.user.id, { ...member, readSeq: seq });
    this.#tell(room, { type: 'message.created', message });
  }

  #read(room: Room, member: Member, back: number): void {
    const readSeq = Math.max(0, room.messages.length - back);
    if (readSeq <= member.readSeq) return;
    room.members.set(member.user.id, { ...member, readSeq });
    const marks = [{ userId: member.user.id, readSeq }];
    this.#tell(room, { type: 'receipt.read', conversationId: room.conversation.id, marks });
  }

  #add(room: Room | undefined, user: PublicUser): void {
    if (room?.conversation.kind !== 'group' || room.members.has(user.id)) return;
    const added = entry(user, 'member', room.messages.length);
    room.members.set(user.id, added);
    this.#tell(room, { type: 'member.added', actorId: ME.id, ...this.#arrival(room, [added]) });
  }

  #out(room: Room, { user }: Member, how: 'remove' | 'leave'): void {
    if (room.conversation.kind !== 'group') return;
    const heard = isHeard(room);
    room.members.delete(user.id);
    const facts = { conversationId: room.conversation.id, userId: user.id, memberCount: room.members.size };
    const event: ChatEvent =
      how === 'leave'
        ? { type: 'member.left', ...facts }
        : { type: 'member.removed', actorId: ME.id, ...facts };
    if (heard) this.#log(event);
  }

  #tell(room: Room, event: ChatEvent): void {
    if (isHeard(room)) this.#log(event);
  }

  #log(event: ChatEvent): void {
    this.log.push({ event, snapshot: this.snapshot() });
  }

  #arrival(room: Room, members: Member[]): { conversation: Conversation; members: Member[] } {
    return { conversation: this.#now(room), members: members.map((member) => ({ ...member })) };
  }

  #now = ({ conversation, members, messages }: Room): Conversation => ({
    ...conversation,
    memberCount: members.size,
    lastSeq: messages.length,
  });

  #view(room: Room): ConversationView | null {
    const mine = room.members.get(ME.id);
    if (!mine || room.hidden) return null;
    const { user: _, ...me } = mine;
    const peer = room.conversation.kind === 'direct' ? { ...peerOf(room) } : null;
    const lastMessage = seenBy(room, mine).at(-1) ?? null;
    const lastSeq = lastMessage?.seq ?? me.joinedSeq;
    return {
      ...this.#now(room),
      lastSeq,
      me: { ...me },
      peer,
      lastMessage,
      skipped: skippedBy(room, mine, lastSeq),
    };
  }

  #other = (n: number): PublicUser => this.#users[1 + (n % (PEOPLE.length - 1))]!;

  #inDirect({ where }: { where: number }, go: (room: Room) => void): void {
    const rooms = this.#rooms.filter(({ conversation }) => conversation.kind === 'direct');
    const room = rooms[where % rooms.length];
    if (room) go(room);
  }

  #inRoom({ who, where }: { who: number; where: number }, go: (room: Room, member: Member) => void): void {
    const room = this.#rooms[where % this.#rooms.length];
    const members = [...(room?.members.values() ?? [])];
    const member = members[who % members.length];
    if (room && !room.hidden && member) go(room, member);
  }
}

const isHeard = ({ members, hidden }: Room): boolean => members.has(ME.id) && !hidden;

const peerOf = ({ members }: Room): Member => [...members.values()].find(({ user }) => user.id !== ME.id)!;

const seenBy = ({ messages, withheld }: Room, { joinedSeq }: Member): Message[] =>
  messages.filter(({ seq }) => seq > joinedSeq && !withheld.has(seq));

/** The withheld seqs behind somebody's mark, those that follow each other as one range. */
function skippedBy({ withheld }: Room, { readSeq }: Member, lastSeq: number): SeqRange[] {
  const ranges: SeqRange[] = [];
  for (let seq = readSeq + 1; seq <= lastSeq; seq += 1) {
    if (!withheld.has(seq)) continue;
    const last = ranges.at(-1);
    if (last?.[1] === seq - 1) last[1] = seq;
    else ranges.push([seq, seq]);
  }
  return ranges;
}

const entry = (user: Member['user'], role: Member['role'], at: number): Member => ({
  user,
  role,
  joinedAt: AT,
  joinedSeq: at,
  readSeq: at,
});
