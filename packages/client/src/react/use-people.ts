import type { Block, ChatState, Contact, Friend, FriendRequest } from '@parley/client';
import { useMemo } from 'react';
import { useChatState } from './use-chat-state.ts';

/** Each of these is undefined until it is known. */
export const useFriends = (): readonly Friend[] | undefined => useValues(friendsOf);
/** From and to this person: see `direction`. */
export const useFriendRequests = (): readonly FriendRequest[] | undefined => useValues(requestsOf);
export const useContacts = (): readonly Contact[] | undefined => useValues(contactsOf);
export const useBlocks = (): readonly Block[] | undefined => useValues(blocksOf);

const friendsOf = ({ friends }: ChatState) => friends;
const requestsOf = ({ friendRequests }: ChatState) => friendRequests;
const contactsOf = ({ contacts }: ChatState) => contacts;
const blocksOf = ({ blocks }: ChatState) => blocks;

function useValues<Value>(
  select: (state: ChatState) => Readonly<Record<string, Value>> | undefined,
): readonly Value[] | undefined {
  const list = useChatState(select);
  return useMemo(() => list && Object.values(list), [list]);
}
