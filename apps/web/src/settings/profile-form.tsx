import type { OwnUser } from '@parley/client';
import { useChat } from '@parley/client/react';
import { FileButton } from '../files/file-button.tsx';
import { Field, Problem } from '../look/field.tsx';
import { useNotices } from '../look/notices.tsx';
import { useForm } from '../look/use-form.ts';
import { Avatar } from '../people/avatar.tsx';
import { Choice } from './choice.tsx';

/** What others see of oneself. */
export function ProfileForm({ me }: { me: OwnUser }) {
  const chat = useChat();
  const { attempt, say } = useNotices();
  const { updateProfile, setStatus } = chat.api.users;
  const { onSubmit, problem, isBusy } = useForm(async ({ fullName, username = '', bio, status }) => {
    await updateProfile.mutate({ username, fullName: fullName || null, bio: bio || null });
    if ((status ?? '') !== (me.status?.text ?? '')) await setStatus.mutate(status ? { text: status } : null);
    say('Saved.');
  });
  return (
    <section>
      <div className="row">
        <Avatar user={me} size="large" />
        <div className="form">
          <FileButton
            label="Change the picture"
            purpose="avatar"
            onUploaded={(file) => updateProfile.mutate({ avatar: file.id })}
          />
          {me.avatar && (
            <button
              type="button"
              className="button"
              onClick={() => void attempt(updateProfile.mutate({ avatar: null }))}
            >
              Take it away
            </button>
          )}
        </div>
      </div>
      <form className="form" onSubmit={onSubmit}>
        <Field label="Name" name="fullName" defaultValue={me.fullName ?? ''} maxLength={100} />
        <Field
          label="Username"
          name="username"
          defaultValue={me.username}
          minLength={3}
          maxLength={20}
          required
        />
        <Field label="Status" name="status" defaultValue={me.status?.text ?? ''} maxLength={100} />
        <label className="field">
          <span>About you</span>
          <textarea className="input" name="bio" rows={3} maxLength={500} defaultValue={me.bio ?? ''} />
        </label>
        <Problem text={problem} />
        <button type="submit" className="button main" disabled={isBusy}>
          Save
        </button>
      </form>
      <Choice
        label="You are"
        value={me.availability}
        options={{ online: 'Online', away: 'Away', busy: 'Busy', invisible: 'Invisible' }}
        onChange={(availability) => void attempt(chat.setPresence(availability))}
      />
    </section>
  );
}
