import { useChat, useSend } from '@parley/client/react';
import { useState } from 'react';
import { StyleSheet, TextInput, View } from 'react-native';
import { useSafeAreaInsets } from 'react-native-safe-area-context';
import { describeError } from '../look/describe-error.ts';
import { useLook } from '../look/look.ts';
import { Button, Words } from '../look/parts.tsx';

export function Composer({ conversationId }: { conversationId: string }) {
  const look = useLook();
  const { bottom } = useSafeAreaInsets();
  const chat = useChat();
  const send = useSend(conversationId);
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string>();

  function change(next: string): void {
    setText(next);
    if (next) chat.typing(conversationId);
  }

  function submit(): void {
    try {
      send({ text: text.trim() });
      setText('');
      setProblem(undefined);
    } catch (error) {
      setProblem(describeError(error));
    }
  }

  return (
    <View
      style={[
        styles.composer,
        { paddingBottom: bottom + 8, backgroundColor: look.surface, borderTopColor: look.line },
      ]}
    >
      {problem !== undefined && <Words tone="danger">{problem}</Words>}
      <View style={styles.row}>
        <TextInput
          aria-label="Message"
          multiline
          placeholder="Message"
          placeholderTextColor={look.quiet}
          style={[styles.input, { color: look.text, borderColor: look.line }]}
          value={text}
          onChangeText={change}
        />
        <Button label="Send" isMain isDisabled={text.trim() === ''} onPress={submit} />
      </View>
    </View>
  );
}

const styles = StyleSheet.create({
  composer: { paddingHorizontal: 12, paddingTop: 8, borderTopWidth: StyleSheet.hairlineWidth },
  row: { flexDirection: 'row', alignItems: 'flex-end', gap: 8 },
  input: {
    flex: 1,
    minHeight: 44,
    maxHeight: 132,
    borderWidth: 1,
    borderRadius: 12,
    paddingHorizontal: 12,
    paddingVertical: 10,
    fontSize: 16,
  },
});
