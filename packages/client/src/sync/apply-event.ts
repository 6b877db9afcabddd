import type {
  Conversation,
  ConversationView,
  Draft,
  Member,
  MembershipSettings,
  Message,
  PublicUser,
  StreamItem,
} from '@parley/contract';
import { mentionsBehind, mentionsWith, mentionsWithout } from './mentions.ts';
import { dropPerson, putBlock, putFriend, putPerson, putProfile } from './people.ts';
import { changeReaction, keepReactions } from './reactions.ts';
import { advance } from './receipts.ts';
import { addRange, addSeq, rangesBehind, rangesUpTo } from './skipped.ts';
import {
  beginConversation,
  type ChatState,
  type ConversationState,
  dropArrived,
  dropTyping,
  entryOf,
  furtherOf,
  newerOf,
  newMembership,
  putConversation,
  putTyping,
  takePresence,
} from './state.ts';
import { changeThread, keepThread } from './threads.ts';

/** What listeners and the reducer get: a type that this version does not know yet is `unknown`. */
export type ReceivedEvent = StreamItem | UnknownEvent;

export interface UnknownEvent {
  type: 'unknown';
}

const KNOWN = {
  'conversation.created': true,
  'conversation.updated': true,
  'conversation.deleted': true,
  'member.added': true,
  'member.removed': true,
  'member.left': true,
  'member.roleChanged': true,
  'message.created': true,
  'message.edited': true,
  'message.deleted': true,
  'message.hidden': true,
  'message.pinned': true,
  'message.unpinned': true,
  'reaction.added': true,
  'reaction.removed': true,
  'draft.updated': true,
  'membership.updated': true,
  'conversation.cleared': true,
  'receipt.read': true,
  'thread.updated': true,
  'receipt.delivered': true,
  'messages.erased': true,
  'user.updated': true,
  'account.updated': true,
  'settings.updated': true,
  'friendRequest.created': true,
  'friendRequest.accepted': true,
  'friendRequest.rejected': true,
  'friendRequest.cancelled': true,
  'friend.removed': true,
  'contact.added': true,
  'contact.updated': true,
  'contact.removed': true,
  'block.added': true,
  'block.removed': true,
  'session.started': true,
  'session.ended': true,
  'presence.changed': true,
  typing: true,
  'stream.caught-up': true,
  'stream.gapped': true,
  'stream.reset': true,
} as const satisfies Record<StreamItem['type'], true>;

/** An item of the stream as this version understands it. */
export const recognise = (item: StreamItem): ReceivedEvent =>
  Object.hasOwn(KNOWN, item.type) ? item : { type: 'unknown' };

/**
 * The state after an event of the log, or after what is true only now. Pure, and idempotent: events carry absolute values, marks and counters
 * only move forward, so that applying again what was applied changes nothing. Events of a conversation that is
 * not known change nothing either; the caller loads it.
 */
