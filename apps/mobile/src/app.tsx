import { ChatProvider } from '@parley/client/react';
import { StatusBar } from 'expo-status-bar';
import { SafeAreaProvider } from 'react-native-safe-area-context';
import { Entrance } from './auth/entrance.tsx';
import { useDoor } from './chat/use-door.ts';
import { useServer } from './chat/use-server.ts';
import { Home } from './home.tsx';

export function App() {
  const server = useServer();
  const door = useDoor(server.chat);
  return (
    <SafeAreaProvider>
      <StatusBar style="auto" />
      {door === 'open' && server.chat && (
        <ChatProvider client={server.chat}>
          <Home />
        </ChatProvider>
      )}
      {door !== 'open' && server.isKnown && <Entrance server={server} isSessionOver={door === 'over'} />}
    </SafeAreaProvider>
  );
}
