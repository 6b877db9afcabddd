import type { ConversationView } from '@parley/client';
import { useChat } from '@parley/client/react';
import { useState } from 'react';
import { Confirm } from '../look/confirm.tsx';
import { useNotices } from '../look/notices.tsx';
import { goTo } from '../router.ts';

/** An owner hands the group over before, or ends it for all. */
export function LeaveGroup({ conversation: { id: conversationId, me } }: { conversation: ConversationView }) {
  const chat = useChat();
  const { attempt } = useNotices();
  const [asked, setAsked] = useState<'leave' | 'delete'>();

  async function go(how: 'leave' | 'delete'): Promise<void> {
    if (await attempt(chat.api.groups[how].mutate({ conversationId }))) goTo();
  }

  return (
    <section>
      <button type="button" className="button danger" onClick={() => setAsked('leave')}>
        Leave the group
      </button>
      {me.role === 'owner' && (
        <button type="button" className="button danger" onClick={() => setAsked('delete')}>
          Delete the group
        </button>
      )}
      {asked && (
        <Confirm
          title={asked === 'leave' ? 'Leave the group' : 'Delete the group'}
          text={
            asked === 'leave'
              ? 'You will not see it any more.'
              : 'It goes for everybody, with all that was said in it.'
          }
          act={() => void go(asked)}
          onClose={() => setAsked(undefined)}
        />
      )}
    </section>
  );
}
