import type { PublicUser } from '@parley/client';
import { useChat } from '@parley/client/react';
import { useEffect, useState } from 'react';
import { FlatList, Pressable, StyleSheet, View } from 'react-native';
import { describeError } from '../look/describe-error.ts';
import { Bar, Field, Words } from '../look/parts.tsx';
import { Avatar } from '../people/avatar.tsx';
import { nameOf } from '../people/names.ts';

const TYPED_FOR_MS = 250;

/** Finds somebody, and opens the conversation with them. */
export function NewConversation({
  onOpen,
  onBack,
}: {
  onOpen: (conversationId: string) => void;
  onBack: () => void;
}) {
  const chat = useChat();
  const [query, setQuery] = useState('');
  const [problem, setProblem] = useState<string>();
  const people = useFoundPeople(query);

  async function begin(user: PublicUser): Promise<void> {
    try {
      const { id } = await chat.api.conversations.openDirect.mutate({ userId: user.id });
      onOpen(id);
    } catch (error) {
      setProblem(describeError(error));
    }
  }

  return (
    <>
      <Bar title="New conversation" onBack={onBack} />
      <View style={styles.search}>
        <Field label="Whom? By username or name" autoFocus value={query} onChangeText={setQuery} />
        {problem !== undefined && <Words tone="danger">{problem}</Words>}
      </View>
      <FlatList
        keyboardShouldPersistTaps="handled"
        data={people}
        keyExtractor={({ id }) => id}
        renderItem={({ item }) => (
          <Pressable role="button" style={styles.person} onPress={() => void begin(item)}>
            <Avatar name={nameOf(item)} seed={item.id} isOnline={false} />
            <View>
              <Words isStrong>{nameOf(item)}</Words>
              <Words tone="quiet">@{item.username}</Words>
            </View>
          </Pressable>
        )}
      />
    </>
  );
}

function useFoundPeople(query: string): PublicUser[] {
  const chat = useChat();
  const [found, setFound] = useState<PublicUser[]>([]);
  const wanted = query.trim();
  useEffect(() => {
    let isCurrent = true;
    const show = (users: PublicUser[]) => isCurrent && setFound(users);
    const search = () =>
      chat.api.users.search.query({ query: wanted }).then(
        ({ users }) => show(users),
        () => {},
      );
    const timer = setTimeout(() => void (wanted.length < 2 ? show([]) : search()), TYPED_FOR_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [chat, wanted]);
  return found;
}

const styles = StyleSheet.create({
  search: { padding: 16, gap: 8 },
  person: { flexDirection: 'row', alignItems: 'center', gap: 12, paddingHorizontal: 16, paddingVertical: 8 },
});
