import { asyncStorage, type ChatClient, createClient } from '@parley/client';
import { wakeOnAppState, wakeOnNetInfo } from '@parley/client/react-native';
import AsyncStorage from '@react-native-async-storage/async-storage';
import NetInfo from '@react-native-community/netinfo';
import { AppState } from 'react-native';
// Without its ending: which file that is depends on the platform.
import { tokens } from './tokens';

/** The client of one server, which lives as long as the app, or until `close`. */
export interface Chat {
  address: string;
  client: ChatClient;
  close(): void;
}

export function createChat(address: string): Chat {
  const client = createClient({
    url: address,
    storage: asyncStorage(AsyncStorage),
    auth: { storage: tokens },
  });
  const stops = [wakeOnAppState(client, AppState), wakeOnNetInfo(client, NetInfo)];
  return {
    address,
    client,
    close() {
      for (const stop of stops) stop();
      void client.close();
    },
  };
}
