import type { Readable, Upload, UploadContent, UploadOptions, UploadState } from '@parley/client';
import { useCallback, useState } from 'react';
import { useChat } from './context.ts';
import { useReadable } from './use-chat-state.ts';
import { useSilentLoad } from './use-load.ts';

/** One file at a time on its way: a component for each of several. */
export interface FileUpload {
  /** Undefined before there was one. */
  state: UploadState | undefined;
  upload(content: UploadContent, options: UploadOptions): Upload;
  cancel(): void;
}

const NOTHING: Readable<undefined> = { get: () => undefined, subscribe: () => () => {} };

/** Uploads a file and tells how far it is. It goes on when the component goes. */
export function useUpload(): FileUpload {
  const { files } = useChat();
  const [current, setCurrent] = useState<Upload | null>(null);
  const state = useReadable<UploadState | undefined>(current?.state ?? NOTHING);
  const upload = useCallback(
    (content: UploadContent, options: UploadOptions) => {
      const begun = files.upload(content, options);
      setCurrent(begun);
      return begun;
    },
    [files],
  );
  const cancel = useCallback(() => current?.cancel(), [current]);
  return { state, upload, cancel };
}

/** An address to show or download a file; undefined while there is none, or this person may not see it. */
export function useFileLink(
  fileId: string | null | undefined,
  { thumbnail = false }: { thumbnail?: boolean } = {},
): string | undefined {
  const { files } = useChat();
  const [link, setLink] = useState<{ key: string; url: string } | null>(null);
  const key = fileId ? `${fileId} ${thumbnail}` : null;
  useSilentLoad(key, async () => {
    if (fileId && key) setLink({ key, url: await files.link({ fileId, thumbnail }) });
  });
  return link?.key === key ? link?.url : undefined;
}
