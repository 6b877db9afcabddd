import type { ChatEvent, Conversation, ConversationView, Member, Message, Settings } from '@parley/contract';
import fc from 'fast-check';
import type { Bootstrap } from '../src/sync/state.ts';

/** What somebody does in the model. Numbers choose among what there is at that moment. */
export type Action =
  | { do: 'direct'; with: number }
  | { do: 'group'; with: number[] }
  | { do: 'send' | 'read'; who: number; where: number }
  | { do: 'add' | 'remove' | 'leave'; who: number; where: number };

const pick = fc.nat(99);
export const actions: fc.Arbitrary<Action[]> = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('direct' as const), with: pick }),
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
  ),
  { maxLength: 60 },
);

interface Room {
  conversation: Conversation;
  members: Map<string, Member>;
  messages: Message[];
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
    return { cursor: `e.${this.log.length}`, me, conversations, hasMore: false };
  }

  /** Who is in a conversation. */
  members(conversationId: string): Member[] {
    const room = this.#rooms.find(({ conversation }) => conversation.id === conversationId);
    return [...(room?.members.values() ?? [])].map((member) => ({ ...member }));
  }

  /** What `me` may see of a conversation. */
  visible(conversationId: string): Message[] {
    const room = this.#rooms.find(({ conversation }) => conversation.id === conversationId)!;
    const { joinedSeq } = room.members.get(ME.id)!;
    return room.messages.filter(({ seq }) => seq > joinedSeq);
  }

  #act(action: Action): void {
    switch (action.do) {
      case 'direct':
        return this.#begin('direct', [ME, PEOPLE[1 + (action.with % (PEOPLE.length - 1))]!]);
      case 'group':
        return this.#begin('group', [ME, ...action.with.map((n) => PEOPLE[n % PEOPLE.length]!)]);
      case 'send':
        return this.#inRoom(action, (room, member) => this.#send(room, member));
      case 'read':
        return this.#inRoom(action, (room, member) => this.#read(room, member, 1 + (action.who % 9)));
      case 'add':
        return this.#add(this.#rooms[action.where % this.#rooms.length], PEOPLE[action.who % PEOPLE.length]!);
      case 'remove':
      case 'leave': {
        const how = action.do;
        return this.#inRoom(action, (room, member) => this.#out(room, member, how));
      }
    }
  }

  #begin(kind: Conversation['kind'], people: typeof PEOPLE): void {
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
    };
    for (const user of people)
      room.members.set(user.id, entry(user, kind === 'group' && user === ME ? 'owner' : 'member', 0));
    this.#rooms.push(room);
    this.#tell(room, {
      type: 'conversation.created',
      actorId: ME.id,
      ...this.#arrival(room, [...room.members.values()]),
    });
  }

  #send(room: Room, member: Member): void {
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

  #add(room: Room | undefined, user: (typeof PEOPLE)[0]): void {
    if (room?.conversation.kind !== 'group' || room.members.has(user.id)) return;
    const added = entry(user, 'member', room.messages.length);
    room.members.set(user.id, added);
    this.#tell(room, { type: 'member.added', actorId: ME.id, ...this.#arrival(room, [added]) });
  }

  #out(room: Room, { user }: Member, how: 'remove' | 'leave'): void {
    if (room.conversation.kind !== 'group') return;
    const heard = room.members.has(ME.id);
    room.members.delete(user.id);
    const facts = { conversationId: room.conversation.id, userId: user.id, memberCount: room.members.size };
    const event: ChatEvent =
      how === 'leave'
        ? { type: 'member.left', ...facts }
        : { type: 'member.removed', actorId: ME.id, ...facts };
    if (heard) this.log.push({ event, snapshot: this.snapshot() });
  }

  #tell(room: Room, event: ChatEvent): void {
    if (room.members.has(ME.id)) this.log.push({ event, snapshot: this.snapshot() });
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
    if (!mine) return null;
    const { user: _, ...me } = mine;
    const others = [...room.members.values()].filter(({ user }) => user.id !== ME.id);
    const peer = room.conversation.kind === 'direct' ? { ...others[0]! } : null;
    const lastMessage = room.messages.findLast(({ seq }) => seq > me.joinedSeq) ?? null;
    return { ...this.#now(room), me: { ...me }, peer, lastMessage };
  }

  #inRoom({ who, where }: { who: number; where: number }, go: (room: Room, member: Member) => void): void {
    const room = this.#rooms[where % this.#rooms.length];
    const members = [...(room?.members.values() ?? [])];
    const member = members[who % members.length];
    if (room && member) go(room, member);
  }
}

const entry = (user: Member['user'], role: Member['role'], at: number): Member => ({
  user,
  role,
  joinedAt: AT,
  joinedSeq: at,
  readSeq: at,
});
