import type { OutgoingMessage, Receipt } from '@parley/client';
import { Icon, type IconName } from '../look/icons.tsx';

type Stage = Receipt | OutgoingMessage['status'];

const SHOWN: Record<Stage, { icon: IconName; words: string }> = {
  queued: { icon: 'clock', words: 'waiting to be sent' },
  sending: { icon: 'clock', words: 'sending' },
  failed: { icon: 'failed', words: 'not sent' },
  sent: { icon: 'tick', words: 'sent' },
  delivered: { icon: 'ticks', words: 'delivered' },
  read: { icon: 'ticks', words: 'read' },
};

/** How far an own message has come. */
export const Ticks = ({ stage }: { stage: Stage }) => (
  <span className={`ticks ${stage}`}>
    <Icon name={SHOWN[stage].icon} />
    <span className="unseen">{SHOWN[stage].words}</span>
  </span>
);
