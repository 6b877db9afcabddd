import type { FileInfo, PublicUser } from '@parley/client';
import { useChat } from '@parley/client/react';
import { useState } from 'react';
import { FileButton } from '../files/file-button.tsx';
import { Dialog } from '../look/dialog.tsx';
import { Field, Problem } from '../look/field.tsx';
import { useForm } from '../look/use-form.ts';
import { PeoplePicker } from '../people/people-picker.tsx';

/** Shows a picture or a film to one's friends and mutual contacts, for a day. */
export function NewStory({ onClose }: { onClose: () => void }) {
  const chat = useChat();
  const [file, setFile] = useState<FileInfo>();
  /** For whom alone, if not for all of them. */
  const [chosen, setChosen] = useState<PublicUser[]>();
  const { onSubmit, problem, isBusy } = useForm(async ({ caption }) => {
    if (!file) return;
    const audience = chosen?.map(({ id }) => id);
    await chat.api.stories.create.mutate({
      fileId: file.id,
      ...(caption && { caption }),
      ...(audience && { audience }),
    });
    onClose();
  });
  return (
    <Dialog title="New story" onClose={onClose}>
      <form className="form" onSubmit={onSubmit}>
        <p className="quiet">
          Your friends, and those who are in your address book as you are in theirs, see it for 24 hours.
        </p>
        <FileButton
          label={file ? 'Choose another picture or film' : 'Choose a picture or a film'}
          purpose="story"
          accept="image/jpeg,image/png,image/webp,video/mp4,video/quicktime"
          onUploaded={async (uploaded) => setFile(uploaded)}
        />
        <Field label="Caption" name="caption" maxLength={255} />
        <label className="setting">
          <span>Only for some of them</span>
          <input
            type="checkbox"
            checked={chosen !== undefined}
            onChange={(event) => setChosen(event.target.checked ? [] : undefined)}
          />
        </label>
        {chosen && <PeoplePicker chosen={chosen} onChange={setChosen} />}
        <Problem text={problem} />
        <button type="submit" className="button main" disabled={isBusy || !file || chosen?.length === 0}>
          Show it
        </button>
      </form>
    </Dialog>
  );
}
