import type { StreamItem } from '@parley/contract';
import {
  addMembers,
  beginOrGrow,
  changeConversation,
  changeRole,
  clearConversation,
  configure,
  dropConversation,
  dropMember,
  jumpOver,
  putDraft,
  putUser,
  trimConversation,
} from './conversations.ts';
import {
  addMessage,
  buryMessage,
  changeMessage,
  eraseMessages,
  hideMessage,
  pinMessage,
  replaceMessage,
  showPreview,
} from './messages.ts';
import { endMarkedUnread, moveMarks } from './move-marks.ts';
import { dropPerson, putBlock, putFriend, putPerson, putProfile } from './people.ts';
import { changeReaction } from './reactions.ts';
import { dropScheduled, putScheduled } from './scheduled.ts';
import { type ChatState, dropTyping, putTyping, takePresence } from './state.ts';
import { dropStoriesOf, dropStory, putStory, seeStory } from './stories.ts';
import { changeThread } from './threads.ts';

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
  'message.previewed': true,
  'message.pinned': true,
  'message.unpinned': true,
  'reaction.added': true,
  'reaction.removed': true,
  'draft.updated': true,
  'scheduled.updated': true,
  'scheduled.removed': true,
  'membership.updated': true,
  'conversation.cleared': true,
  'conversation.trimmed': true,
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
  'story.created': true,
  'story.deleted': true,
  'story.seen': true,
  'export.updated': true,
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
      return addMessage(state, event.message);
    case 'message.edited':
      return replaceMessage(state, event.message);
    case 'message.deleted':
      return buryMessage(state, event);
    case 'message.hidden':
      return hideMessage(state, event);
    case 'message.previewed':
      return showPreview(state, event);
    case 'message.pinned':
      return pinMessage(state, event, event.pinnedAt);
    case 'message.unpinned':
      return pinMessage(state, event, undefined);
    case 'reaction.added':
    case 'reaction.removed':
      return changeMessage(state, event, (old) => changeReaction(old, event, state.me?.id));
    case 'draft.updated':
      return putDraft(state, event);
    case 'scheduled.updated':
      return putScheduled(state, event.scheduled);
    case 'scheduled.removed':
      return dropScheduled(state, event.id);
    case 'membership.updated':
      return configure(state, event);
    case 'conversation.cleared':
      return clearConversation(state, event);
    case 'conversation.trimmed':
      return trimConversation(state, event);
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
      return dropStoriesOf(putProfile(putUser(state, event.user), event.user), event.user);
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
    case 'story.created':
      return putStory(state, event.story);
    case 'story.deleted':
      return dropStory(state, event.storyId);
    case 'story.seen':
      return seeStory(state, event);
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
