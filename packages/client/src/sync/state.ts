import type {
  ConversationUnread,
  ConversationView,
  Member,
  Membership,
  Message,
  OwnUser,
  Presence,
  PublicUser,
  Scheduled,
  Status,
  Story,
  Unread,
} from '@parley/contract';
import { clientMessageIdOf } from '@parley/contract/message-id';
import { markSent, type OutgoingMessage } from './outbox.ts';
import { noPeople, type People, type PeopleLists, takePeople } from './people.ts';
import { advance } from './receipts.ts';
import { type Schedule, takeScheduled } from './scheduled.ts';
import { countOf } from './skipped.ts';
import { type Stories, takeStories } from './stories.ts';
import { unreadBehind } from './unread.ts';

/**
 * All that the client knows, as immutable values: what did not change keeps its identity. Unknown is not empty:
 * what was not loaded is `undefined`.
 */
export interface ChatState extends People, Schedule {
  readonly me: OwnUser | undefined;
  /**
   * By id: the most recent ones first loaded, older ones once they were asked for or somebody wrote in them. Threads are
   * among them, see `conversationsOf` and `threadsOf`.
   */
  readonly conversations: Readonly<Record<string, ConversationState>> | undefined;
  /** Whether there are older conversations on the server than the first load brought. */
  readonly hasMoreConversations: boolean;
  /** The stories that this person sees, their own among them, by id: see `storiesOf` and `ownStoriesOf`. */
  readonly stories: Stories;
  /** Own messages that are not in a timeline yet, in the order they were sent. */
  readonly outbox: readonly OutgoingMessage[];
  /**
   * How people are, by user id, as far as it was told. Who is not in it is unknown, not offline: while not connected,
   * and of people whom the server does not tell of by itself, nothing is known.
   */
  readonly presence: Readonly<Record<string, Presence>>;
  /** Who writes at this moment: by conversation and user id, until when at the latest. Never oneself. */
  readonly typing: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface ConversationState extends ConversationView {
  /** By user id; undefined while not loaded. */
  readonly members: Readonly<Record<string, Member>> | undefined;
  readonly timeline: Timeline;
}

/**
 * The part of a conversation's history that is known: every message in `from..to` that this person may see. A
 * `seq` missing in between is a message withheld from them. Nothing is known before `from`. The range is empty when
 * `from` is `to + 1`.
 */
export interface Timeline {
  readonly from: number;
  readonly to: number;
  /** `to` follows the stream. If not, this is some part of the history, and what is new is counted and not in it. */
  readonly isAtEnd: boolean;
  /** By ascending `seq`. */
  readonly messages: readonly Message[];
}

/** What `sync.bootstrap` answers: everything of one moment, and that moment's cursor. */
export interface Bootstrap extends PeopleLists {
  cursor: string;
  me: OwnUser;
  conversations: ConversationView[];
  hasMore: boolean;
  /** Those that this person follows, the most recently active ones. */
  threads: ConversationView[];
  scheduled: Scheduled[];
  /** Those that this person sees, the newest of them; their own among them. */
  stories: Story[];
}

/** One page of `messages.list`: all of `from..to` that this person may see. */
export interface MessagePage {
  messages: Message[];
  from: number;
  to: number;
  hasMoreBefore: boolean;
  hasMoreAfter: boolean;
  cursor: string;
}

export const emptyState: ChatState = {
  ...noPeople,
  me: undefined,
  conversations: undefined,
  hasMoreConversations: false,
  scheduled: undefined,
  stories: undefined,
  outbox: [],
  presence: {},
  typing: {},
};

/** Messages this person has not read. */
export const unreadOf = ({ lastSeq, me, skipped }: ConversationView): number =>
  Math.max(0, lastSeq - me.readSeq - countOf(skipped));

/** The conversations that are known, the most recently active first, without the threads. */
export const conversationsOf = (state: ChatState): ConversationState[] =>
  byActivity(state).filter(({ kind }) => kind !== 'thread');

/** The same of the threads that this person follows; with a conversation, of those about its messages. */
export const threadsOf = (state: ChatState, conversationId?: string): ConversationState[] =>
  byActivity(state).filter(
    ({ kind, parent }) =>
      kind === 'thread' && (conversationId === undefined || parent?.conversationId === conversationId),
  );

const byActivity = ({ conversations = {} }: ChatState): ConversationState[] =>
  Object.values(conversations).sort((a, b) => (activityOf(a) < activityOf(b) ? 1 : -1));

const activityOf = ({ lastMessage, createdAt }: ConversationState): string =>
  lastMessage?.createdAt ?? createdAt;

/**
 * What this person has not read in all that is known of their conversations; where `hasMoreConversations` is true, only
 * the server knows all of it: `sync.unread`.
 */
export function totalsOf({ conversations }: ChatState): Unread {
  const known = Object.values(conversations ?? {});
  const counts = (kind: 'thread' | 'other'): ConversationUnread[] =>
    known
      .filter((view) => (view.kind === 'thread') === (kind === 'thread'))
      .filter((view) => view.me.isMarkedUnread || unreadOf(view) > 0)
      .map((view) => ({ conversationId: view.id, unread: unreadOf(view), mentions: view.mentions.length }));
  const [own, threads] = [counts('other'), counts('thread')];
  return {
    total: own.reduce((sum, { unread }) => sum + unread, 0),
    mentions: own.reduce((sum, { mentions }) => sum + mentions, 0),
    conversations: own,
    threads,
  };
}

/** What a person says of the moment; null once it is over. `now` in milliseconds, as of `Date.now()`. */
export const statusAt = ({ status }: PublicUser, now: number): Status | null =>
  status?.until && Date.parse(status.until) <= now ? null : status;

/** Whether the history begins before what is known of it. */
export const hasMoreBefore = ({ timeline, me }: ConversationState): boolean =>
  timeline.from > me.joinedSeq + 1;

/** Whether the history goes on behind what is known of it, as after a jump to an older message. */
export const hasMoreAfter = ({ timeline }: ConversationState): boolean => !timeline.isAtEnd;

/** The state that a bootstrap tells. Only the outbox outlives it: the log may not be the same one any more. */
export function takeBootstrap(state: ChatState, snapshot: Bootstrap): ChatState {
  const { me, hasMore } = snapshot;
  const conversations = [...snapshot.conversations, ...snapshot.threads];
  const known = Object.fromEntries(conversations.map((view) => [view.id, beginConversation(view)]));
  const fresh = {
    ...emptyState,
    ...takePeople(snapshot),
    me,
    conversations: known,
    hasMoreConversations: hasMore,
    scheduled: takeScheduled(snapshot.scheduled),
    stories: takeStories(snapshot.stories),
    outbox: state.outbox,
  };
  return dropArrived(fresh, newestOf(conversations));
}

/** A conversation that was not known before. Behind its newest visible message nothing is visible to its end. */
export function beginConversation(view: ConversationView): ConversationState {
  const { lastMessage, lastSeq, me } = view;
  const from = lastMessage ? lastMessage.seq : me.joinedSeq + 1;
  return {
    ...view,
    members: undefined,
    timeline: { from, to: lastSeq, isAtEnd: true, messages: lastMessage ? [lastMessage] : [] },
  };
}

/** Takes a conversation as the server told it; what only grows never shrinks by it. */
export function mergeConversation(state: ChatState, view: ConversationView): ChatState {
  const known = state.conversations?.[view.id];
  if (!known) return dropArrived(putConversation(state, beginConversation(view)), newestOf([view]));
  const { peer } = view;
  return putConversation(state, {
    ...known,
    ...view,
    ...furtherOf(known, view),
    lastMessage: newerOf(known.lastMessage, view.lastMessage),
    peer: peer && advance(peer, known.peer),
  });
}

const newestOf = (views: ConversationView[]): Message[] =>
  views.flatMap(({ lastMessage }) => lastMessage ?? []);

/** Takes the complete list of a conversation's members. */
export function mergeMembers(state: ChatState, conversationId: string, list: Member[]): ChatState {
  const known = state.conversations?.[conversationId];
  if (!known) return state;
  const members = Object.fromEntries(
    list.map((member) => [member.user.id, advance(member, known.members?.[member.user.id])]),
  );
  return putConversation(state, { ...known, members });
}

/** Takes a page of history if it touches the known range, so that the range stays without a gap. */
export function mergePage(state: ChatState, conversationId: string, page: MessagePage): ChatState {
  const known = state.conversations?.[conversationId];
  if (!known) return state;
  const { timeline } = known;
  const from = beginningOf(page, known);
  if (page.to < page.from - 1 || page.to < timeline.from - 1 || from > timeline.to + 1) return state;
  const inPage = ({ seq }: Message) => seq >= from && seq <= page.to;
  const messages = [
    ...timeline.messages.filter((message) => message.seq < from),
    ...page.messages,
    ...timeline.messages.filter((message) => message.seq >= from && !inPage(message)),
  ];
  const merged: Timeline = {
    from: Math.min(from, timeline.from),
    to: Math.max(page.to, timeline.to),
    isAtEnd: timeline.isAtEnd || !page.hasMoreAfter,
    messages,
  };
  return dropArrived(putConversation(state, { ...known, timeline: merged }), page.messages);
}

/** Takes a page of history wherever it is: if it does not touch the known range, in the place of that. */
export function jumpToPage(state: ChatState, conversationId: string, page: MessagePage): ChatState {
  const merged = mergePage(state, conversationId, page);
  const known = state.conversations?.[conversationId];
  if (!known || merged !== state) return merged;
  const { to, hasMoreAfter, messages } = page;
  const timeline: Timeline = { from: beginningOf(page, known), to, isAtEnd: !hasMoreAfter, messages };
  return dropArrived(putConversation(state, { ...known, timeline }), messages);
}

/** From where on a page covers the history: if there is nothing before it, from the first that this person may see. */
const beginningOf = (page: MessagePage, { me }: ConversationState): number =>
  page.hasMoreBefore ? page.from : Math.min(page.from, me.joinedSeq + 1);

export const putConversation = (state: ChatState, conversation: ConversationState): ChatState => ({
  ...state,
  conversations: { ...state.conversations, [conversation.id]: conversation },
});

/** One's own read mark, which only moves forward, and never beyond what there is. It is marked as unread no more. */
export function markRead(state: ChatState, conversationId: string, seq: number): ChatState {
  const known = state.conversations?.[conversationId];
  if (!known) return state;
  const me = advance(known.me, { readSeq: Math.min(seq, known.lastSeq) });
  if (me === known.me && !me.isMarkedUnread) return state;
  const read = { ...known, ...unreadBehind(known, me.readSeq), me: { ...me, isMarkedUnread: false } };
  return putConversation(state, read);
}

/** The same of what has come to one's own devices. */
export function markDelivered(state: ChatState, conversationId: string, seq: number): ChatState {
  const known = state.conversations?.[conversationId];
  const me = known && advance(known.me, { deliveredSeq: Math.min(seq, known.lastSeq) });
  return me && me !== known.me ? putConversation(state, { ...known, me }) : state;
}

/** The answer to a send: it is stored, and read by its sender. The timeline waits for the stream. */
export function takeSent(state: ChatState, clientMessageId: string, message: Message): ChatState {
  const { conversationId, seq } = message;
  const known = state.conversations?.[conversationId];
  const counted = known ? putConversation(state, { ...known, lastSeq: Math.max(known.lastSeq, seq) }) : state;
  const read = markRead(counted, conversationId, seq);
  return dropArrived({ ...read, outbox: markSent(state.outbox, clientMessageId, message) });
}

/** Drops from the outbox what has arrived: among these messages, or in the range of a timeline. */
export function dropArrived(state: ChatState, arrived: readonly Message[] = []): ChatState {
  if (state.outbox.length === 0) return state;
  const own = new Set(arrived.filter((m) => m.senderId === state.me?.id).map(clientMessageIdOf));
  const waiting = state.outbox.filter(({ clientMessageId, message }) => {
    if (own.has(clientMessageId)) return false;
    if (!message) return true;
    const conversation = state.conversations?.[message.conversationId];
    return conversation !== undefined && conversation.timeline.to < message.seq;
  });
  return waiting.length === state.outbox.length ? state : { ...state, outbox: waiting };
}

/** Takes how people are, and forgets of whom nothing is told any more. */
export function takePresence(
  state: ChatState,
  people: readonly Presence[],
  hidden: readonly string[],
): ChatState {
  const presence = { ...state.presence };
  for (const one of people) presence[one.userId] = one;
  for (const userId of hidden) delete presence[userId];
  return { ...state, presence };
}

/** Somebody writes, until then. */
export const putTyping = (
  state: ChatState,
  conversationId: string,
  userId: string,
  until: string,
): ChatState => ({
  ...state,
  typing: { ...state.typing, [conversationId]: { ...state.typing[conversationId], [userId]: until } },
});

/** Somebody has stopped writing. */
export function dropTyping(state: ChatState, conversationId: string, userId: string): ChatState {
  if (state.typing[conversationId]?.[userId] === undefined) return state;
  const { [conversationId]: there, ...elsewhere } = state.typing;
  const { [userId]: _, ...others } = there!;
  const typing = Object.keys(others).length > 0 ? { ...elsewhere, [conversationId]: others } : elsewhere;
  return { ...state, typing };
}

/** Without a connection nothing is known of what is true only now. */
export function dropEphemeral(state: ChatState): ChatState {
  const { presence, typing } = emptyState;
  if (state.presence === presence && state.typing === typing) return state;
  return { ...state, presence, typing };
}

/** What only grows, from two views of one conversation, and what the one that knows further has skipped. */
export function furtherOf(
  a: ConversationView,
  b: ConversationView,
): Pick<ConversationView, 'lastSeq' | 'me' | 'skipped' | 'mentions'> {
  const further = a.lastSeq > b.lastSeq ? a : b;
  const me = advance(b.me, a.me);
  return { lastSeq: further.lastSeq, me, ...unreadBehind(further, me.readSeq) };
}

export const newerOf = (a: Message | null, b: Message | null): Message | null =>
  a && b ? (b.seq >= a.seq ? b : a) : (a ?? b);

/** A member's entry without who they are, as a view carries it for its own person. */
export function entryOf({ user: _, ...entry }: Member): Omit<Member, 'user'> {
  return entry;
}

/** Of somebody who has just come in: nothing is set otherwise. */
export const newMembership = (mine: Member): Membership => ({
  ...entryOf(mine),
  isArchived: false,
  pinnedAt: null,
  mutedUntil: null,
  notify: 'all',
  isMarkedUnread: false,
});