export function applyEvent(state: ChatState, event: ReceivedEvent): ChatState {
  switch (event.type) {
    case 'conversation.created':
      return beginOrGrow(state, event.conversation, event.members);
    case 'conversation.updated':
      return changeConversation(state, event.conversation);
    case 'conversation.deleted':
      return dropConversation(state, event.conversationId);
    case 'member.added':
      return addMembers(state, event.conversation, event.members, event.lastMessage);
    case 'member.removed':
    case 'member.left':
      return dropMember(state, event.conversationId, event.userId, event.memberCount);
    case 'member.roleChanged':
      return changeRole(state, event.conversationId, event.userId, event.role);
    case 'message.created':
      return addMessage(endTyping(dropArrived(state, [event.message]), event.message), event.message);
    case 'message.edited':
      return replaceMessage(state, event.message);
    case 'message.deleted':
      return buryMessage(state, event);
    case 'message.hidden':
      return hideMessage(state, event);
    case 'message.pinned':
      return pinMessage(state, event, event.pinnedAt);
    case 'message.unpinned':
      return pinMessage(state, event, undefined);
    case 'reaction.added':
    case 'reaction.removed':
      return changeMessage(state, event, (old) => changeReaction(old, event, state.me?.id));
    case 'draft.updated':
      return putDraft(state, event);
    case 'membership.updated':
      return configure(state, event);
    case 'conversation.cleared':
      return clearConversation(state, event);
    case 'receipt.read':
      return moveMarks(endMarkedUnread(state, event), event.conversationId, event.marks);
    case 'receipt.delivered':
      return moveMarks(state, event.conversationId, event.marks);
    case 'stream.gapped':
      return jumpOver(state, event.conversationId, event.conversation);
    case 'thread.updated':
      return changeMessage(state, event, (old) => changeThread(old, event.thread));
    case 'messages.erased':
      return eraseMessages(state, event);
    case 'user.updated':
      return putProfile(putUser(state, event.user), event.user);
    case 'account.updated':
      return { ...state, me: event.user };
    case 'settings.updated':
      return state.me ? { ...state, me: { ...state.me, settings: event.settings } } : state;
    case 'friendRequest.created':
      return putPerson(state, 'friendRequests', event.request);
    case 'friendRequest.accepted':
      return putFriend(state, event.friend);
    case 'friendRequest.rejected':
    case 'friendRequest.cancelled':
      return dropPerson(state, 'friendRequests', event.userId);
    case 'friend.removed':
      return dropPerson(state, 'friends', event.userId);
    case 'contact.added':
    case 'contact.updated':
      return putPerson(state, 'contacts', event.contact);
    case 'contact.removed':
      return dropPerson(state, 'contacts', event.userId);
    case 'block.added':
      return putBlock(state, event.block);
    case 'block.removed':
      return dropPerson(state, 'blocks', event.userId);
    case 'presence.changed':
      return takePresence(state, event.people, event.hidden);
    case 'typing':
      return event.until === null
        ? dropTyping(state, event.conversationId, event.userId)
        : putTyping(state, event.conversationId, event.userId, event.until);
    default:
      return state;
  }
}

/** Who has sent what they wrote writes no more. */
const endTyping = (state: ChatState, { conversationId, senderId }: Message): ChatState =>
  dropTyping(state, conversationId, senderId);

/**
 * How a conversation begins is told once. Told again, to whoever knows it already, of that only what grows counts.
 */
function beginOrGrow(state: ChatState, conversation: Conversation, members: Member[]): ChatState {
  const known = state.conversations?.[conversation.id];
  if (!known) return addMembers(state, conversation, members);
  const { id, lastSeq } = conversation;
  const grown = lastSeq > known.lastSeq ? putConversation(state, { ...known, lastSeq }) : state;
  const marks = members.map(({ user, readSeq, deliveredSeq }) => ({
    userId: user.id,
    readSeq,
    deliveredSeq,
  }));
  return moveMarks(grown, id, marks);
}

/** What is the same for everybody in it. Its messages and its members are told of by themselves. */
function changeConversation(state: ChatState, conversation: Conversation): ChatState {
  const known = state.conversations?.[conversation.id];
  if (!known) return state;
  const { lastSeq: _, memberCount: __, ...facts } = conversation;
  return putConversation(state, { ...known, ...facts });
}

function addMembers(
  state: ChatState,
  conversation: Conversation,
  added: Member[],
  lastMessage: Message | null = null,
): ChatState {
  const mine = added.find(({ user }) => user.id === state.me?.id);
  const known = state.conversations?.[conversation.id];
  if (!known) return mine ? putConversation(state, enter(conversation, mine, added, lastMessage)) : state;
  const me = mine ? { ...known.me, ...entryOf(mine) } : known.me;
  const fresh = Object.fromEntries(
    added.map((member) => [member.user.id, advance(member, known.members?.[member.user.id])]),
  );
  return putConversation(state, {
    ...known,
    ...conversation,
    ...furtherOf(known, { ...known, me }),
    members: known.members && { ...known.members, ...fresh },
  });
}

/**
 * A conversation this person has just come into. Of its history no more is known than the newest message: the event
 * may have been read from the log later than it happened, when more had been said.
 */
