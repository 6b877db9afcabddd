import type { FileInfo, UploadOptions } from '@parley/client';
import { useUpload } from '@parley/client/react';
import { useRef } from 'react';
import { useNotices } from '../look/notices.tsx';

/** A button that takes a file, uploads it, and says which one it is then. */
export function FileButton({
  label,
  purpose,
  accept = 'image/jpeg,image/png,image/webp',
  onUploaded,
}: {
  label: string;
  purpose: UploadOptions['purpose'];
  accept?: string;
  onUploaded: (file: FileInfo) => Promise<unknown>;
}) {
  const { state, upload } = useUpload();
  const { attempt } = useNotices();
  const input = useRef<HTMLInputElement>(null);
  const isBusy = state !== undefined && !['done', 'failed', 'cancelled'].includes(state.status);
  return (
    <>
      <button type="button" className="button" disabled={isBusy} onClick={() => input.current?.click()}>
        {isBusy ? `${Math.round((100 * state.sent) / (state.size ?? Infinity))} %` : label}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        accept={accept}
        aria-label={label}
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          if (file) void attempt(upload(file, { name: file.name, purpose }).done.then(onUploaded));
          target.value = '';
        }}
      />
    </>
  );
}
