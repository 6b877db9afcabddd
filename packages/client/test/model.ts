import type {
  ChatEvent,
  Conversation,
  ConversationView,
  Draft,
  Member,
  MembershipSettings,
  Message,
  PublicUser,
  Scheduled,
  SeqRange,
  Settings,
} from '@parley/contract';
import fc from 'fast-check';
import type { Bootstrap, MessagePage } from '../src/sync/state.ts';
import { type PeopleAction, PeopleModel, peopleActions } from './people-model.ts';
import { StoriesModel, type StoryAction, storyActions } from './stories-model.ts';

/** What somebody does in the model. Numbers choose among what there is at that moment. */
export type Action =
  | { do: 'direct'; with: number }
  | { do: 'group'; with: number[] }
  | { do: 'send' | 'read' | 'deliver'; who: number; where: number }
  | { do: 'add' | 'remove' | 'leave' | 'promote'; who: number; where: number }
  /** A group is called otherwise, and who comes from then on sees all of it, or only what follows. */
  | { do: 'update'; how: number; where: number }
  /** A group is deleted. */
  | { do: 'disband'; where: number }
  /** One of the newest messages is edited, deleted for everyone, or by `me` for themselves. */
  | { do: 'edit' | 'bury' | 'hide'; which: number; where: number }
  /** Somebody reacts to one of the newest messages, or does so no more. */
  | { do: 'react'; who: number; how: number; which: number; where: number }
  /** What is under the link of one of the newest messages is shown, or no more. */
  | { do: 'preview'; which: number; where: number }
  /** One of the newest messages is pinned, or its pin taken off. */
  | { do: 'pin'; which: number; where: number }
  /** Somebody opens the thread about one of the newest messages. */
  | { do: 'thread'; who: number; which: number; where: number }
  /** `me` writes, and does not send it. */
  | { do: 'draft'; how: number; where: number }
  /** `me` schedules one of a few messages, or another in its place, or takes it away. */
  | { do: 'schedule'; how: number; which: number }
  /** Somebody whom `me` has blocked begins a direct conversation: `me` does not hear of it. */
  | { do: 'hidden direct'; with: number }
  /** The other one of a direct conversation sends what is withheld from `me`. */
  | { do: 'withhold'; where: number }
  /** A block of a direct conversation ends: whoever has not heard of it does now, the other one once more. */
  | { do: 'reveal'; where: number }
  | { do: 'change profile' | 'delete account'; who: number }
  /** `me` keeps a conversation otherwise. */
  | { do: 'configure'; how: number; where: number }
  /** `me` deletes for themselves all that was said so far. */
  | { do: 'clear'; where: number }
  /** All but some of the newest messages are older than the conversation keeps them. */
  | { do: 'trim'; left: number; where: number }
  | StoryAction
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
      weight: 12,
      arbitrary: fc.record({
        do: fc.constantFrom('send' as const, 'send' as const, 'read' as const, 'deliver' as const),
        who: pick,
        where: pick,
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constantFrom('add' as const, 'remove' as const, 'leave' as const, 'promote' as const),
        who: pick,
        where: pick,
      }),
    },
    fc.record({ do: fc.constant('update' as const), how: pick, where: pick }),
    fc.record({ do: fc.constant('disband' as const), where: pick }),
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constantFrom('withhold' as const, 'withhold' as const, 'reveal' as const),
        where: pick,
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constantFrom('edit' as const, 'bury' as const, 'hide' as const),
        which: fc.nat(5),
        where: pick,
      }),
    },
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constant('react' as const),
        who: pick,
        how: fc.nat(2),
        which: fc.nat(1),
        where: pick,
      }),
    },
    fc.record({ do: fc.constant('preview' as const), which: fc.nat(5), where: pick }),
    fc.record({ do: fc.constant('pin' as const), which: fc.nat(5), where: pick }),
    fc.record({ do: fc.constant('draft' as const), how: fc.nat(3), where: pick }),
    fc.record({ do: fc.constant('schedule' as const), how: fc.nat(3), which: fc.nat(2) }),
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant('thread' as const), who: pick, which: fc.nat(2), where: pick }),
    },
    { weight: 3, arbitrary: peopleActions },
    { weight: 3, arbitrary: storyActions },
    fc.record({ do: fc.constant('configure' as const), how: pick, where: pick }),
    fc.record({ do: fc.constant('clear' as const), where: pick }),
    fc.record({ do: fc.constant('trim' as const), left: fc.nat(3), where: pick }),
    fc.record({ do: fc.constantFrom('change profile' as const, 'delete account' as const), who: pick }),
  ),
  { maxLength: 60, size: 'max' },
);