function enter(
  conversation: Conversation,
  mine: Member,
  added: Member[],
  lastMessage: Message | null,
): ConversationState {
  const { kind, lastSeq, memberCount } = conversation;
  const peer = (kind === 'direct' && added.find(({ user }) => user.id !== mine.user.id)) || null;
  const everybody = added.length === memberCount;
  return {
    ...beginConversation({
      ...conversation,
      me: newMembership(mine),
      peer,
      lastMessage,
      skipped: [],
      mentions: [],
      draft: null,
    }),
    ...(!lastMessage && { timeline: { from: lastSeq + 1, to: lastSeq, messages: [] } }),
    members: everybody ? Object.fromEntries(added.map((member) => [member.user.id, member])) : undefined,
  };
}

function dropMember(
  state: ChatState,
  conversationId: string,
  userId: string,
  memberCount: number,
): ChatState {
  const known = state.conversations?.[conversationId];
  if (!known) return state;
  if (userId === state.me?.id) return dropConversation(state, conversationId);
  if (!known.members) return putConversation(state, { ...known, memberCount });
  const { [userId]: _, ...members } = known.members;
  return putConversation(state, { ...known, memberCount, members });
}

function dropConversation(state: ChatState, conversationId: string): ChatState {
  if (!state.conversations?.[conversationId]) return state;
  const { [conversationId]: _, ...conversations } = state.conversations;
  return dropArrived({ ...state, conversations });
}

function changeRole(
  state: ChatState,
  conversationId: string,
  userId: string,
  role: Member['role'],
): ChatState {
  const known = state.conversations?.[conversationId];
  if (!known) return state;
  const me = userId === state.me?.id ? { ...known.me, role } : known.me;
  const member = known.members?.[userId];
  const members = member ? { ...known.members, [userId]: { ...member, role } } : known.members;
  return putConversation(state, { ...known, me, members });
}

/** A conversation in which this person still is, or not again, since they came in at that moment. */
function sinceJoining(
  state: ChatState,
  { conversationId, joinedAt }: { conversationId: string; joinedAt: string },
): ConversationState | undefined {
  const known = state.conversations?.[conversationId];
  return known?.me.joinedAt === joinedAt ? known : undefined;
}

type Configuration = { conversationId: string; joinedAt: string; settings: MembershipSettings };

function configure(state: ChatState, event: Configuration): ChatState {
  const known = sinceJoining(state, event);
  return known ? putConversation(state, { ...known, me: { ...known.me, ...event.settings } }) : state;
}

type Drafting = { conversationId: string; joinedAt: string; draft: Draft | null };

function putDraft(state: ChatState, event: Drafting): ChatState {
  const known = sinceJoining(state, event);
  return known ? putConversation(state, { ...known, draft: event.draft }) : state;
}

type Clearing = { conversationId: string; joinedAt: string; seq: number };

/** What was said up to there is gone. If that is all, so is the conversation, until there is something new. */
function clearConversation(state: ChatState, event: Clearing): ChatState {
  const known = sinceJoining(state, event);
  if (!known) return state;
  const { seq } = event;
  if (known.lastSeq <= seq) return dropConversation(state, known.id);
  // It was loaded later than this happened.
  const { timeline, skipped, mentions, lastMessage } = known;
  const me = advance(known.me, { readSeq: seq });
  return putConversation(state, {
    ...known,
    lastMessage: lastMessage && lastMessage.seq > seq ? lastMessage : null,
    me: { ...me, joinedSeq: Math.max(me.joinedSeq, seq), isMarkedUnread: false },
    skipped: rangesBehind(skipped, me.readSeq),
    mentions: mentionsBehind(mentions, me.readSeq),
    timeline: {
      from: Math.max(timeline.from, seq + 1),
      to: Math.max(timeline.to, seq),
      messages: timeline.messages.filter((message) => message.seq > seq),
    },
  });
}

function addMessage(state: ChatState, told: Message): ChatState {
  const known = state.conversations?.[told.conversationId];
  if (!known) return state;
  const { seq, senderId, conversationId } = told;
  const message = keepTold(told, messageAt(known, seq));
  // The stream brings every message in order: what it did not bring before this one is not for this person.
  const before = Math.max(known.lastSeq, known.me.readSeq);
  const extended: ConversationState = {
    ...known,
    lastSeq: Math.max(known.lastSeq, seq),
    skipped: addRange(known.skipped, before + 1, seq - 1),
    lastMessage: newerOf(known.lastMessage, message),
    timeline: placed(known.timeline, message),
  };
  const mentions = mentionsWith(extended, message, state.me?.id);
  // Its sender has read up to it.
  const marks = [{ userId: senderId, readSeq: seq }];
  const added = putConversation(state, { ...extended, mentions });
  return dropArrived(moveMarks(endMarkedUnread(added, { conversationId, marks }), conversationId, marks));
}

