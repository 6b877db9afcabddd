import { useEffect, useState } from 'react';
import { BackHandler, StyleSheet, View } from 'react-native';
import { ConversationList } from './conversations/conversation-list.tsx';
import { NewConversation } from './conversations/new-conversation.tsx';
import { useLook } from './look/look.ts';
import { ChatScreen } from './messages/chat-screen.tsx';

/** Where somebody is: at the list, looking for a person to write to, or in a conversation. */
type Place = { screen: 'list' } | { screen: 'new' } | { screen: 'chat'; conversationId: string };

const LIST: Place = { screen: 'list' };

export function Home() {
  const look = useLook();
  const [place, setPlace] = useState(LIST);
  const isAway = place.screen !== 'list';
  const toList = () => setPlace(LIST);
  const toChat = (conversationId: string) => setPlace({ screen: 'chat', conversationId });

  // Android's own way back. At the list it leaves the app.
  useEffect(() => {
    if (!isAway) return;
    const back = BackHandler.addEventListener('hardwareBackPress', () => {
      setPlace(LIST);
      return true;
    });
    return () => back.remove();
  }, [isAway]);

  return (
    <View style={[styles.home, { backgroundColor: look.page }]}>
      {place.screen === 'list' && (
        <ConversationList onOpen={toChat} onBegin={() => setPlace({ screen: 'new' })} />
      )}
      {place.screen === 'new' && <NewConversation onOpen={toChat} onBack={toList} />}
      {place.screen === 'chat' && <ChatScreen conversationId={place.conversationId} onBack={toList} />}
    </View>
  );
}

const styles = StyleSheet.create({ home: { flex: 1 } });
