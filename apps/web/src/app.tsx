import type { ChatClient } from '@parley/client';
import { ChatProvider, useConnection, useMe } from '@parley/client/react';
import { Entrance } from './auth/entrance.tsx';
import { Home } from './home.tsx';
import { NoticesProvider } from './look/notices.tsx';

export function App({ chat }: { chat: ChatClient }) {
  return (
    <ChatProvider client={chat}>
      <NoticesProvider>
        <Door />
      </NoticesProvider>
    </ChatProvider>
  );
}

/** Whoever is signed in comes in, also while the server is away. */
function Door() {
  const me = useMe();
  const status = useConnection();
  if (status === 'unauthorized') return <Entrance isSessionOver />;
  return me || status !== 'idle' ? <Home /> : <Entrance />;
}
