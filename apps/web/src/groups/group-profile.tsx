import type { ConversationView } from '@parley/client';
import { useChat } from '@parley/client/react';
import { FileButton } from '../files/file-button.tsx';
import { Field, Problem } from '../look/field.tsx';
import { useNotices } from '../look/notices.tsx';
import { useForm } from '../look/use-form.ts';
import { Picture } from '../people/avatar.tsx';

/** What a group is called and looks like: its owner and admins say so. */
export function GroupProfile({ conversation }: { conversation: ConversationView }) {
  const chat = useChat();
  const { say } = useNotices();
  const { id: conversationId, description, icon, me, title } = conversation;
  const { onSubmit, problem, isBusy } = useForm(async (values) => {
    const { title: given = '', description: text = '' } = values;
    await chat.api.groups.update.mutate({ conversationId, title: given, description: text || null });
    say('Saved.');
  });
  const picture = <Picture name={title ?? ''} seed={conversationId} file={icon} size="large" />;
  if (me.role === 'member')
    return (
      <section className="profile">
        {picture}
        <h3>{title}</h3>
        {description && <p className="bio">{description}</p>}
      </section>
    );
  return (
    <section className="profile">
      {picture}
      <FileButton
        label="Change the picture"
        purpose="group_icon"
        onUploaded={(file) => chat.api.groups.update.mutate({ conversationId, icon: file.id })}
      />
      <form className="form wide" onSubmit={onSubmit}>
        <Field label="Title" name="title" defaultValue={title ?? ''} maxLength={100} required />
        <Field label="Description" name="description" defaultValue={description ?? ''} maxLength={255} />
        <Problem text={problem} />
        <button type="submit" className="button" disabled={isBusy}>
          Save
        </button>
      </form>
    </section>
  );
}
