import type { ChatClient } from '@parley/client';
import { createContext, createElement, type ReactElement, type ReactNode, useContext } from 'react';

const ChatContext = createContext<ChatClient | null>(null);

/**
 * Gives a client to all hooks below it. The client is the application's: it makes it once, outside of any component, and
 * closes it if ever.
 */
export function ChatProvider({
  client,
  children,
}: {
  client: ChatClient;
  children?: ReactNode;
}): ReactElement {
  return createElement(ChatContext.Provider, { value: client }, children);
}

/** The client of the provider above: for what no hook is there for. */
export function useChat(): ChatClient {
  const client = useContext(ChatContext);
  if (!client) throw new Error('There is no ChatProvider above this component');
  return client;
}
