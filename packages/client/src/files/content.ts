import { type Fetch, platform } from '../platform.ts';

/** What the client uses of a `Blob` or a `File`. */
export interface BlobLike {
  readonly size: number;
  slice(start?: number, end?: number): BlobLike;
}

/** What can be uploaded: a `Blob` or `File`, bytes, or, in React Native, where a file of the device is. */
export type UploadContent = BlobLike | Uint8Array | { readonly uri: string };

/** Bytes that can be read part by part, as bodies of requests. */
export interface Content {
  readonly size: number;
  part(from: number, to: number): unknown;
}

/** A device's own `fetch` reads what is on it, whichever one the client was given for the server. */
export async function openContent(content: UploadContent, fetch: Fetch): Promise<Content> {
  if (content instanceof Uint8Array)
    return { size: content.length, part: (from, to) => content.subarray(from, to) };
  const blob = 'uri' in content ? await blobAt(content.uri, platform.fetch ?? fetch) : content;
  // A slice has no type of its own, so that a request says nothing of one.
  return { size: blob.size, part: (from, to) => blob.slice(from, to) };
}

async function blobAt(uri: string, fetch: Fetch): Promise<BlobLike> {
  const response = (await fetch(uri)) as unknown as { blob(): Promise<BlobLike> };
  return response.blob();
}
