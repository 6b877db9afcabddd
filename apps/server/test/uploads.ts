import type { FileInfo, FilePurpose } from '@parley/contract';
import type { Person } from './people.ts';

/** A link of a file, whose address is the one that the configuration names, on a node of the test; another's stays. */
export function onNode(person: Person, url: string, node = 0): string {
  const { origin, pathname, search } = new URL(url);
  if (origin !== 'http://localhost:4000') return url;
  return `${new URL(person.people.url(node)).origin}${pathname}${search}`;
}

/** Begins an upload of these bytes, and says where they go. */
export async function begin(
  person: Person,
  bytes: Buffer,
  { purpose = 'message', name = 'tea.bin' }: { purpose?: FilePurpose; name?: string } = {},
): Promise<{ uploadId: string; url: string }> {
  const created = await person.api.uploads.create.mutate({ purpose, name, size: bytes.length });
  return { ...created, url: onNode(person, created.url) };
}

export const put = (url: string, bytes: Buffer, offset?: number): Promise<Response> =>
  fetch(url, {
    method: 'PUT',
    body: new Uint8Array(bytes),
    ...(offset !== undefined && { headers: { 'upload-offset': String(offset) } }),
  });

/** The whole way of a file, as a client goes it. */
export async function upload(
  person: Person,
  bytes: Buffer,
  options: { purpose?: FilePurpose; name?: string } = {},
): Promise<FileInfo> {
  const { uploadId, url } = await begin(person, bytes, options);
  const response = await put(url, bytes);
  if (!response.ok) throw new Error(`the upload answered ${response.status}: ${await response.text()}`);
  return person.api.uploads.complete.mutate({ uploadId });
}

/** Downloads a file by a new link. */
export async function download(person: Person, fileId: string, init: RequestInit = {}): Promise<Response> {
  const { url } = await person.api.files.link.query({ fileId });
  return fetch(onNode(person, url), init);
}

export const bytesOf = async (response: Response): Promise<Buffer> =>
  Buffer.from(await response.arrayBuffer());
