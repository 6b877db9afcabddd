import type { Message } from '@parley/client';
import { useChat, useConversations } from '@parley/client/react';
import { newKey } from '../chat/new-key.ts';
import { Dialog } from '../look/dialog.tsx';
import { useNotices } from '../look/notices.tsx';
import { titleOf } from '../people/names.ts';

/** Sends a message again, elsewhere. */
export function ForwardDialog({ message, onClose }: { message: Message; onClose: () => void }) {
  const chat = useChat();
  const conversations = useConversations() ?? [];
  const { attempt, say } = useNotices();
  const { conversationId, seq } = message;

  async function forwardTo(id: string): Promise<void> {
    onClose();
    const from = { conversationId, seq };
    const isSent = await attempt(
      chat.api.messages.forward.mutate({ from, conversationId: id, clientMessageId: newKey() }),
    );
    if (isSent) say('Forwarded.');
  }

  return (
    <Dialog title="Forward to" onClose={onClose}>
      <ul>
        {conversations.map((conversation) => (
          <li key={conversation.id}>
            <button type="button" className="person" onClick={() => void forwardTo(conversation.id)}>
              {titleOf(conversation)}
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
