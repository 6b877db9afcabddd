import type { Upload } from '@parley/client';
import { useReadable } from '@parley/client/react';
import { describeError } from '../look/describe-error.ts';
import { Icon } from '../look/icons.tsx';
import { sizeInWords } from './size-in-words.ts';
import './files.css';

/** A file on its way to the server. It goes with the message once it is there. */
export function PendingFile({
  file,
  upload,
  onRemove,
}: {
  file: File;
  upload: Upload;
  onRemove: () => void;
}) {
  const state = useReadable(upload.state);
  return (
    <li className="pending-file row">
      <Icon name="file" />
      <span className="grow">
        <span className="ellipsis">{file.name}</span>
        {state.status === 'done' && <span className="quiet small">ready</span>}
        {state.status === 'failed' && (
          <span className="problem small" role="alert">
            {describeError(state.error)}
          </span>
        )}
        {state.status !== 'done' && state.status !== 'failed' && (
          <progress aria-label={`Sending ${file.name}`} max={file.size} value={state.sent} />
        )}
      </span>
      <span className="quiet small">{sizeInWords(file.size)}</span>
      <button type="button" className="button round" aria-label={`Without ${file.name}`} onClick={onRemove}>
        <Icon name="close" />
      </button>
    </li>
  );
}
