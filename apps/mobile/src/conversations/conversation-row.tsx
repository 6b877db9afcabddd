import { type ConversationView, type Message, unreadOf } from '@parley/client';
import { useMe, usePresence, useTyping } from '@parley/client/react';
import { memo } from 'react';
import { Pressable, StyleSheet, Text, View } from 'react-native';
import { useLook } from '../look/look.ts';
import { Words } from '../look/parts.tsx';
import { shortTime } from '../look/time.ts';
import { Avatar } from '../people/avatar.tsx';
import { titleOf } from '../people/names.ts';

/** One conversation in the list: who, what was said last, and what is new. */
export const ConversationRow = memo(function ConversationRow({
  conversation,
  onOpen,
}: {
  conversation: ConversationView;
  onOpen: (conversationId: string) => void;
}) {
  const look = useLook();
  const { id, lastMessage, me, peer } = conversation;
  const presence = usePresence(peer?.user.id ?? '');
  const title = titleOf(conversation);
  const unread = unreadOf(conversation);
  return (
    <Pressable
      role="button"
      style={[styles.row, { borderBottomColor: look.line }]}
      onPress={() => onOpen(id)}
    >
      <Avatar name={title} seed={peer?.user.id ?? id} isOnline={presence?.status === 'online'} />
      <View style={styles.what}>
        <Words isStrong lines={1}>
          {title}
        </Words>
        <Snippet conversation={conversation} />
      </View>
      <View style={styles.side}>
        {lastMessage && (
          <Words tone="quiet" size={12}>
            {shortTime(lastMessage.createdAt)}
          </Words>
        )}
        {(unread > 0 || me.isMarkedUnread) && (
          <Text
            aria-label={unread > 0 ? `${unread} unread` : 'marked as unread'}
            style={[styles.badge, { backgroundColor: look.accent, color: look.onAccent }]}
          >
            {unread > 0 ? unread : ' '}
          </Text>
        )}
      </View>
    </Pressable>
  );
});

function Snippet({ conversation: { id, lastMessage } }: { conversation: ConversationView }) {
  const me = useMe();
  const isTyping = useTyping(id).length > 0;
  const said = lastMessage ? summaryOf(lastMessage) : 'Nothing yet';
  return (
    <Words tone="quiet" lines={1}>
      {isTyping ? 'is typing …' : lastMessage && lastMessage.senderId === me?.id ? `You: ${said}` : said}
    </Words>
  );
}

/** A message in a few words. */
export function summaryOf({ attachments, ciphertext, deletedAt, text }: Message): string {
  if (deletedAt) return 'Deleted';
  if (text) return text;
  if (ciphertext) return 'Encrypted';
  return attachments?.map(({ name }) => name).join(', ') ?? '';
}

const styles = StyleSheet.create({
  row: {
    flexDirection: 'row',
    gap: 12,
    paddingHorizontal: 16,
    paddingVertical: 10,
    borderBottomWidth: StyleSheet.hairlineWidth,
  },
  what: { flex: 1, minWidth: 0, gap: 2 },
  side: { alignItems: 'flex-end', gap: 4 },
  badge: {
    minWidth: 22,
    paddingHorizontal: 6,
    paddingVertical: 2,
    borderRadius: 11,
    overflow: 'hidden',
    textAlign: 'center',
    fontSize: 12,
    fontWeight: '600',
  },
});
