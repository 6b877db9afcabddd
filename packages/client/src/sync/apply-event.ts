import type {
  Conversation,
  ConversationView,
  Member,
  Message,
  PublicUser,
  StreamItem,
} from '@parley/contract';
import { dropPerson, putBlock, putFriend, putPerson, putProfile } from './people.ts';
import { addRange, rangesBehind } from './skipped.ts';
import {
  beginConversation,
  type ChatState,
  type ConversationState,
  dropArrived,
  dropTyping,
  furtherOf,
  newerOf,
  ownEntry,
  putConversation,
  putTyping,
  takePresence,
} from './state.ts';

/** What listeners and the reducer get: a type that this version does not know yet is `unknown`. */
export type ReceivedEvent = StreamItem | UnknownEvent;

export interface UnknownEvent {
  type: 'unknown';
}

const KNOWN = {
  'conversation.created': true,
  'member.added': true,
  'member.removed': true,
  'member.left': true,
  'member.roleChanged': true,
  'message.created': true,
  'receipt.read': true,
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
    case 'member.added':
      return addMembers(state, event.conversation, event.members);
    case 'member.removed':
    case 'member.left':
      return dropMember(state, event.conversationId, event.userId, event.memberCount);
    case 'member.roleChanged':
      return changeRole(state, event.conversationId, event.userId, event.role);
    case 'message.created':
      return addMessage(endTyping(dropArrived(state, [event.message]), event.message), event.message);
    case 'receipt.read':
      return moveMarks(state, event.conversationId, event.marks);
    case 'stream.gapped':
      return jumpOver(state, event.conversationId, event.conversation);
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
 * Whoever knows it already is told again when somebody unblocks the person who began it: of that, only what grows
 * counts.
 */
function beginOrGrow(state: ChatState, conversation: Conversation, members: Member[]): ChatState {
  const known = state.conversations?.[conversation.id];
  if (!known) return addMembers(state, conversation, members);
  const { id, lastSeq } = conversation;
  const grown = lastSeq > known.lastSeq ? putConversation(state, { ...known, lastSeq }) : state;
  const marks = members.map(({ user, readSeq }) => ({ userId: user.id, readSeq }));
  return moveMarks(grown, id, marks);
}

function addMembers(state: ChatState, conversation: Conversation, added: Member[]): ChatState {
  const mine = added.find(({ user }) => user.id === state.me?.id);
  const known = state.conversations?.[conversation.id];
  if (!known) return mine ? putConversation(state, enter(conversation, mine, added)) : state;
  const me = mine ? ownEntry(mine) : known.me;
  const fresh = Object.fromEntries(
    added.map((member) => {
      const readSeq = Math.max(member.readSeq, known.members?.[member.user.id]?.readSeq ?? 0);
      return [member.user.id, { ...member, readSeq }];
    }),
  );
  return putConversation(state, {
    ...known,
    ...conversation,
    ...furtherOf(known, { ...known, ...conversation, me }),
    members: known.members && { ...known.members, ...fresh },
  });
}

/**
 * A conversation this person has just come into. Its history is not known: the event may have been read from
 * the log later than it happened, when more had been said.
 */
function enter(conversation: Conversation, mine: Member, added: Member[]): ConversationState {
  const { kind, lastSeq, memberCount } = conversation;
  const peer = (kind === 'direct' && added.find(({ user }) => user.id !== mine.user.id)) || null;
  const everybody = added.length === memberCount;
  return {
    ...beginConversation({ ...conversation, me: ownEntry(mine), peer, lastMessage: null, skipped: [] }),
    timeline: { from: lastSeq + 1, to: lastSeq, messages: [] },
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
  const { [conversationId]: _, ...conversations } = state.conversations ?? {};
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

function addMessage(state: ChatState, message: Message): ChatState {
  const known = state.conversations?.[message.conversationId];
  if (!known) return state;
  const { seq, senderId, conversationId } = message;
  // The stream brings every message in order: what it did not bring before this one is not for this person.
  const before = Math.max(known.lastSeq, known.me.readSeq);
  const extended: ConversationState = {
    ...known,
    lastSeq: Math.max(known.lastSeq, seq),
    skipped: addRange(known.skipped, before + 1, seq - 1),
    lastMessage: newerOf(known.lastMessage, message),
    timeline: placed(known.timeline, message),
  };
  // Its sender has read up to it.
  const read = moveMarks(putConversation(state, extended), conversationId, [
    { userId: senderId, readSeq: seq },
  ]);
  return dropArrived(read);
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

function moveMarks(
  state: ChatState,
  conversationId: string,
  marks: readonly { userId: string; readSeq: number }[],
): ChatState {
  const known = state.conversations?.[conversationId];
  if (!known) return state;
  let { me, peer } = known;
  const moved: Record<string, Member> = {};
  for (const { userId, readSeq } of marks) {
    if (userId === state.me?.id && me.readSeq < readSeq) me = { ...me, readSeq };
    if (userId === peer?.user.id && peer.readSeq < readSeq) peer = { ...peer, readSeq };
    const member = known.members?.[userId];
    if (member && member.readSeq < readSeq) moved[userId] = { ...member, readSeq };
  }
  const same = Object.keys(moved).length === 0;
  if (same && me === known.me && peer === known.peer) return state;
  return putConversation(state, {
    ...known,
    me,
    peer,
    skipped: rangesBehind(known.skipped, me.readSeq),
    members: same ? known.members : { ...known.members, ...moved },
  });
}

/** A conversation as it stands behind a gap: what was known of its history and its people is not the whole of it. */
function jumpOver(state: ChatState, id: string, view: ConversationView | null): ChatState {
  if (!view) return dropConversation(state, id);
  const known = state.conversations?.[id];
  const fresh = beginConversation(view);
  return dropArrived(putConversation(state, known ? { ...fresh, ...furtherOf(known, fresh) } : fresh));
}

/** Somebody's messages of one conversation, erased: their places stay. */
function eraseMessages(
  state: ChatState,
  { conversationId, senderId, at }: { conversationId: string; senderId: string; at: string },
): ChatState {
  const known = state.conversations?.[conversationId];
  if (!known) return state;
  const erased = <M extends Message | null>(message: M): M =>
    message?.senderId === senderId ? { ...message, text: '', deletedAt: at } : message;
  const messages = known.timeline.messages.map(erased);
  return putConversation(state, {
    ...known,
    lastMessage: erased(known.lastMessage),
    timeline: { ...known.timeline, messages },
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
