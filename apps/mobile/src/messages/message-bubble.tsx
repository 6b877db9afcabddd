import type { ConversationView, Message } from '@parley/client';
import { useMe, useMembers, useReceipt } from '@parley/client/react';
import { memo } from 'react';
import { StyleSheet, View } from 'react-native';
import { summaryOf } from '../conversations/conversation-row.tsx';
import { Words } from '../look/parts.tsx';
import { clockTime, dayOf } from '../look/time.ts';
import { nameOf } from '../people/names.ts';
import { Bubble } from './bubble.tsx';
import { Ticks } from './ticks.tsx';

export const MessageBubble = memo(function MessageBubble({
  message,
  conversation,
  isFirstOfDay,
}: {
  message: Message;
  conversation: ConversationView;
  isFirstOfDay: boolean;
}) {
  const me = useMe();
  const isOwn = message.senderId === me?.id;
  return (
    <View>
      {isFirstOfDay && (
        <View style={styles.day}>
          <Words tone="quiet" size={13}>
            {dayOf(message.createdAt)}
          </Words>
        </View>
      )}
      <Bubble isOwn={isOwn}>
        {conversation.kind === 'group' && !isOwn && <Sender message={message} />}
        <Words tone={message.deletedAt ? 'quiet' : 'text'}>{summaryOf(message)}</Words>
        <View style={styles.foot}>
          <Words tone="quiet" size={12}>
            {clockTime(message.createdAt) + (message.editedAt && !message.deletedAt ? ', edited' : '')}
          </Words>
          {isOwn && !message.deletedAt && <Receipt message={message} />}
        </View>
      </Bubble>
    </View>
  );
});

function Receipt({ message }: { message: Message }) {
  return <Ticks stage={useReceipt(message) ?? 'sent'} />;
}

/** Whoever has left the group is not among its members. */
function Sender({ message: { conversationId, senderId } }: { message: Message }) {
  const sender = useMembers(conversationId)?.find(({ user }) => user.id === senderId);
  return (
    <Words size={13} isStrong>
      {sender ? nameOf(sender.user) : '…'}
    </Words>
  );
}

const styles = StyleSheet.create({
  day: { alignItems: 'center', paddingVertical: 8 },
  foot: { flexDirection: 'row', justifyContent: 'flex-end', alignItems: 'center', gap: 4 },
});
