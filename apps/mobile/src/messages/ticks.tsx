import type { OutgoingMessage, Receipt } from '@parley/client';
import { Text } from 'react-native';
import { useLook } from '../look/look.ts';

type Stage = Receipt | OutgoingMessage['status'];

const SHOWN: Record<Stage, { sign: string; words: string }> = {
  queued: { sign: '◷', words: 'waiting to be sent' },
  sending: { sign: '◷', words: 'sending' },
  failed: { sign: '!', words: 'not sent' },
  sent: { sign: '✓', words: 'sent' },
  delivered: { sign: '✓✓', words: 'delivered' },
  read: { sign: '✓✓', words: 'read' },
};

/** How far an own message has come. */
export function Ticks({ stage }: { stage: Stage }) {
  const look = useLook();
  const color = stage === 'failed' ? look.danger : stage === 'read' ? look.accent : look.quiet;
  const { sign, words } = SHOWN[stage];
  return (
    <Text role="img" aria-label={words} style={{ color, fontSize: 12 }}>
      {sign}
    </Text>
  );
}
