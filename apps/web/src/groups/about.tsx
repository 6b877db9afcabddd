import type { ConversationView, Message } from '@parley/client';
import { useChat, useConversation } from '@parley/client/react';
import { useEffect, useState } from 'react';
import { summaryOf } from '../conversations/conversation-row.tsx';
import { Confirm } from '../look/confirm.tsx';
import { useNotices } from '../look/notices.tsx';
import { Panel } from '../look/panel.tsx';
import { titleOf } from '../people/names.ts';
import { PersonRow } from '../people/people.tsx';
import { goTo, linkTo } from '../router.ts';
import { GroupProfile } from './group-profile.tsx';
import { LeaveGroup } from './leave-group.tsx';
import { Members } from './members.tsx';

/** What there is to know and to set about a conversation. */
export function About({ conversationId }: { conversationId: string }) {
  const conversation = useConversation(conversationId);
  if (!conversation) return <p className="empty quiet">This conversation is not there any more.</p>;
  const { kind, peer } = conversation;
  return (
    <Panel title={`About ${titleOf(conversation)}`} back={linkTo('c', conversationId)}>
      {kind === 'group' && <GroupProfile conversation={conversation} />}
      {peer && (
        <ul>
          <PersonRow user={peer.user} />
        </ul>
      )}
      <OwnWays conversation={conversation} />
      <Pinned conversationId={conversationId} />
      {kind === 'group' && <Members conversation={conversation} />}
      <Clear conversationId={conversationId} />
      {kind === 'group' && <LeaveGroup conversation={conversation} />}
    </Panel>
  );
}

const FOR_GOOD = '9999-12-31T23:59:59.999Z';

/** How one keeps it for oneself. */
function OwnWays({ conversation: { id, me } }: { conversation: ConversationView }) {
  const chat = useChat();
  const { attempt } = useNotices();
  const isMuted = me.mutedUntil !== null && Date.parse(me.mutedUntil) > Date.now();
  const configure = (
    change: Omit<Parameters<typeof chat.api.conversations.configure.mutate>[0], 'conversationId'>,
  ) => void attempt(chat.api.conversations.configure.mutate({ conversationId: id, ...change }));
  const switches: [string, boolean, (isOn: boolean) => void][] = [
    ['Pinned to the top', me.pinnedAt !== null, (isPinned) => configure({ isPinned })],
    ['Muted', isMuted, (isOn) => configure({ mutedUntil: isOn ? FOR_GOOD : null })],
    ['Archived', me.isArchived, (isArchived) => configure({ isArchived })],
    ['Marked as unread', me.isMarkedUnread, (isMarkedUnread) => configure({ isMarkedUnread })],
  ];
  return (
    <section>
      <h3>For you alone</h3>
      {switches.map(([label, isOn, change]) => (
        <label key={label} className="row">
          <input type="checkbox" checked={isOn} onChange={(event) => change(event.target.checked)} />
          {label}
        </label>
      ))}
    </section>
  );
}

function Pinned({ conversationId }: { conversationId: string }) {
  const chat = useChat();
  const [messages, setMessages] = useState<Message[]>();
  useEffect(() => {
    chat.api.messages.pinned.query({ conversationId }).then(
      (pinned) => setMessages(pinned.messages),
      () => {},
    );
  }, [chat, conversationId]);
  if (!messages?.length) return null;
  return (
    <section>
      <h3>Pinned messages</h3>
      <ul>
        {messages.map((message) => (
          <li key={message.seq}>
            <a className="person" href={linkTo('c', conversationId, message.seq)}>
              <span className="ellipsis">{summaryOf(message)}</span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Clear({ conversationId }: { conversationId: string }) {
  const chat = useChat();
  const { attempt } = useNotices();
  const [isAsking, setAsking] = useState(false);
  return (
    <section>
      <button type="button" className="button danger" onClick={() => setAsking(true)}>
        Delete the history for me
      </button>
      {isAsking && (
        <Confirm
          title="Delete the history for me"
          text="All that was said so far goes, on your devices alone."
          act={() => {
            void attempt(chat.api.conversations.clear.mutate({ conversationId }));
            goTo('c', conversationId);
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </section>
  );
}
