import type { ConnectionStatus, OwnUser, Presence } from '@parley/client';
import { useCallback } from 'react';
import { useChat } from './context.ts';
import { sameItems } from './same.ts';
import { useChatState, useReadable } from './use-chat-state.ts';

export const useConnection = (): ConnectionStatus => useReadable(useChat().connection);

/** Whether it is time to say that there is no connection: it has not been live for five seconds. */
export const useIsTakingLong = (): boolean => useReadable(useChat().connection.isTakingLong);

/** Whoever is signed in; undefined before they are known. */
export const useMe = (): OwnUser | undefined => useChatState(meOf);

const meOf = ({ me }: { me: OwnUser | undefined }): OwnUser | undefined => me;

/** How somebody is; undefined as long as nothing is told of them, which is not offline. */
export const usePresence = (userId: string): Presence | undefined =>
  useChatState(useCallback(({ presence }) => presence[userId], [userId]));

/** The ids of those who write in a conversation at this moment, never one's own. */
export const useTyping = (conversationId: string): readonly string[] =>
  useChatState(
    useCallback(({ typing }) => Object.keys(typing[conversationId] ?? {}), [conversationId]),
    sameItems,
  );
