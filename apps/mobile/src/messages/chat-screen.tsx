import type { ConversationView } from '@parley/client';
import { useConversation, usePresence, useTyping } from '@parley/client/react';
import { KeyboardAvoidingView, StyleSheet } from 'react-native';
import { ConnectionBanner } from '../connection/connection-banner.tsx';
import { Bar } from '../look/parts.tsx';
import { titleOf } from '../people/names.ts';
import { Composer } from './composer.tsx';
import { MessageList } from './message-list.tsx';

export function ChatScreen({ conversationId, onBack }: { conversationId: string; onBack: () => void }) {
  const conversation = useConversation(conversationId);
  return (
    <KeyboardAvoidingView behavior="padding" style={styles.whole}>
      {conversation ? (
        <Head conversation={conversation} onBack={onBack} />
      ) : (
        <Bar title="Loading …" onBack={onBack} />
      )}
      <ConnectionBanner />
      {conversation && <MessageList conversation={conversation} />}
      <Composer conversationId={conversationId} />
    </KeyboardAvoidingView>
  );
}

function Head({ conversation, onBack }: { conversation: ConversationView; onBack: () => void }) {
  const { id, kind, memberCount, peer } = conversation;
  const isTyping = useTyping(id).length > 0;
  const presence = usePresence(peer?.user.id ?? '');
  const calm = kind === 'group' ? `${memberCount} members` : presence?.status;
  return <Bar title={titleOf(conversation)} below={isTyping ? 'is typing …' : calm} onBack={onBack} />;
}

const styles = StyleSheet.create({ whole: { flex: 1 } });
