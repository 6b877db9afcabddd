import type { OutgoingMessage } from '@parley/client';
import { useChat } from '@parley/client/react';
import { StyleSheet, View } from 'react-native';
import { describeError } from '../look/describe-error.ts';
import { Button, Words } from '../look/parts.tsx';
import { Bubble } from './bubble.tsx';
import { Ticks } from './ticks.tsx';

/** An own message that is on its way, or did not get there. */
export function SendingBubble({ item }: { item: OutgoingMessage }) {
  const chat = useChat();
  const { clientMessageId, error, status, text, unanswered } = item;
  const canCancel = status === 'failed' || (status === 'queued' && unanswered === 0);
  return (
    <Bubble isOwn>
      <Words>{text}</Words>
      <View style={styles.foot}>
        <Ticks stage={status} />
      </View>
      {error && (
        <Words tone="danger" size={13}>
          {describeError(error)}
        </Words>
      )}
      {status === 'failed' && (
        <Button label="Try again" onPress={() => chat.messages.sending(clientMessageId)?.retry()} />
      )}
      {canCancel && (
        <Button label="Take it back" onPress={() => chat.messages.sending(clientMessageId)?.cancel()} />
      )}
    </Bubble>
  );
}

const styles = StyleSheet.create({ foot: { flexDirection: 'row', justifyContent: 'flex-end' } });
