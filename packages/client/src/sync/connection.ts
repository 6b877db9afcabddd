import { platform } from '../platform.ts';
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

/** What happens to a connection. `offline`: the device says that it has no network. */
export type ConnectionNews = 'open' | 'started' | 'caught-up' | 'lost' | 'offline' | 'expired' | 'closed';

export interface Connection {
  status: Readable<ConnectionStatus>;
  /** Whether it has not been live for five seconds, although somebody is signed in. */
  isTakingLong: Readable<boolean>;
  tell(news: ConnectionNews): void;
}

/** So many failures in a row are more than a hiccup. */
const OFFLINE_AFTER = 3;
const LONG_MS = 5_000;

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
      case 'offline':
        failures = OFFLINE_AFTER;
        return before === 'idle' || before === 'unauthorized' ? before : 'offline';
      case 'expired':
        return 'unauthorized';
      case 'closed':
        return 'idle';
    }
  }

  return { status, isTakingLong: timeAway(status), tell: (news) => status.set(next(news)) };
}

function timeAway(status: Readable<ConnectionStatus>): Readable<boolean> {
  const isTakingLong = createStore(false);
  let timer: unknown = null;
  status.subscribe((now) => {
    const isAway = now !== 'live' && now !== 'idle' && now !== 'unauthorized';
    if (isAway) {
      timer ??= platform.setTimeout(() => isTakingLong.set(true), LONG_MS);
    } else {
      platform.clearTimeout(timer);
      timer = null;
      isTakingLong.set(false);
    }
  });
  return { get: isTakingLong.get, subscribe: isTakingLong.subscribe };
}
