import type { ConversationView } from '@parley/client';
import { usePresence, useTyping } from '@parley/client/react';
import { shortTime } from '../conversations/time.ts';
import { Icon } from '../look/icons.tsx';
import { Picture } from '../people/avatar.tsx';
import { nameOf, titleOf, usePerson } from '../people/names.ts';
import { linkTo } from '../router.ts';

/** Whom one talks to, and what they are doing. */
export function ChatHeader({ conversation }: { conversation: ConversationView }) {
  const { id, kind, parent, peer } = conversation;
  const back = parent ? linkTo('c', parent.conversationId, parent.seq) : linkTo();
  const title = titleOf(conversation);
  return (
    <header className="bar">
      <a className={parent ? 'button round' : 'button round back'} href={back} aria-label="Back">
        <Icon name="back" />
      </a>
      {kind !== 'thread' && (
        <Picture
          name={title}
          seed={peer?.user.id ?? id}
          file={peer ? peer.user.avatar : conversation.icon}
          size="small"
        />
      )}
      <div className="grow">
        <h2 className="ellipsis">{title}</h2>
        <p className="quiet small ellipsis">
          <Doing conversation={conversation} />
        </p>
      </div>
      {kind !== 'thread' && (
        <>
          <a className="button round" href={linkTo('search', id)} aria-label="Search in this conversation">
            <Icon name="search" />
          </a>
          <a className="button round" href={linkTo('info', id)} aria-label={`About ${title}`}>
            <Icon name="info" />
          </a>
        </>
      )}
    </header>
  );
}

function Doing({ conversation: { id, kind, memberCount, peer } }: { conversation: ConversationView }) {
  const writers = useTyping(id);
  const first = usePerson(writers[0]);
  const presence = usePresence(peer?.user.id ?? '');
  if (writers.length > 1) return <>{writers.length} people are typing …</>;
  if (first) return <>{nameOf(first)} is typing …</>;
  if (kind === 'thread') return <>{memberCount} follow it</>;
  if (kind === 'group') return <>{memberCount} members</>;
  if (!presence) return <>@{peer?.user.username}</>;
  if (presence.status !== 'offline') return <>{presence.status}</>;
  return <>{presence.lastSeenAt ? `last here ${shortTime(presence.lastSeenAt)}` : 'offline'}</>;
}
