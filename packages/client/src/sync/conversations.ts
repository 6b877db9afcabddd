import type {
  Conversation,
  ConversationView,
  Draft,
  Member,
  MembershipSettings,
  Message,
  PublicUser,
} from '@parley/contract';
import { moveMarks } from './move-marks.ts';
import { advance } from './receipts.ts';
import {
  beginConversation,
  type ChatState,
  type ConversationState,
  dropArrived,
  entryOf,
  furtherOf,
  newMembership,
  putConversation,
} from './state.ts';
import { unreadBehind } from './unread.ts';

/**
 * How a conversation begins is told once. Told again, to whoever knows it already, of that only what grows counts.
 */
export function beginOrGrow(state: ChatState, conversation: Conversation, members: Member[]): ChatState {
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
export function changeConversation(state: ChatState, conversation: Conversation): ChatState {
  const known = state.conversations?.[conversation.id];
  if (!known) return state;
  const { lastSeq: _, memberCount: __, ...facts } = conversation;
  return putConversation(state, { ...known, ...facts });
}

export function addMembers(
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
    ...(!lastMessage && { timeline: { from: lastSeq + 1, to: lastSeq, isAtEnd: true, messages: [] } }),
    members: everybody ? Object.fromEntries(added.map((member) => [member.user.id, member])) : undefined,
  };
}

export function dropMember(
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

export function dropConversation(state: ChatState, conversationId: string): ChatState {
  if (!state.conversations?.[conversationId]) return state;
  const { [conversationId]: _, ...conversations } = state.conversations;
  return dropArrived({ ...state, conversations });
}

export function changeRole(
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

export function configure(state: ChatState, event: Configuration): ChatState {
  const known = sinceJoining(state, event);
  return known ? putConversation(state, { ...known, me: { ...known.me, ...event.settings } }) : state;
}

type Drafting = { conversationId: string; joinedAt: string; draft: Draft | null };

export function putDraft(state: ChatState, event: Drafting): ChatState {
  const known = sinceJoining(state, event);
  return known ? putConversation(state, { ...known, draft: event.draft }) : state;
}

type Clearing = { conversationId: string; joinedAt: string; seq: number };

/** What was said up to there is gone. If that is all, so is the conversation, until there is something new. */
export function clearConversation(state: ChatState, event: Clearing): ChatState {
  const known = sinceJoining(state, event);
  if (!known) return state;
  const { seq } = event;
  if (known.lastSeq <= seq) return dropConversation(state, known.id);
  // It was loaded later than this happened.
  const rest = behind(state, known, seq);
  return putConversation(state, { ...rest, me: { ...rest.me, isMarkedUnread: false } });
}

/** What was said up to there is gone for everybody. */
export function trimConversation(
  state: ChatState,
  { conversationId, seq }: { conversationId: string; seq: number },
): ChatState {
  const known = state.conversations?.[conversationId];
  if (!known) return state;
  return dropArrived(putConversation(state, behind(state, known, seq)));
}

/** A conversation of which this person sees only what is behind a seq: nothing before it is there, or unread. */
function behind(state: ChatState, known: ConversationState, seq: number): ConversationState {
  const { timeline, lastMessage, lastSeq, members } = known;
  const me = beginBehind(known.me, seq);
  const mine = state.me && members?.[state.me.id];
  return {
    ...known,
    lastSeq: Math.max(lastSeq, seq),
    lastMessage: lastMessage && lastMessage.seq > seq ? lastMessage : null,
    me,
    members: mine ? { ...members, [mine.user.id]: beginBehind(mine, seq) } : members,
    ...unreadBehind(known, me.readSeq),
    timeline: {
      from: Math.max(timeline.from, seq + 1),
      to: Math.max(timeline.to, seq),
      isAtEnd: timeline.isAtEnd || lastSeq <= seq,
      messages: timeline.messages.filter((message) => message.seq > seq),
    },
  };
}

/** An entry whose history begins behind a seq, at the earliest. */
const beginBehind = <Entry extends Omit<Member, 'user'>>(entry: Entry, seq: number): Entry => ({
  ...advance(entry, { readSeq: seq }),
  joinedSeq: Math.max(entry.joinedSeq, seq),
});

/** A conversation as it stands behind a gap: what was known of its history and its people is not the whole of it. */
export function jumpOver(state: ChatState, id: string, view: ConversationView | null): ChatState {
  if (!view) return dropConversation(state, id);
  const fresh = beginConversation(view);
  const me = advance(view.me, state.conversations?.[id]?.me);
  return dropArrived(putConversation(state, { ...fresh, me, ...unreadBehind(view, me.readSeq) }));
}

/** A profile, wherever it is shown. */
export function putUser(state: ChatState, user: PublicUser): ChatState {
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
