import type { ChatClient } from '@parley/client';
import AsyncStorage from '@react-native-async-storage/async-storage';
import { useEffect, useState } from 'react';
import { type Chat, createChat } from './create-chat.ts';

/** Which server this app talks to. */
export interface Server {
  /** False until the one of last time was read. */
  isKnown: boolean;
  address: string | undefined;
  chat: ChatClient | undefined;
  /** Takes another one, and keeps it for the next start. */
  choose(address: string): Promise<ChatClient>;
}

const STORAGE_KEY = 'parley.server';

/** Made once for each address, and not by a component: that may come and go. */
let current: Chat | undefined;

export function useServer(): Server {
  const [isKnown, setKnown] = useState(false);
  const [chat, setChat] = useState<Chat>();

  useEffect(() => {
    let wanted = true;
    void restore().then((kept) => {
      if (!wanted) return;
      setChat(kept);
      setKnown(true);
    });
    return () => {
      wanted = false;
    };
  }, []);

  async function choose(text: string): Promise<ChatClient> {
    const chosen = use(addressOf(text));
    setChat(chosen);
    await AsyncStorage.setItem(STORAGE_KEY, chosen.address);
    return chosen.client;
  }

  return { isKnown, address: chat?.address, chat: chat?.client, choose };
}

/** Where nothing can be read, the app asks for it again. */
async function restore(): Promise<Chat | undefined> {
  const address = await AsyncStorage.getItem(STORAGE_KEY).catch(() => null);
  if (!address) return undefined;
  const kept = use(address);
  // The tokens that were kept are read by then.
  await new Promise((resolve) => setTimeout(resolve));
  return kept;
}

function use(address: string): Chat {
  if (current?.address === address) return current;
  current?.close();
  current = createChat(address);
  return current;
}

/** What people write for an address: `chat.example.com`, or `http://192.168.1.5:4000`. */
function addressOf(text: string): string {
  const address = text.trim();
  return /^https?:\/\//i.test(address) ? address : `https://${address}`;
}
