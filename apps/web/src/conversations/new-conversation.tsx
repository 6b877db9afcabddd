import type { PublicUser } from '@parley/client';
import { useChat } from '@parley/client/react';
import { useState } from 'react';
import { Dialog } from '../look/dialog.tsx';
import { Field } from '../look/field.tsx';
import { useNotices } from '../look/notices.tsx';
import { PeoplePicker } from '../people/people-picker.tsx';
import { goTo } from '../router.ts';

/** With one person it is the direct conversation with them, with a title it is a group. */
export function NewConversation({ onClose }: { onClose: () => void }) {
  const chat = useChat();
  const { attempt } = useNotices();
  const [people, setPeople] = useState<PublicUser[]>([]);
  const [title, setTitle] = useState('');
  const isGroup = people.length > 1 || title.trim() !== '';

  async function begin(): Promise<void> {
    const userIds = people.map(({ id }) => id);
    const { id } = isGroup
      ? await chat.api.groups.create.mutate({ title: title.trim(), userIds })
      : await chat.api.conversations.openDirect.mutate({ userId: userIds[0]! });
    await chat.conversations.load({ conversationId: id });
    goTo('c', id);
    onClose();
  }

  const isReady = isGroup ? title.trim() !== '' : people.length === 1;
  return (
    <Dialog title="New conversation" onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) void attempt(begin());
        }}
      >
        <PeoplePicker chosen={people} onChange={setPeople} />
        <Field
          label="Title, if it is to be a group"
          maxLength={100}
          value={title}
          onChange={(event) => setTitle(event.target.value)}
        />
        <button type="submit" className="button main" disabled={!isReady}>
          {isGroup ? 'Make the group' : 'Write'}
        </button>
      </form>
    </Dialog>
  );
}
