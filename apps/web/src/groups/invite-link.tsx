import { useChat } from '@parley/client/react';
import { useState } from 'react';
import { Dialog } from '../look/dialog.tsx';
import { useNotices } from '../look/notices.tsx';
import { linkTo } from '../router.ts';

/** Makes a link by which anybody comes into the group, for a week. */
export function InviteLink({ conversationId }: { conversationId: string }) {
  const chat = useChat();
  const { attempt } = useNotices();
  const [link, setLink] = useState<string>();

  async function make(): Promise<void> {
    const { token } = await chat.api.invites.create.mutate({ conversationId });
    setLink(`${location.origin}/${linkTo('invite', token)}`);
  }

  return (
    <>
      <button type="button" className="button" onClick={() => void attempt(make())}>
        Invite by a link
      </button>
      {link && (
        <Dialog title="Invite by a link" onClose={() => setLink(undefined)}>
          <label className="field">
            <span>Whoever has it can come in, for a week</span>
            <input className="input" readOnly value={link} onFocus={(event) => event.target.select()} />
          </label>
        </Dialog>
      )}
    </>
  );
}