/** Whoever reads on or sends does not mark the conversation as unread any more. */
function endMarkedUnread(
  state: ChatState,
  { conversationId, marks }: { conversationId: string; marks: readonly Mark[] },
): ChatState {
  const known = state.conversations?.[conversationId];
  if (!known?.me.isMarkedUnread || !marks.some(({ userId }) => userId === state.me?.id)) return state;
  return putConversation(state, { ...known, me: { ...known.me, isMarkedUnread: false } });
}

/** The stream brings every message in order, so the newest one extends the range whatever its `seq`. */
function placed(timeline: ConversationState['timeline'], message: Message): ConversationState['timeline'] {
  const { from, to, messages } = timeline;
  if (message.seq > to) return { from, to: message.seq, messages: [...messages, message] };
  if (message.seq < from - 1) return timeline;
  const others = messages.filter(({ seq }) => seq !== message.seq);
  const before = others.filter(({ seq }) => seq < message.seq);
  return {
    from: Math.min(from, message.seq),
    to,
    messages: [...before, message, ...others.slice(before.length)],
  };
}

/** How far somebody is, in one way or in both. */
interface Mark {
  userId: string;
  readSeq?: number;
  deliveredSeq?: number;
}

function moveMarks(state: ChatState, conversationId: string, marks: readonly Mark[]): ChatState {
  const known = state.conversations?.[conversationId];
  if (!known) return state;
  let { me, peer } = known;
  const moved: Record<string, Member> = {};
  for (const { userId, ...mark } of marks) {
    if (userId === state.me?.id) me = advance(me, mark);
    if (peer && userId === peer.user.id) peer = advance(peer, mark);
    const member = known.members?.[userId];
    const further = member && advance(member, mark);
    if (further && further !== member) moved[userId] = further;
  }
  const same = Object.keys(moved).length === 0;
  if (same && me === known.me && peer === known.peer) return state;
  return putConversation(state, {
    ...known,
    me,
    peer,
    skipped: rangesBehind(known.skipped, me.readSeq),
    mentions: mentionsBehind(known.mentions, me.readSeq),
    members: same ? known.members : { ...known.members, ...moved },
  });
}

/** A message that says something else: where it is known, it is shown so. */
function replaceMessage(state: ChatState, message: Message): ChatState {
  const changed = changeMessage(state, message, (old) => keepTold(message, old));
  const known = changed.conversations?.[message.conversationId];
  if (!known) return changed;
  const mentions = mentionsWith(known, message, state.me?.id);
  return mentions === known.mentions ? changed : putConversation(changed, { ...known, mentions });
}

/** A message that is told once more, with what is told of it by itself. */
const keepTold = (told: Message, known: Message | null | undefined): Message =>
  keepThread(keepReactions(told, known), known);

const pinMessage = (state: ChatState, place: Place, pinnedAt: string | undefined): ChatState =>
  changeMessage(state, place, (old) => {
    const { pinnedAt: _, ...rest } = old;
    return pinnedAt === undefined || old.deletedAt ? rest : { ...rest, pinnedAt };
  });

type Place = { conversationId: string; seq: number };

/** One message, wherever it is known. */
function changeMessage(
  state: ChatState,
  { conversationId, seq }: Place,
  change: (old: Message) => Message,
): ChatState {
  const known = state.conversations?.[conversationId];
  if (!known || !messageAt(known, seq)) return state;
  return putConversation(
    state,
    withMessages(known, (old) => (old.seq === seq ? change(old) : old)),
  );
}

const messageAt = ({ timeline, lastMessage }: ConversationState, seq: number): Message | null | undefined =>
  lastMessage?.seq === seq ? lastMessage : timeline.messages.find((message) => message.seq === seq);

