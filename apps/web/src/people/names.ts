import type { ChatState, ConversationView, PublicUser } from '@parley/client';
import { useChat, useChatState } from '@parley/client/react';
import { useCallback } from 'react';
import { useAsked } from '../chat/use-asked.ts';

export const nameOf = (user: PublicUser): string =>
  user.isDeleted ? 'Deleted user' : (user.fullName ?? user.username);

/** What a conversation is called for whoever looks at it. */
export function titleOf({ kind, peer, title }: ConversationView): string {
  if (kind === 'thread') return 'Thread';
  return peer ? nameOf(peer.user) : (title ?? 'Group');
}

/** Somebody whom the client knows of. */
export function findPerson(state: ChatState, userId: string): PublicUser | undefined {
  if (state.me?.id === userId) return state.me;
  const close = state.friends?.[userId] ?? state.contacts?.[userId] ?? state.friendRequests?.[userId];
  if (close) return close.user;
  for (const { peer, members } of Object.values(state.conversations ?? {})) {
    const found = peer?.user.id === userId ? peer : members?.[userId];
    if (found) return found.user;
  }
  return state.blocks?.[userId]?.user;
}

/** Somebody, asked for if the client does not know them: such as who has left a group. */
export function usePerson(userId: string | undefined): PublicUser | undefined {
  const chat = useChat();
  const find = (state: ChatState) => (userId === undefined ? undefined : findPerson(state, userId));
  const known = useChatState(useCallback(find, [userId]));
  const asked = useAsked(known ? undefined : userId, () => chat.api.users.get.query({ userId: userId! }));
  return known ?? asked;
}
