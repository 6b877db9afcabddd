import type { ChatState, ConversationView, LinkPreview, Message } from '@parley/client';
import { useChat, useChatState, useMe, useReceipt } from '@parley/client/react';
import { memo, useCallback, useState } from 'react';
import { summaryOf } from '../conversations/conversation-row.tsx';
import { clockTime } from '../conversations/time.ts';
import { Attachment } from '../files/attachment.tsx';
import { Icon } from '../look/icons.tsx';
import { useNotices } from '../look/notices.tsx';
import { Avatar } from '../people/avatar.tsx';
import { findPerson, nameOf, usePerson } from '../people/names.ts';
import { linkTo } from '../router.ts';
import type { Subject } from './chat.tsx';
import { MessageActions } from './message-actions.tsx';
import { MessageText } from './message-text.tsx';
import { Ticks } from './ticks.tsx';

/** A message, with all that belongs to it. */
export const MessageBubble = memo(function MessageBubble(props: {
  message: Message;
  conversation: ConversationView;
  /** The message that it answers, where that is known. */
  answered: Message | undefined;
  /** The first of several by one person. */
  isFirst: boolean;
  /** It was jumped to just now. */
  isFound: boolean;
  onSubject: (subject: Subject) => void;
  onShow: (seq: number) => void;
}) {
  const { message, conversation, answered, isFirst, isFound, onSubject, onShow } = props;
  const [isPointedAt, setPointedAt] = useState(false);
  const me = useMe();
  const sender = usePerson(message.senderId);
  const isOwn = message.senderId === me?.id;
  const isShared = conversation.kind !== 'direct';
  const { deletedAt, replyTo, attachments = [], reactions = [], thread } = message;
  const name = isOwn ? 'You' : sender ? nameOf(sender) : '…';
  return (
    <article
      className={`message ${isOwn ? 'own' : 'other'} ${isFirst ? 'first' : ''} ${isFound ? 'found' : ''}`}
      aria-label={`${name}, ${clockTime(message.createdAt)}`}
      data-seq={message.seq}
      onPointerEnter={() => setPointedAt(true)}
    >
      {isShared && !isOwn && (isFirst ? <Avatar user={sender} size="small" /> : <span className="gap" />)}
      <div className="bubble">
        {isShared && !isOwn && isFirst && <p className="sender small">{name}</p>}
        {message.forwarded && <Forwarded senderId={message.forwarded.senderId} />}
        {message.story && <p className="quiet small">About a story</p>}
        {replyTo !== undefined && !deletedAt && (
          <button type="button" className="quote" onClick={() => onShow(replyTo)}>
            <span className="ellipsis">{answered ? summaryOf(answered) : 'An earlier message'}</span>
          </button>
        )}
        {attachments.map((file) => (
          <Attachment key={file.id} file={file} />
        ))}
        {deletedAt ? (
          <p className="text quiet">This message was deleted.</p>
        ) : (
          message.text && <Words message={message} />
        )}
        {message.preview && <LinkCard preview={message.preview} />}
        {message.ciphertext && <p className="text quiet">An encrypted message</p>}
        <p className="foot">
          {message.pinnedAt && (
            <span>
              <Icon name="pin" />
              <span className="unseen">pinned</span>
            </span>
          )}
          {message.editedAt && <span>edited</span>}
          <time dateTime={message.createdAt}>{clockTime(message.createdAt)}</time>
          {isOwn && !deletedAt && <OwnTicks message={message} />}
        </p>
        {reactions.length > 0 && <Reactions message={message} />}
        {thread && (
          <a className="thread small" href={linkTo('c', thread.id)}>
            <Icon name="thread" /> {thread.replies} in the thread
          </a>
        )}
      </div>
      {!deletedAt && (
        <MessageActions
          message={message}
          conversation={conversation}
          isPointedAt={isPointedAt}
          onSubject={onSubject}
        />
      )}
    </article>
  );
});

const NOBODY: readonly string[] = [];

function Words({ message: { mentions, text } }: { message: Message }) {
  const userIds = mentions?.userIds ?? NOBODY;
  const find = (state: ChatState) =>
    userIds.map((userId) => findPerson(state, userId)?.username ?? '').join(' ');
  const usernames = useChatState(useCallback(find, [userIds]));
  const called = new Set(usernames.toLowerCase().split(' '));
  if (mentions?.everyone) called.add('everyone');
  return <MessageText text={text} called={called} />;
}

/** How far an own message has come with everybody else. */
const OwnTicks = ({ message }: { message: Message }) => <Ticks stage={useReceipt(message) ?? 'sent'} />;

/** What the page says of itself under the first link of the text. */
const LinkCard = ({ preview }: { preview: LinkPreview }) => (
  <a className="link-card small" href={preview.url} target="_blank" rel="noreferrer">
    {preview.siteName && <span className="quiet">{preview.siteName}</span>}
    <strong>{preview.title}</strong>
    {preview.description && <span>{preview.description}</span>}
  </a>
);

function Forwarded({ senderId }: { senderId: string }) {
  const sender = usePerson(senderId);
  return <p className="quiet small">Forwarded{sender && ` from ${nameOf(sender)}`}</p>;
}

function Reactions({ message: { conversationId, reactions = [], seq } }: { message: Message }) {
  const chat = useChat();
  const { attempt } = useNotices();
  return (
    <ul className="reactions" aria-label="Reactions">
      {reactions.map(({ emoji, count, isMine }) => (
        <li key={emoji}>
          <button
            type="button"
            className="reaction"
            aria-pressed={isMine}
            onClick={() =>
              void attempt(
                chat.api.reactions[isMine ? 'remove' : 'add'].mutate({ conversationId, seq, emoji }),
              )
            }
          >
            {emoji} <span>{count}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
