import type { ConnectionStatus } from '@parley/client';
import { useConnection, useIsTakingLong } from '@parley/client/react';

const WORDS: Partial<Record<ConnectionStatus, string>> = {
  connecting: 'Connecting takes long …',
  reconnecting: 'The connection was lost. Connecting …',
  offline: 'You are offline. What you write waits here and goes out when you are back.',
};

/** Says that there is no connection. A hiccup is not worth a word. */
export function ConnectionBanner() {
  const status = useConnection();
  const isLate = useIsTakingLong();
  const words = isLate || status === 'offline' ? WORDS[status] : undefined;
  return (
    <div className="connection" role="status">
      {words && <p className="banner">{words}</p>}
    </div>
  );
}