interface Room {
  conversation: Conversation;
  members: Map<string, Member>;
  messages: Message[];
  /** The seqs of what `me` never sees, or sees no more … */
  withheld: Set<number>;
  /** … and of what is deleted for everyone. */
  buried: Set<number>;
  /** Who has reacted, by message and emoji, in the order of their first use. */
  reactions: Map<string, { seq: number; emoji: string; userIds: Set<string> }>;
  draft: Draft | null;
  /** `me` has not heard of it. */
  hidden: boolean;
  /** How `me` keeps it. */
  settings: MembershipSettings;
  /** `me` has cleared it: it shows when there is something new. */
  cleared: boolean;
  /** Up to there it is gone for everybody. */
  trimmed: number;
}

const AT = '2026-11-20T10:00:00.000Z';
const uuid = (n: number): string => `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

/** The people of the model; the first one is `me`. */
const PEOPLE = Array.from({ length: 5 }, (_, n) => ({
  id: uuid(n + 1),
  username: `user${n}`,
  fullName: null,
  avatar: null,
  status: null,
  isDeleted: false,
}));
export const ME = PEOPLE[0]!;

const CALLS_ME = { userIds: [ME.id] };
const EVERYBODY = { userIds: [], everyone: true as const };
const KEPT: MembershipSettings = {
  isArchived: false,
  pinnedAt: null,
  mutedUntil: null,
  notify: 'all',
  isMarkedUnread: false,
};

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
  readonly #stories = new StoriesModel(ME.id, (event) => this.#log(event));
  readonly #scheduled = new Map<string, Scheduled>();
  #ids = 100;
  /** The events of `me`, each with the snapshot right after it. */
  readonly log: { event: ChatEvent; snapshot: Bootstrap }[] = [];

  run(list: readonly Action[]): this {
    for (const action of list) this.#act(action);
    return this;
  }

  snapshot(): Bootstrap {
    const views = this.#rooms.flatMap((room) => this.#view(room) ?? []);
    const conversations = views.filter(({ kind }) => kind !== 'thread');
    const threads = views.filter(({ kind }) => kind === 'thread');
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
    const cursor = `e.${this.log.length}`;
    return {
      cursor,
      me,
      conversations,
      hasMore: false,
      threads,
      scheduled: [...this.#scheduled.values()],
      stories: this.#stories.list(),
      ...this.#people.lists(),
    };
  }

  /** A conversation as `me` gets it who asks for it. */
  conversation(id: string): ConversationView | null {
    const room = this.#rooms.find(({ conversation }) => conversation.id === id);
    return room ? this.#view(room, true) : null;
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

  /** A page of so many seqs, as `me` gets it who asks for it; null when they are not in the conversation. */
  page(
    conversationId: string,
    {
      before,
      after,
      around,
      limit = 3,
    }: { before?: number; after?: number; around?: number; limit?: number },
  ): Omit<MessagePage, 'cursor'> | null {
    const room = this.#rooms.find(({ conversation }) => conversation.id === conversationId);
    const mine = room?.members.get(ME.id);
    if (!room || !mine || room.hidden) return null;
    const [lowest, highest] = [mine.joinedSeq + 1, room.messages.length];
    const end = Math.min(before ?? highest + 1, highest + 1);
    const middle = Math.min((around ?? 0) - Math.floor(limit / 2), highest - limit + 1);
    const start = after !== undefined ? after + 1 : around !== undefined ? middle : end - limit;
    const from = Math.max(start, lowest);
    const to = Math.min(start + limit - 1, highest);
    const messages = seenBy(room, mine).filter(({ seq }) => seq >= from && seq <= to);
    return { messages, from, to, hasMoreBefore: from > lowest, hasMoreAfter: to < highest };
  }

  /** How many messages of a conversation `me` may see and has not read, counted one by one. */
  unread(conversationId: string): number {
    const room = this.#rooms.find(({ conversation }) => conversation.id === conversationId)!;
    const { readSeq } = room.members.get(ME.id)!;
    return this.visible(conversationId).filter(({ seq, deletedAt }) => seq > readSeq && !deletedAt).length;
  }

  #act(action: Action): void {
    switch (action.do) {
      case 'direct':
      case 'hidden direct':
        return this.#begin('direct', [ME, this.#other(action.with)], action.do === 'hidden direct');
      case 'group':
        return this.#begin('group', [ME, ...action.with.map((n) => this.#users[n % PEOPLE.length]!)]);
      case 'edit':
      case 'bury':
      case 'hide':
        return this.#changeMessage(action);
      case 'react':
        return this.#inRoom(action, (room, member) => this.#react(room, member, action));
      case 'pin':
        return this.#pin(action);
      case 'preview':
        return this.#preview(action);
      case 'draft':
        return this.#draft(action);
      case 'schedule':
        return this.#schedule(action);
      case 'thread':
        return this.#inRoom(action, (room, member) => this.#openThread(room, member, action.which));
      case 'configure':
        return this.#configure(action);
      case 'clear':
        return this.#clear(this.#rooms[action.where % this.#rooms.length]);
      case 'trim':
        return this.#trim(this.#rooms[action.where % this.#rooms.length], action.left);
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
      case 'deliver':
        return this.#inRoom(action, (room, member) => this.#deliver(room, member, action.who % 5));
      case 'add':
        return this.#add(
          this.#rooms[action.where % this.#rooms.length],
          this.#users[action.who % PEOPLE.length]!,
        );
      case 'update':
        return this.#inGroup(action, (room) => this.#update(room, action.how));
      case 'disband':
        return this.#inGroup(action, (room) => this.#disband(room));
      case 'promote':
        return this.#inRoom(action, (room, member) => this.#promote(room, member));
      case 'remove':
      case 'leave': {
        const how = action.do;
        return this.#inRoom(action, (room, member) => this.#out(room, member, how));
      }
      case 'show a story':
      case 'see a story':
      case 'end a story':
        return this.#stories.run(action, this.#users);
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
    const room = this.#newRoom({ kind, title, parent: null, history: 'joined' }, hidden);
    for (const user of people)
      room.members.set(user.id, entry(user, kind === 'group' && user === ME ? 'owner' : 'member', 0));
    this.#tellOfBeginning(room);
  }

  #newRoom(own: Pick<Conversation, 'kind' | 'title' | 'parent' | 'history'>, hidden: boolean): Room {
    const facts = {
      id: uuid(this.#ids++),
      description: null,
      icon: null,
      createdAt: AT,
      memberCount: 0,
      lastSeq: 0,
    };
    const room: Room = {
      conversation: { ...facts, slowModeSeconds: 0, retentionDays: null, ...own },
      members: new Map(),
      messages: [],
      withheld: new Set(),
      buried: new Set(),
      reactions: new Map(),
      draft: null,
      hidden,
      settings: KEPT,
      cleared: false,
      trimmed: 0,
    };
    this.#rooms.push(room);
    return room;
  }

  /** A new one: both of a direct conversation follow it, of a group who opens it and who wrote the message. */
  #openThread(room: Room, { user, joinedSeq }: Member, which: number): void {
    const { id, kind } = room.conversation;
    const message = room.messages[room.messages.length - 1 - which];
    if (kind === 'thread' || !message || message.deletedAt) return;
    if (message.seq <= Math.max(joinedSeq, room.trimmed)) return;
    const { seq, senderId } = message;
    if (room.withheld.has(seq)) return;
    const known = this.#threadAbout(id, seq);
    if (known) {
      if (!known.members.has(user.id)) this.#follow(known, user);
      return;
    }
    const parent = { conversationId: id, seq };
    const thread = this.#newRoom({ kind: 'thread', title: null, parent, history: 'all' }, false);
    for (const { user: one } of room.members.values())
      if (one === user || kind === 'direct' || one.id === senderId)
        thread.members.set(one.id, entry(one, 'member', 0));
    this.#tellOfBeginning(thread);
    this.#tellOfThread(thread);
  }

  #follow(thread: Room, user: PublicUser): void {
    const at = thread.messages.length;
    const added = { ...entry(user, 'member', at), joinedSeq: thread.trimmed };
    added.joinedAt = new Date(Date.parse(AT) + this.#ids++).toISOString();
    const last = at > thread.trimmed ? thread.messages.at(-1) : undefined;
    const theirs = [...thread.reactions.values()].some(
      ({ seq, userIds }) => seq === last?.seq && userIds.has(user.id),
    );
    thread.members.set(user.id, added);
    if (user.id === ME.id) Object.assign(thread, { settings: KEPT, cleared: false, draft: null });
    const arrival = { actorId: user.id, ...this.#arrival(thread, [added]) };
    this.#tell(thread, {
      type: 'member.added',
      ...arrival,
      lastMessage: last && !theirs ? asRead(last) : null,
    });
  }

  /** The message that a thread is about has it, unless it is deleted; whoever is in the parent hears of it. */
  #tellOfThread({ conversation: { id, parent }, messages }: Room): void {
    const { conversationId, seq } = parent!;
    const room = this.#rooms.find(({ conversation }) => conversation.id === conversationId)!;
    const message = room.messages[seq - 1]!;
    const thread = { id, replies: messages.length, lastReplyAt: messages.at(-1)?.createdAt ?? null };
    if (!message.deletedAt) room.messages[seq - 1] = { ...message, thread };
    this.#tell(room, { type: 'thread.updated', conversationId, seq, thread });
  }

  #threadAbout = (conversationId: string, seq: number): Room | undefined =>
    this.#rooms.find(
      ({ conversation: { parent } }) => parent?.conversationId === conversationId && parent.seq === seq,
    );

  #threadsOf = (room: Room): Room[] =>
    this.#rooms.filter(({ conversation: { parent } }) => parent?.conversationId === room.conversation.id);

  /** What is in the log is how it began, whenever it is told. */
  #tellOfBeginning(room: Room): void {
    const members = [...room.members.values()].map((member) => ({ ...member, readSeq: 0, deliveredSeq: 0 }));
    const conversation = { ...this.#now(room), lastSeq: 0 };
    this.#tell(room, { type: 'conversation.created', actorId: ME.id, conversation, members });
  }

  #reveal(room: Room): void {
    if (room.cleared) return;
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
    const isClose = this.#people.knows(user.id) || this.#stories.hasSomeOf(user.id);
    const heard = isClose || theirs.some((room) => isHeard(room));
    for (const { members } of theirs) members.set(user.id, { ...members.get(user.id)!, user });
    this.#people.profile(user);
    if (isDeleted) this.#stories.drop(user.id);
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
      ...(seq % 3 === 0 && { mentions: seq % 2 === 0 ? EVERYBODY : CALLS_ME }),
    };
    room.messages.push(message);
    if (withheld) {
      room.withheld.add(seq);
      return;
    }
    room.members.set(member.user.id, { ...member, readSeq: seq, deliveredSeq: seq });
    if (member.user.id === ME.id) room.settings = { ...room.settings, isMarkedUnread: false };
    this.#tell(room, { type: 'message.created', message });
    if (room.conversation.parent) this.#tellOfThread(room);
  }

  #changeMessage({
    do: how,
    which,
    where,
  }: {
    do: 'edit' | 'bury' | 'hide';
    which: number;
    where: number;
  }): void {
    const room = this.#rooms[where % this.#rooms.length];
    const mine = room?.members.get(ME.id);
    if (!room || !mine || room.hidden) return;
    const at = room.messages.length - 1 - which;
    const message = room.messages[at];
    if (!message || message.seq <= mine.joinedSeq || room.withheld.has(message.seq)) return;
    const { id, conversationId, seq, senderId, createdAt } = message;
    if (how === 'hide') {
      room.withheld.add(seq);
      const lastMessage = seenBy(room, mine).at(-1) ?? null;
      if (room.cleared && !lastMessage) this.#clear(room);
      else this.#tell(room, { type: 'message.hidden', conversationId, seq, lastMessage });
    } else if (room.buried.has(seq)) return;
    else if (how === 'bury') {
      room.buried.add(seq);
      for (const [key, reaction] of room.reactions) if (reaction.seq === seq) room.reactions.delete(key);
      room.messages[at] = { id, conversationId, seq, senderId, text: '', createdAt, deletedAt: AT };
      this.#tell(room, { type: 'message.deleted', conversationId, seq, actorId: senderId, deletedAt: AT });
    } else {
      const { mentions, ...rest } = message;
      const calling = mentions ? {} : { mentions: CALLS_ME };
      const edited = { ...rest, ...calling, text: `${message.text}!`, editedAt: AT };
      room.messages[at] = edited;
      this.#tell(room, { type: 'message.edited', message: asTold(edited) });
    }
  }

  /** One of the newest messages, if it stands and `me` sees it. */
  #standing(room: Room | undefined, which: number): Message | undefined {
    const mine = room?.members.get(ME.id);
    const message = room?.messages[room.messages.length - 1 - which];
    if (!room || !message || room.hidden || message.deletedAt || room.withheld.has(message.seq)) return;
    return mine && message.seq > mine.joinedSeq ? message : undefined;
  }

  #react(room: Room, { user, joinedSeq }: Member, { how, which }: { how: number; which: number }): void {
    const seen = room.members.has(ME.id)
      ? this.#standing(room, which)
      : room.messages[room.messages.length - 1 - which];
    if (!seen || seen.deletedAt || seen.seq <= Math.max(joinedSeq, room.trimmed)) return;
    const { seq, conversationId } = seen;
    const emoji = ['👍', '❤️', ':tea:'][how]!;
    const key = `${seq} ${emoji}`;
    const { userIds } = room.reactions.get(key) ?? { userIds: new Set<string>() };
    const isNew = !userIds.delete(user.id);
    if (isNew) userIds.add(user.id);
    if (userIds.size > 0) room.reactions.set(key, { seq, emoji, userIds });
    else room.reactions.delete(key);
    const reactions = [...room.reactions.values()]
      .filter((reaction) => reaction.seq === seq)
      .map((one) => ({ emoji: one.emoji, count: one.userIds.size, isMine: one.userIds.has(ME.id) }));
    room.messages[seq - 1] = { ...withoutReactions(seen), ...(reactions.length > 0 && { reactions }) };
    const type = isNew ? 'reaction.added' : 'reaction.removed';
    this.#tell(room, { type, conversationId, seq, userId: user.id, emoji, count: userIds.size });
  }

  #pin({ which, where }: { which: number; where: number }): void {
    const room = this.#rooms[where % this.#rooms.length];
    const message = this.#standing(room, which);
    if (!room || !message) return;
    const { pinnedAt, ...rest } = message;
    const { seq, conversationId } = message;
    const pin = { conversationId, seq, actorId: ME.id };
    room.messages[seq - 1] = pinnedAt ? rest : { ...rest, pinnedAt: AT };
    this.#tell(
      room,
      pinnedAt ? { type: 'message.unpinned', ...pin } : { type: 'message.pinned', ...pin, pinnedAt: AT },
    );
  }

  #preview({ which, where }: { which: number; where: number }): void {
    const room = this.#rooms[where % this.#rooms.length];
    const message = this.#standing(room, which);
    if (!room || !message) return;
    const { preview: old, ...rest } = message;
    const { seq, conversationId } = message;
    const preview = old ? null : { url: 'https://example.com/', title: 'An example' };
    room.messages[seq - 1] = preview ? { ...rest, preview } : rest;
    this.#tell(room, { type: 'message.previewed', conversationId, seq, preview });
  }

  #draft({ how, where }: { how: number; where: number }): void {
    const room = this.#rooms[where % this.#rooms.length];
    if (!room || !isHeard(room)) return;
    const draft = how > 0 ? { text: `draft ${how}`, updatedAt: AT } : null;
    room.draft = draft;
    const { joinedAt } = room.members.get(ME.id)!;
    this.#log({ type: 'draft.updated', conversationId: room.conversation.id, joinedAt, draft });
  }

  #schedule({ how, which }: { how: number; which: number }): void {
    const id = uuid(90 + which);
    const common = { id, conversationId: uuid(80), createdAt: AT, updatedAt: AT, sendAt: AT };
    const scheduled: Scheduled = {
      ...common,
      text: `later ${how}`,
      ...(how === 3 && { failure: 'FORBIDDEN' }),
    };
    if (how > 0) this.#scheduled.set(id, scheduled);
    else if (!this.#scheduled.delete(id)) return;
    this.#log(
      how > 0 ? { type: 'scheduled.updated', scheduled } : { type: 'scheduled.removed', id, sentSeq: null },
    );
  }

  #configure({ how, where }: { how: number; where: number }): void {
    const room = this.#rooms[where % this.#rooms.length];
    if (!room || !isHeard(room)) return;
    const settings: MembershipSettings = {
      isArchived: how % 2 === 1,
      pinnedAt: how % 3 === 1 ? AT : null,
      mutedUntil: how % 5 === 1 ? AT : null,
      notify: (['all', 'mentions', 'none'] as const)[(how % 7) % 3]!,
      isMarkedUnread: how % 4 === 1,
    };
    room.settings = settings;
    const { joinedAt } = room.members.get(ME.id)!;
    this.#log({ type: 'membership.updated', conversationId: room.conversation.id, joinedAt, settings });
  }

  #clear(room: Room | undefined): void {
    if (!room || !isHeard(room)) return;
    const mine = room.members.get(ME.id)!;
    const seq = room.messages.length;
    room.cleared = true;
    room.members.set(ME.id, { ...mine, joinedSeq: seq, readSeq: seq, deliveredSeq: seq });
    room.settings = { ...room.settings, isMarkedUnread: false };
    const { joinedAt } = mine;
    this.#log({ type: 'conversation.cleared', conversationId: room.conversation.id, joinedAt, seq });
  }

  /** Who had cleared it, and was shown what has come since, goes on being shown it. */
  #trim(room: Room | undefined, left: number): void {
    const seq = (room?.messages.length ?? 0) - left;
    if (!room || room.hidden || seq <= room.trimmed) return;
    room.trimmed = seq;
    const mine = room.members.get(ME.id);
    if (mine && mine.joinedSeq < seq) {
      if (seenBy(room, mine).some((message) => message.seq <= seq)) room.cleared = false;
      const readSeq = Math.max(mine.readSeq, seq);
      const deliveredSeq = Math.max(mine.deliveredSeq, readSeq);
      room.members.set(ME.id, { ...mine, joinedSeq: seq, readSeq, deliveredSeq });
    }
    this.#tell(room, { type: 'conversation.trimmed', conversationId: room.conversation.id, seq });
  }

  #read(room: Room, member: Member, back: number): void {
    const readSeq = Math.max(member.readSeq, room.messages.length - back);
    const isMine = member.user.id === ME.id;
    if (readSeq === member.readSeq && !(isMine && room.settings.isMarkedUnread)) return;
    const deliveredSeq = Math.max(member.deliveredSeq, readSeq);
    room.members.set(member.user.id, { ...member, readSeq, deliveredSeq });
    if (isMine) room.settings = { ...room.settings, isMarkedUnread: false };
    const marks = [{ userId: member.user.id, readSeq }];
    this.#tell(room, { type: 'receipt.read', conversationId: room.conversation.id, marks });
  }

  #deliver(room: Room, member: Member, back: number): void {
    const deliveredSeq = room.messages.length - back;
    if (deliveredSeq <= member.deliveredSeq) return;
    room.members.set(member.user.id, { ...member, deliveredSeq });
    const marks = [{ userId: member.user.id, deliveredSeq }];
    this.#tell(room, { type: 'receipt.delivered', conversationId: room.conversation.id, marks });
  }

  #add(room: Room | undefined, user: PublicUser): void {
    if (room?.conversation.kind !== 'group' || room.members.has(user.id)) return;
    const { history } = room.conversation;
    const at = room.messages.length;
    const added = { ...entry(user, 'member', at), joinedSeq: history === 'all' ? room.trimmed : at };
    added.joinedAt = new Date(Date.parse(AT) + this.#ids++).toISOString();
    const last = history === 'all' && at > room.trimmed ? room.messages.at(-1) : undefined;
    const theirs = [...room.reactions.values()].some(
      ({ seq, userIds }) => seq === last?.seq && userIds.has(user.id),
    );
    const lastMessage = last && !theirs ? asRead(last) : null;
    room.members.set(user.id, added);
    if (user.id === ME.id) Object.assign(room, { settings: KEPT, cleared: false, draft: null });
    const arrival = { actorId: ME.id, ...this.#arrival(room, [added]) };
    this.#tell(room, { type: 'member.added', ...arrival, lastMessage });
  }

  #update(room: Room, how: number): void {
    const history = how % 2 === 1 ? 'all' : 'joined';
    room.conversation = { ...room.conversation, title: `a group ${how}`, slowModeSeconds: how, history };
    this.#tell(room, { type: 'conversation.updated', actorId: ME.id, conversation: this.#now(room) });
  }

  #disband(room: Room): void {
    for (const thread of this.#threadsOf(room)) this.#disband(thread);
    this.#rooms.splice(this.#rooms.indexOf(room), 1);
    const conversationId = room.conversation.id;
    this.#tell(room, { type: 'conversation.deleted', conversationId, actorId: ME.id });
  }

  #promote(room: Room, member: Member): void {
    if (room.conversation.kind !== 'group') return;
    const role = member.role === 'admin' ? 'member' : 'admin';
    const { id: userId } = member.user;
    room.members.set(userId, { ...member, role });
    this.#tell(room, {
      type: 'member.roleChanged',
      conversationId: room.conversation.id,
      userId,
      role,
    });
  }

  #out(room: Room, { user }: Member, how: 'remove' | 'leave'): void {
    if (room.conversation.kind === 'direct') return;
    for (const thread of this.#threadsOf(room)) {
      const followed = thread.members.get(user.id);
      if (followed) this.#out(thread, followed, how);
    }
    const heard = isHeard(room);
    room.members.delete(user.id);
    // Whoever comes again comes anew.
    if (user.id === ME.id) room.withheld.clear();
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

  #view(room: Room, evenCleared = false): ConversationView | null {
    const mine = room.members.get(ME.id);
    if (!mine || room.hidden) return null;
    const { user: _, ...me } = mine;
    const peer = room.conversation.kind === 'direct' ? { ...peerOf(room) } : null;
    const lastMessage = seenBy(room, mine).at(-1) ?? null;
    if (room.cleared && !lastMessage && !evenCleared) return null;
    const lastSeq = lastMessage?.seq ?? me.joinedSeq;
    return {
      ...this.#now(room),
      lastSeq,
      me: { ...me, ...room.settings },
      peer,
      lastMessage,
      skipped: skippedBy(room, mine, lastSeq),
      mentions: mentionsOf(room, mine, lastSeq),
      draft: room.draft,
    };
  }

  #other = (n: number): PublicUser => this.#users[1 + (n % (PEOPLE.length - 1))]!;

  #inDirect({ where }: { where: number }, go: (room: Room) => void): void {
    const rooms = this.#rooms.filter(({ conversation }) => conversation.kind === 'direct');
    const room = rooms[where % rooms.length];
    if (room) go(room);
  }

  #inGroup({ where }: { where: number }, go: (room: Room) => void): void {
    const room = this.#rooms[where % this.#rooms.length];
    if (room?.conversation.kind === 'group') go(room);
  }

  #inRoom({ who, where }: { who: number; where: number }, go: (room: Room, member: Member) => void): void {
    const room = this.#rooms[where % this.#rooms.length];
    const members = [...(room?.members.values() ?? [])];
    const member = members[who % members.length];
    if (room && !room.hidden && member) go(room, member);
  }
}

/** All conversations of a snapshot, with the threads. */
export const viewsIn = ({ conversations, threads }: Bootstrap): ConversationView[] => [
  ...conversations,
  ...threads,
];

/** As everybody is told of it. */
function asTold(message: Message): Message {
  const { thread: _, ...rest } = withoutReactions(message);
  return rest;
}

function withoutReactions(message: Message): Message {
  const { reactions: _, ...rest } = message;
  return rest;
}

/** As somebody reads it who has not reacted to it. */
const asRead = (message: Message): Message =>
  message.reactions
    ? { ...message, reactions: message.reactions.map((reaction) => ({ ...reaction, isMine: false })) }
    : message;

const isHeard = ({ members, hidden }: Room): boolean => members.has(ME.id) && !hidden;

const peerOf = ({ members }: Room): Member => [...members.values()].find(({ user }) => user.id !== ME.id)!;

const seenBy = ({ messages, withheld }: Room, { joinedSeq }: Member): Message[] =>
  messages.filter(({ seq }) => seq > joinedSeq && !withheld.has(seq));

/** The seqs behind somebody's mark where there is nothing for them, those that follow each other as one range. */
function skippedBy({ withheld, buried }: Room, { readSeq }: Member, lastSeq: number): SeqRange[] {
  const ranges: SeqRange[] = [];
  for (let seq = readSeq + 1; seq <= lastSeq; seq += 1) {
    if (!withheld.has(seq) && !buried.has(seq)) continue;
    const last = ranges.at(-1);
    if (last?.[1] === seq - 1) last[1] = seq;
    else ranges.push([seq, seq]);
  }
  return ranges;
}

/** The seqs behind the mark of `me` of what calls them. */
const mentionsOf = (room: Room, mine: Member, lastSeq: number): number[] =>
  seenBy(room, mine)
    .filter(({ seq }) => seq > mine.readSeq && seq <= lastSeq)
    .filter(({ senderId, mentions }) => mentions && senderId !== ME.id)
    .map(({ seq }) => seq);

const entry = (user: Member['user'], role: Member['role'], at: number): Member => ({
  user,
  role,
  joinedAt: AT,
  joinedSeq: at,
  readSeq: at,
  deliveredSeq: at,
});
