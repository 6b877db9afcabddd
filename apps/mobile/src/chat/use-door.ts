import type { ChatClient } from '@parley/client';
import { useCallback, useSyncExternalStore } from 'react';

/** Whether somebody is signed in, also while the server is away; `over` where their session has ended. */
export type Door = 'open' | 'closed' | 'over';

export function useDoor(chat: ChatClient | undefined): Door {
  const subscribe = useCallback(
    (tell: () => void) => {
      const stops = [chat?.state.subscribe(tell), chat?.connection.subscribe(tell)];
      return () => {
        for (const stop of stops) stop?.();
      };
    },
    [chat],
  );
  return useSyncExternalStore(subscribe, () => doorOf(chat));
}

function doorOf(chat: ChatClient | undefined): Door {
  const status = chat?.connection.get() ?? 'idle';
  if (status === 'unauthorized') return 'over';
  return chat?.state.get().me || status !== 'idle' ? 'open' : 'closed';
}
