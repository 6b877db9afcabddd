import type { ConversationView } from '@parley/client';
import { useChat, useMessages } from '@parley/client/react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Icon } from '../look/icons.tsx';
import type { Subject } from './chat.tsx';
import { findMessage, type Line, linesOf } from './lines.ts';
import { MessageBubble } from './message-bubble.tsx';
import { SendingBubble } from './sending-bubble.tsx';

const NEAR_PX = 120;
/** So many lines before the end of what is known, more is loaded. */
const AHEAD = 8;

/** The history, of which only what is seen is in the page; it stays where it is when older messages come above. */
export function MessageList({
  conversation,
  startAt,
  onSubject,
}: {
  conversation: ConversationView;
  startAt: number | undefined;
  onSubject: (subject: Subject) => void;
}) {
  const { id } = conversation;
  const { messages = [], sending, hasOlder, hasNewer, isLoading, ...page } = useMessages(id);
  const [firstNew] = useState(() =>
    conversation.me.readSeq < conversation.lastSeq ? conversation.me.readSeq + 1 : undefined,
  );
  const [found, setFound] = useState<number>();
  const lines = useMemo(() => linesOf(messages, sending, firstNew), [messages, sending, firstNew]);
  const box = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => 62,
    getItemKey: (index) => lines[index]!.key,
    overscan: 6,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: NEAR_PX,
    paddingStart: 12,
    paddingEnd: 8,
  });
  const items = virtualizer.getVirtualItems();
  const top = items[0]?.index;
  const bottom = items.at(-1)?.index;
  const isAway = hasNewer || (lines.length > 0 && !virtualizer.isAtEnd(NEAR_PX * 4));

  // From where on more is wanted: once for each place, however fast an answer comes.
  const isFree = !isLoading && top !== undefined && bottom !== undefined;
  const olderThan = isFree && hasOlder && top < AHEAD ? messages[0]?.seq : undefined;
  const newerThan = isFree && hasNewer && bottom >= lines.length - AHEAD ? messages.at(-1)?.seq : undefined;
  const { loadOlder, loadNewer, jumpTo, toLatest } = page;
  useEffect(() => {
    if (olderThan !== undefined) void loadOlder();
  }, [olderThan, loadOlder]);
  useEffect(() => {
    if (newerThan !== undefined) void loadNewer();
  }, [newerThan, loadNewer]);

  async function show(seq: number): Promise<void> {
    if (!findMessage(messages, seq)) await jumpTo(seq);
    setFound(seq);
  }

  // What was jumped to is looked for once it is there.
  const foundIndex = lines.findIndex((line) => line.kind === 'message' && line.message.seq === found);
  useEffect(() => {
    if (foundIndex < 0) return;
    virtualizer.scrollToIndex(foundIndex, { align: 'center' });
    const timer = setTimeout(() => setFound(undefined), 2_000);
    return () => clearTimeout(timer);
  }, [foundIndex, virtualizer]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each message that the address names
  useEffect(() => {
    if (startAt !== undefined) void show(startAt);
    else virtualizer.scrollToEnd();
  }, [startAt]);

  // What was on its way has come, a little taller: whoever was at the end stays there.
  const lastKey = lines.at(-1)?.key;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each that is the last
  useEffect(() => {
    if (virtualizer.isAtEnd(NEAR_PX)) virtualizer.scrollToEnd();
  }, [lastKey]);

  useReading(conversation, seenUpTo(lines, virtualizer.range?.endIndex));

  async function toEnd(): Promise<void> {
    if (hasNewer) await toLatest();
    virtualizer.scrollToEnd();
  }

  return (
    <div className="history">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled with the keys */}
      <div ref={box} className="scroller" role="log" aria-live="off" aria-label="Messages" tabIndex={0}>
        <div className="lines" style={{ height: virtualizer.getTotalSize() }}>
          {items.map(({ index, key, start: offset }) => {
            const line = lines[index]!;
            return (
              <div
                key={key}
                ref={virtualizer.measureElement}
                data-index={index}
                className="line"
                style={{ transform: `translateY(${offset}px)` }}
              >
                {line.kind === 'message' && line.day && <p className="day">{line.day}</p>}
                {line.kind === 'message' && line.isNew && <p className="day new">New messages</p>}
                {line.kind === 'sending' && <SendingBubble item={line.item} />}
                {line.kind === 'message' && (
                  <MessageBubble
                    message={line.message}
                    conversation={conversation}
                    answered={findMessage(messages, line.message.replyTo)}
                    isFirst={line.isFirst}
                    isFound={line.message.seq === found}
                    onSubject={onSubject}
                    onShow={show}
                  />
                )}
              </div>
            );
          })}
        </div>
      </div>
      {isLoading && <p className="loading quiet small">Loading …</p>}
      {isAway && (
        <button type="button" className="button to-end" onClick={() => void toEnd()}>
          <Icon name="down" /> <span>Newest</span>
        </button>
      )}
    </div>
  );
}

/** The last message that is on the screen. */
function seenUpTo(lines: readonly Line[], end: number | undefined): number {
  const seen = lines.slice(0, (end ?? -1) + 1).findLast((line) => line.kind === 'message');
  return seen?.kind === 'message' ? seen.message.seq : 0;
}

/** Marks as read what is on the screen while the page is looked at. */
function useReading({ id, me }: ConversationView, seen: number): void {
  const chat = useChat();
  const { readSeq, isMarkedUnread } = me;
  const [wasMarked] = useState(isMarkedUnread);
  useEffect(() => {
    const mark = (): void => {
      if (document.visibilityState !== 'visible' || seen === 0) return;
      if (seen > readSeq || (isMarkedUnread && wasMarked))
        chat.messages.markRead({ conversationId: id, seq: seen }).catch(() => {});
    };
    mark();
    document.addEventListener('visibilitychange', mark);
    return () => document.removeEventListener('visibilitychange', mark);
  }, [chat, id, seen, readSeq, isMarkedUnread, wasMarked]);
}
