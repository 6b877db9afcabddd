import type { FileInfo } from '@parley/client';
import { useChat } from '@parley/client/react';
import { useState } from 'react';
import { FileButton } from '../files/file-button.tsx';
import { Dialog } from '../look/dialog.tsx';
import { Field, Problem } from '../look/field.tsx';
import { useForm } from '../look/use-form.ts';

/** Shows a picture or a film to one's friends and mutual contacts, for a day. */
export function NewStory({ onClose }: { onClose: () => void }) {
  const chat = useChat();
  const [file, setFile] = useState<FileInfo>();
  const { onSubmit, problem, isBusy } = useForm(async ({ caption }) => {
    if (!file) return;
    await chat.api.stories.create.mutate({ fileId: file.id, ...(caption && { caption }) });
    onClose();
  });
  return (
    <Dialog title="New story" onClose={onClose}>
      <form className="form" onSubmit={onSubmit}>
        <p className="quiet">Your friends see it for 24 hours.</p>
        <FileButton
          label={file ? `${file.name}: choose another` : 'Choose a picture or a film'}
          purpose="story"
          accept="image/jpeg,image/png,image/webp,video/mp4,video/quicktime"
          onUploaded={async (uploaded) => setFile(uploaded)}
        />
        <Field label="Caption" name="caption" maxLength={255} />
        <Problem text={problem} />
        <button type="submit" className="button main" disabled={isBusy || !file}>
          Show it
        </button>
      </form>
    </Dialog>
  );
}
