import { useChat } from '@parley/client/react';
import { useCallback, useEffect, useState } from 'react';
import { shortTime } from '../conversations/time.ts';
import { useNotices } from '../look/notices.tsx';

type Session = Awaited<ReturnType<ReturnType<typeof useChat>['api']['sessions']['list']['query']>>[number];

/** Where one is signed in, kept as it changes. */
export function Sessions() {
  const chat = useChat();
  const { attempt } = useNotices();
  const [sessions, setSessions] = useState<Session[]>([]);
  const load = useCallback(() => {
    chat.api.sessions.list.query().then(setSessions, () => {});
  }, [chat]);
  useEffect(() => {
    load();
    const offs = [chat.on('session.started', load), chat.on('session.ended', load)];
    return () => {
      for (const off of offs) off();
    };
  }, [chat, load]);
  return (
    <section>
      <h3>Where you are signed in</h3>
      <ul>
        {sessions.map(({ id, address, device, isCurrent, lastUsedAt }) => (
          <li key={id} className="row session">
            <span className="grow">
              <span className="ellipsis">{device}</span>
              <span className="quiet small">
                {address}, {isCurrent ? 'this one' : shortTime(lastUsedAt)}
              </span>
            </span>
            {!isCurrent && (
              <button
                type="button"
                className="button"
                onClick={() => void attempt(chat.api.sessions.revoke.mutate({ sessionId: id }))}
              >
                Sign out
              </button>
            )}
          </li>
        ))}
      </ul>
      {sessions.length > 1 && (
        <button
          type="button"
          className="button"
          onClick={() => void attempt(chat.api.sessions.revokeOthers.mutate())}
        >
          Sign out everywhere else
        </button>
      )}
    </section>
  );
}
