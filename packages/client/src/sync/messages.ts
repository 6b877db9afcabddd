import type { ChatEvent, LinkPreview, Message } from '@parley/contract';
import { mentionsWith, mentionsWithout } from './mentions.ts';
import { endMarkedUnread, moveMarks } from './move-marks.ts';
import { keepReactions } from './reactions.ts';
import { addRange, addSeq, rangesBehind, rangesUpTo } from './skipped.ts';
import {
  type ChatState,
  type ConversationState,
  dropArrived,
  dropTyping,
  newerOf,
  putConversation,
} from './state.ts';
import { keepThread } from './threads.ts';

/** Who has sent what they wrote writes no more. */
const endTyping = (state: ChatState, { conversationId, senderId }: Message): ChatState =>
  dropTyping(state, conversationId, senderId);

/** A message that arrives: its sender writes no more, and it waits in the outbox no more. */
export function addMessage(old: ChatState, told: Message): ChatState {
  const state = endTyping(dropArrived(old, [told]), told);
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

/**
 * The stream brings every message in order, so the newest one extends the range whatever its `seq`; but not a range
 * that stands away from the end.
 */
function placed(timeline: ConversationState['timeline'], message: Message): ConversationState['timeline'] {
  const { from, to, isAtEnd, messages } = timeline;
  if (message.seq > to && !isAtEnd) return timeline;
  if (message.seq > to) return { from, to: message.seq, isAtEnd, messages: [...messages, message] };
  if (message.seq < from - 1) return timeline;
  const others = messages.filter(({ seq }) => seq !== message.seq);
  const before = others.filter(({ seq }) => seq < message.seq);
  return {
    from: Math.min(from, message.seq),
    to,
    isAtEnd,
    messages: [...before, message, ...others.slice(before.length)],
  };
}

/** A message that says something else: where it is known, it is shown so. */
export function replaceMessage(state: ChatState, message: Message): ChatState {
  const changed = changeMessage(state, message, (old) => keepTold(message, old));
  const known = changed.conversations?.[message.conversationId];
  if (!known) return changed;
  const mentions = mentionsWith(known, message, state.me?.id);
  return mentions === known.mentions ? changed : putConversation(changed, { ...known, mentions });
}

/** A message that is told once more, with what is told of it by itself. */
const keepTold = (told: Message, known: Message | null | undefined): Message =>
  keepThread(keepReactions(told, known), known);

/** What is under the link of a message, where the message is known. */
export const showPreview = (state: ChatState, event: Place & { preview: LinkPreview | null }): ChatState =>
  changeMessage(state, event, (old) => {
    const { preview: _, ...rest } = old;
    return event.preview === null || old.deletedAt ? rest : { ...rest, preview: event.preview };
  });

export const pinMessage = (state: ChatState, place: Place, pinnedAt: string | undefined): ChatState =>
  changeMessage(state, place, (old) => {
    const { pinnedAt: _, ...rest } = old;
    return pinnedAt === undefined || old.deletedAt ? rest : { ...rest, pinnedAt };
  });

type Place = { conversationId: string; seq: number };

/** One message, wherever it is known. */
export function changeMessage(
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
export function buryMessage(state: ChatState, { conversationId, seq, deletedAt }: Deletion): ChatState {
  const known = state.conversations?.[conversationId];
  if (!known) return state;
  const buried = withMessages(known, (old) => (old.seq === seq ? tombstoneOf(old, deletedAt) : old));
  return putConversation(state, { ...buried, ...withoutSeq(known, seq) });
}

type Hiding = { conversationId: string; seq: number; lastMessage: Message | null };

/** A message that this person does not want to see. If it was the newest, the one before is that now. */
export function hideMessage(state: ChatState, { conversationId, seq, lastMessage }: Hiding): ChatState {
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

/** Somebody's messages of one conversation, erased: their places stay. */
export function eraseMessages(
  state: ChatState,
  { conversationId, senderId, at, mentions }: Extract<ChatEvent, { type: 'messages.erased' }>,
): ChatState {
  const known = state.conversations?.[conversationId];
  if (!known) return state;
  const erased = (old: Message): Message => (old.senderId === senderId ? tombstoneOf(old, at) : old);
  return putConversation(state, {
    ...withMessages(known, erased),
    mentions: mentionsWithout(known.mentions, mentions),
  });
}