type Deletion = { conversationId: string; seq: number; deletedAt: string };

/** Of a message that was deleted for everyone its place is left: nobody has to read it. */
function buryMessage(state: ChatState, { conversationId, seq, deletedAt }: Deletion): ChatState {
  const known = state.conversations?.[conversationId];
  if (!known) return state;
  const buried = withMessages(known, (old) => (old.seq === seq ? tombstoneOf(old, deletedAt) : old));
  return putConversation(state, { ...buried, ...withoutSeq(known, seq) });
}

type Hiding = { conversationId: string; seq: number; lastMessage: Message | null };

/** A message that this person does not want to see. If it was the newest, the one before is that now. */
function hideMessage(state: ChatState, { conversationId, seq, lastMessage }: Hiding): ChatState {
  const known = state.conversations?.[conversationId];
  if (!known) return state;
  const { timeline, me } = known;
  const messages = timeline.messages.filter((message) => message.seq !== seq);
  const shown = { ...known, timeline: { ...timeline, messages } };
  if (known.lastMessage?.seq === seq) {
    const end = lastMessage?.seq ?? me.joinedSeq;
    return putConversation(state, {
      ...shown,
      lastMessage,
      lastSeq: end,
      skipped: rangesUpTo(known.skipped, end),
      mentions: mentionsWithout(known.mentions, [seq]),
    });
  }
  return putConversation(state, { ...shown, ...withoutSeq(known, seq) });
}

/** What counts as read, and what calls this person, once there is nothing at a seq any more. */
const withoutSeq = (
  { skipped, mentions, lastSeq, me }: ConversationState,
  seq: number,
): Pick<ConversationState, 'skipped' | 'mentions'> => ({
  skipped: seq > lastSeq ? skipped : rangesBehind(addSeq(skipped, seq), me.readSeq),
  mentions: mentionsWithout(mentions, [seq]),
});

/** What is left of a message. */
const tombstoneOf = (
  { id, conversationId, seq, senderId, createdAt }: Message,
  deletedAt: string,
): Message => ({ id, conversationId, seq, senderId, text: '', createdAt, deletedAt });

function withMessages(known: ConversationState, edit: (message: Message) => Message): ConversationState {
  const { timeline, lastMessage } = known;
  const messages = timeline.messages.map(edit);
  return { ...known, lastMessage: lastMessage && edit(lastMessage), timeline: { ...timeline, messages } };
}

/** A conversation as it stands behind a gap: what was known of its history and its people is not the whole of it. */
function jumpOver(state: ChatState, id: string, view: ConversationView | null): ChatState {
  if (!view) return dropConversation(state, id);
  const fresh = beginConversation(view);
  const me = advance(view.me, state.conversations?.[id]?.me);
  const skipped = rangesBehind(view.skipped, me.readSeq);
  const mentions = mentionsBehind(view.mentions, me.readSeq);
  return dropArrived(putConversation(state, { ...fresh, me, skipped, mentions }));
}

/** Somebody's messages of one conversation, erased: their places stay. */
function eraseMessages(
  state: ChatState,
  { conversationId, senderId, at, mentions }: Extract<ReceivedEvent, { type: 'messages.erased' }>,
): ChatState {
  const known = state.conversations?.[conversationId];
  if (!known) return state;
  const erased = (old: Message): Message => (old.senderId === senderId ? tombstoneOf(old, at) : old);
  return putConversation(state, {
    ...withMessages(known, erased),
    mentions: mentionsWithout(known.mentions, mentions),
  });
}

/** A profile, wherever it is shown. */
function putUser(state: ChatState, user: PublicUser): ChatState {
  let next = state.me?.id === user.id ? { ...state, me: { ...state.me, ...user } } : state;
  for (const known of Object.values(state.conversations ?? {})) {
    const peer = known.peer?.user.id === user.id ? { ...known.peer, user } : known.peer;
    const member = known.members?.[user.id];
    if (peer === known.peer && !member) continue;
    const members = member ? { ...known.members, [user.id]: { ...member, user } } : known.members;
    next = putConversation(next, { ...known, peer, members });
  }
  return next;
}
