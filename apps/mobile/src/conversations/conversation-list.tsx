import type { ConversationView } from '@parley/client';
import { useChat, useConversations } from '@parley/client/react';
import { useMemo } from 'react';
import { FlatList, StyleSheet, View } from 'react-native';
import { ConnectionBanner } from '../connection/connection-banner.tsx';
import { Bar, Button, Words } from '../look/parts.tsx';
import { ConversationRow } from './conversation-row.tsx';

/** All conversations that are not archived, the most recent first. */
export function ConversationList({
  onOpen,
  onBegin,
}: {
  onOpen: (conversationId: string) => void;
  onBegin: () => void;
}) {
  const chat = useChat();
  const conversations = useConversations();
  const shown = useMemo(() => conversations?.filter(({ me }) => !me.isArchived), [conversations]);

  // On this device it is done also when the server cannot be told.
  const signOut = () => void chat.logout().catch(() => {});

  return (
    <>
      <Bar title="Chats">
        <Button label="New conversation" text="New" onPress={onBegin} />
        <Button label="Sign out" onPress={signOut} />
      </Bar>
      <ConnectionBanner />
      <FlatList
        data={shown ?? []}
        keyExtractor={idOf}
        renderItem={({ item }) => <ConversationRow conversation={item} onOpen={onOpen} />}
        ListEmptyComponent={
          <View style={styles.empty}>
            <Words tone="quiet">{shown ? 'No conversations yet.' : 'Loading …'}</Words>
          </View>
        }
      />
    </>
  );
}

const idOf = ({ id }: ConversationView): string => id;

const styles = StyleSheet.create({ empty: { padding: 16 } });
