import type { Member } from '@parley/contract';
import { advance } from './receipts.ts';
import { type ChatState, putConversation } from './state.ts';
import { unreadBehind } from './unread.ts';

/** How far somebody is, in one way or in both. */
export interface Mark {
  userId: string;
  readSeq?: number;
  deliveredSeq?: number;
}

export function moveMarks(state: ChatState, conversationId: string, marks: readonly Mark[]): ChatState {
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
    ...unreadBehind(known, me.readSeq),
    members: same ? known.members : { ...known.members, ...moved },
  });
}

/** Whoever reads on or sends does not mark the conversation as unread any more. */
export function endMarkedUnread(
  state: ChatState,
  { conversationId, marks }: { conversationId: string; marks: readonly Mark[] },
): ChatState {
  const known = state.conversations?.[conversationId];
  if (!known?.me.isMarkedUnread || !marks.some(({ userId }) => userId === state.me?.id)) return state;
  return putConversation(state, { ...known, me: { ...known.me, isMarkedUnread: false } });
}
