import type { ConversationView } from '@parley/client';
import { useChat, useMessages } from '@parley/client/react';
import { useEffect, useMemo, useState } from 'react';
import { AppState, FlatList, StyleSheet } from 'react-native';
import { Words } from '../look/parts.tsx';
import { type Line, linesOf } from './lines.ts';
import { MessageBubble } from './message-bubble.tsx';
import { SendingBubble } from './sending-bubble.tsx';

/** So near to the end one sees what comes. */
const NEAR = 80;

/** The history, the newest at the bottom; what is older comes as one scrolls up to it. */
export function MessageList({ conversation }: { conversation: ConversationView }) {
  const { messages = NONE, sending, isLoading, loadOlder } = useMessages(conversation.id);
  const lines = useMemo(() => linesOf(messages, sending), [messages, sending]);
  const [isAtEnd, setAtEnd] = useState(true);
  useReading(conversation, isAtEnd ? messages.at(-1)?.seq : undefined);
  return (
    <FlatList
      inverted
      testID="history"
      style={styles.list}
      contentContainerStyle={styles.content}
      data={lines}
      keyExtractor={({ key }) => key}
      renderItem={({ item }) => <LineOf line={item} conversation={conversation} />}
      maintainVisibleContentPosition={{ minIndexForVisible: 0, autoscrollToTopThreshold: NEAR }}
      onScroll={({ nativeEvent }) => setAtEnd(nativeEvent.contentOffset.y < NEAR)}
      scrollEventThrottle={100}
      onEndReachedThreshold={1}
      onEndReached={() => void loadOlder()}
      ListFooterComponent={isLoading ? <Words tone="quiet">Loading …</Words> : null}
    />
  );
}

const NONE: readonly never[] = [];

function LineOf({ line, conversation }: { line: Line; conversation: ConversationView }) {
  if (line.kind === 'sending') return <SendingBubble item={line.item} />;
  return (
    <MessageBubble message={line.message} conversation={conversation} isFirstOfDay={line.isFirstOfDay} />
  );
}

/** Marks as read what is on the screen while the app is looked at. */
function useReading({ id, me }: ConversationView, seen: number | undefined): void {
  const chat = useChat();
  const { readSeq, isMarkedUnread } = me;
  const [wasMarked] = useState(isMarkedUnread);
  useEffect(() => {
    const mark = (): void => {
      if (AppState.currentState !== 'active' || seen === undefined) return;
      if (seen > readSeq || (isMarkedUnread && wasMarked))
        chat.messages.markRead({ conversationId: id, seq: seen }).catch(() => {});
    };
    mark();
    const listening = AppState.addEventListener('change', mark);
    return () => listening.remove();
  }, [chat, id, seen, readSeq, isMarkedUnread, wasMarked]);
}

const styles = StyleSheet.create({ list: { flex: 1 }, content: { padding: 12, gap: 6 } });
