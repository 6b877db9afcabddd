import type { ConversationView, Message } from '@parley/client';
import { useChat, useMe } from '@parley/client/react';
import { useState } from 'react';
import { Icon } from '../look/icons.tsx';
import { Menu, type MenuEntry, PopoverButton } from '../look/menu.tsx';
import { useNotices } from '../look/notices.tsx';
import { ReportDialog } from '../people/report-dialog.tsx';
import { goTo } from '../router.ts';
import type { Subject } from './chat.tsx';
import { ForwardDialog } from './forward-dialog.tsx';

const EMOJIS = ['👍', '❤️', '😂', '😮', '😢', '🙏', '🎉', '👀'];

/** What can be done with a message: it shows when one is at it. */
export function MessageActions({
  message,
  conversation,
  isPointedAt,
  onSubject,
}: {
  message: Message;
  /** Until then, or until it has the focus, there is only one of its buttons: many messages go by unused. */
  isPointedAt: boolean;
  conversation: ConversationView;
  onSubject: (subject: Subject) => void;
}) {
  const chat = useChat();
  const me = useMe();
  const { attempt } = useNotices();
  const [isFocused, setFocused] = useState(false);
  const isNear = isFocused || isPointedAt;
  const [dialog, setDialog] = useState<'report' | 'forward'>();
  const { conversationId, seq } = message;
  const isOwn = message.senderId === me?.id;
  const isDirect = conversation.kind === 'direct';
  const looksAfter = conversation.me.role !== 'member' || me?.role !== 'USER';

  const remove = (scope: 'me' | 'everyone') => () =>
    void attempt(chat.api.messages.delete.mutate({ conversationId, seq, scope }));

  function entries(): MenuEntry[] {
    const { pinnedAt, text } = message;
    const all: (MenuEntry | false)[] = [
      isOwn &&
        text !== '' && { label: 'Edit', icon: 'write', act: () => onSubject({ kind: 'edit', message }) },
      text !== '' && {
        label: 'Copy',
        icon: 'file',
        act: () => void attempt(navigator.clipboard.writeText(text)),
      },
      { label: 'Forward', icon: 'send', act: () => setDialog('forward') },
      conversation.kind !== 'thread' && {
        label: 'Open thread',
        icon: 'thread',
        act: () =>
          void attempt(
            chat.api.threads.open
              .mutate({ conversationId, seq })
              .then(({ id }) => chat.conversations.load({ conversationId: id }).then(() => goTo('c', id))),
          ),
      },
      (isDirect || looksAfter) && {
        label: pinnedAt ? 'Unpin' : 'Pin',
        icon: 'pin',
        act: () =>
          void attempt(chat.api.messages[pinnedAt ? 'unpin' : 'pin'].mutate({ conversationId, seq })),
      },
      !isOwn && { label: 'Report', icon: 'failed', act: () => setDialog('report') },
      { label: 'Delete for me', icon: 'close', isDanger: true, act: remove('me') },
      (isOwn || (!isDirect && looksAfter)) && {
        label: 'Delete for everyone',
        icon: 'close',
        isDanger: true,
        act: remove('everyone'),
      },
    ];
    return all.filter((entry) => entry !== false);
  }

  return (
    <div className="actions" role="toolbar" aria-label="Actions" onFocus={() => setFocused(true)}>
      <Menu label="More" entries={entries} />
      {isNear && (
        <>
          <React conversationId={conversationId} seq={seq} />
          <button
            type="button"
            className="button round"
            aria-label="Reply"
            onClick={() => onSubject({ kind: 'reply', message })}
          >
            <Icon name="reply" />
          </button>
        </>
      )}
      {dialog === 'report' && (
        <ReportDialog what={{ kind: 'message', conversationId, seq }} onClose={() => setDialog(undefined)} />
      )}
      {dialog === 'forward' && <ForwardDialog message={message} onClose={() => setDialog(undefined)} />}
    </div>
  );
}

function React({ conversationId, seq }: { conversationId: string; seq: number }) {
  const chat = useChat();
  const { attempt } = useNotices();
  return (
    <PopoverButton label="React" title="Reactions" icon="smile">
      {(close) => (
        <div className="emojis">
          {EMOJIS.map((emoji) => (
            <button
              key={emoji}
              type="button"
              role="menuitem"
              onClick={() => {
                close();
                void attempt(chat.api.reactions.add.mutate({ conversationId, seq, emoji }));
              }}
            >
              {emoji}
            </button>
          ))}
        </div>
      )}
    </PopoverButton>
  );
}
