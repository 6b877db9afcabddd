import { type ConversationView, type Message, unreadOf } from '@parley/client';
import { useMe, usePresence, useTyping } from '@parley/client/react';
import { memo } from 'react';
import { Icon } from '../look/icons.tsx';
import { Picture } from '../people/avatar.tsx';
import { nameOf, titleOf, usePerson } from '../people/names.ts';
import { linkTo } from '../router.ts';
import { shortTime } from './time.ts';

/** One conversation in the list: who, what was said last, and what is new. */
export const ConversationRow = memo(function ConversationRow({
  conversation,
  isChosen,
}: {
  conversation: ConversationView;
  isChosen: boolean;
}) {
  const { id, lastMessage, me, mentions, peer } = conversation;
  const presence = usePresence(peer?.user.id ?? '');
  const unread = unreadOf(conversation);
  const isMuted = me.mutedUntil !== null && Date.parse(me.mutedUntil) > Date.now();
  const title = titleOf(conversation);
  return (
    <li>
      <a className="conversation" href={linkTo('c', id)} aria-current={isChosen ? 'page' : undefined}>
        <Picture
          name={title}
          seed={peer?.user.id ?? id}
          file={peer ? peer.user.avatar : conversation.icon}
          {...(presence && { presence: presence.status })}
        />
        <span className="what">
          <span className="row">
            <span className="title grow ellipsis">{title}</span>
            {presence?.status === 'online' && <span className="unseen">online</span>}
            {me.pinnedAt && <Icon name="pin" />}
            {isMuted && <Icon name="muted" />}
            {lastMessage && <time className="quiet small">{shortTime(lastMessage.createdAt)}</time>}
          </span>
          <span className="row">
            <span className="grow ellipsis quiet">
              <Snippet conversation={conversation} />
            </span>
            {mentions.length > 0 && (
              <span className="badge">
                @<span className="unseen">you are mentioned</span>
              </span>
            )}
            {unread > 0 && (
              <span className={isMuted ? 'badge muted' : 'badge'}>
                {unread}
                <span className="unseen"> unread</span>
              </span>
            )}
            {unread === 0 && me.isMarkedUnread && (
              <span className="badge">
                <span className="unseen">marked as unread</span>
              </span>
            )}
          </span>
        </span>
      </a>
    </li>
  );
});

function Snippet({ conversation: { id, draft, kind, lastMessage } }: { conversation: ConversationView }) {
  const me = useMe();
  const [writer] = useTyping(id);
  const writing = usePerson(writer);
  const sender = usePerson(kind === 'group' ? lastMessage?.senderId : undefined);
  if (writer)
    return <em>{kind === 'group' && writing ? `${nameOf(writing)} is typing …` : 'is typing …'}</em>;
  if (draft?.text) return <>Draft: {draft.text}</>;
  if (!lastMessage) return <>Nothing yet</>;
  const who = lastMessage.senderId === me?.id ? 'You: ' : sender ? `${nameOf(sender)}: ` : '';
  return <>{who + summaryOf(lastMessage)}</>;
}

/** A message in one line. */
export function summaryOf({ attachments, ciphertext, deletedAt, text }: Message): string {
  if (deletedAt) return 'Deleted';
  if (text) return text;
  if (ciphertext) return 'Encrypted';
  return attachments?.map(({ name }) => name).join(', ') ?? '';
}
