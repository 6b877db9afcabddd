import type { OutgoingMessage } from '@parley/client';
import { useChat } from '@parley/client/react';
import { describeError } from '../look/describe-error.ts';
import { Ticks } from './ticks.tsx';

/** An own message that is on its way, or did not get there. */
export function SendingBubble({ item }: { item: OutgoingMessage }) {
  const chat = useChat();
  const { clientMessageId, error, status, text, attachments } = item;
  const canCancel = status === 'failed' || (status === 'queued' && item.unanswered === 0);
  return (
    <div className="message own">
      <div className="bubble">
        <p className="text">{text || `${attachments?.length ?? 0} files`}</p>
        <p className="foot">
          <Ticks stage={status} />
        </p>
        {error && <p className="problem small">{describeError(error)}</p>}
        {status === 'failed' && (
          <button
            type="button"
            className="link"
            onClick={() => chat.messages.sending(clientMessageId)?.retry()}
          >
            Try again
          </button>
        )}
        {canCancel && (
          <button
            type="button"
            className="link"
            onClick={() => chat.messages.sending(clientMessageId)?.cancel()}
          >
            Take it back
          </button>
        )}
      </div>
    </div>
  );
}
