import type { OwnUser, Settings } from '@parley/client';
import { useChat } from '@parley/client/react';
import { useNotices } from '../look/notices.tsx';
import { Choice } from './choice.tsx';

const NEAR = { everyone: 'Everybody', contacts: 'Contacts and friends', friends: 'Friends' };

/** What others may do and see. */
export function Privacy({ me: { settings } }: { me: OwnUser }) {
  const chat = useChat();
  const { attempt } = useNotices();
  const change = (changes: Partial<Settings>) => void attempt(chat.api.settings.update.mutate(changes));
  return (
    <section>
      <h3>Privacy</h3>
      <Choice
        label="Who may write to you first"
        value={settings.dmPolicy}
        options={NEAR}
        onChange={(dmPolicy) => change({ dmPolicy })}
      />
      <Choice
        label="Who may put you into groups"
        value={settings.groupAddsBy}
        options={NEAR}
        onChange={(groupAddsBy) => change({ groupAddsBy })}
      />
      <Choice
        label="Who sees when you were last here"
        value={settings.lastSeenFor}
        options={{ everyone: 'Everybody', contacts: 'Contacts and friends', nobody: 'Nobody' }}
        onChange={(lastSeenFor) => change({ lastSeenFor })}
      />
      <label className="setting">
        <span>Others see what you have read</span>
        <input
          type="checkbox"
          checked={settings.readReceipts}
          onChange={(event) => change({ readReceipts: event.target.checked })}
        />
      </label>
    </section>
  );
}
