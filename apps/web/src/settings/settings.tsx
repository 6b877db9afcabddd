import { useChat, useMe } from '@parley/client/react';
import { useState } from 'react';
import { useNotices } from '../look/notices.tsx';
import { Panel } from '../look/panel.tsx';
import { applyTheme, chosenTheme, type Theme } from '../look/theme.ts';
import { goTo, linkTo } from '../router.ts';
import { Account } from './account.tsx';
import { Choice } from './choice.tsx';
import { Privacy } from './privacy.tsx';
import { ProfileForm } from './profile-form.tsx';
import { Sessions } from './sessions.tsx';
import './settings.css';

/** Everything about oneself. */
export function Settings() {
  const chat = useChat();
  const me = useMe();
  const { attempt } = useNotices();
  const [theme, setTheme] = useState(chosenTheme);
  if (!me) return <p className="empty quiet">Loading …</p>;

  async function logOut(): Promise<void> {
    await attempt(chat.logout());
    goTo();
  }

  return (
    <Panel title="You and your settings" back={linkTo()}>
      <ProfileForm me={me} />
      <section>
        <h3>How it looks</h3>
        <Choice
          label="Colours"
          value={theme}
          options={{ system: 'As the system', light: 'Light', dark: 'Dark' } satisfies Record<Theme, string>}
          onChange={(chosen) => {
            setTheme(chosen);
            applyTheme(chosen);
          }}
        />
      </section>
      <Privacy me={me} />
      <Sessions />
      <Account me={me} />
      <section>
        <button type="button" className="button" onClick={() => void logOut()}>
          Log out
        </button>
      </section>
    </Panel>
  );
}
