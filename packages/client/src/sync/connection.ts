import { createStore, type Readable } from '../store.ts';

/**
 * `idle`: nobody is signed in, or the client is closed. `connecting`: for the first time. `catching-up`: what
 * was missed is on its way. `live`: nothing is missing. `reconnecting`: the connection was lost just now.
 * `offline`: it does not come back, and is tried again and again. `unauthorized`: the session is over; log in.
 */
export type ConnectionStatus =
  | 'idle'
  | 'connecting'
  | 'live'
  | 'catching-up'
  | 'reconnecting'
  | 'offline'
  | 'unauthorized';

/** What happens to a connection. */
export type ConnectionNews = 'open' | 'started' | 'caught-up' | 'lost' | 'expired' | 'closed';

export interface Connection {
  status: Readable<ConnectionStatus>;
  tell(news: ConnectionNews): void;
}

/** So many failures in a row are more than a hiccup. */
const OFFLINE_AFTER = 3;

/** The status as it follows from the news. */
export function createConnection(): Connection {
  const status = createStore<ConnectionStatus>('idle');
  let failures = 0;

  function next(news: ConnectionNews): ConnectionStatus {
    const before = status.get();
    switch (news) {
      case 'open':
        failures = 0;
        return 'connecting';
      case 'started':
        failures = 0;
        return 'catching-up';
      case 'caught-up':
        return 'live';
      case 'lost':
        failures += 1;
        if (before === 'idle' || before === 'unauthorized') return before;
        if (failures >= OFFLINE_AFTER) return 'offline';
        return before === 'connecting' ? 'connecting' : 'reconnecting';
      case 'expired':
        return 'unauthorized';
      case 'closed':
        return 'idle';
    }
  }

  return { status, tell: (news) => status.set(next(news)) };
}
