import type { WireError } from '@parley/contract';
import type { Fetch } from '../platform.ts';

/** An upload's address, and whether it is the server's own, which takes parts; a bucket takes everything at once. */
export interface Destination {
  readonly url: string;
  readonly takesParts: boolean;
}

/** What is used of a `fetch` beyond what calls need of it. */
type ByteFetch = (
  url: string,
  init: { method: string; headers?: Record<string, string>; body?: unknown; signal: object },
) => Promise<{
  readonly ok: boolean;
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  json(): Promise<unknown>;
}>;

/** Sends bytes that begin at an offset. Answers how many are there then. */
export async function putBytes(
  fetch: Fetch,
  { url, takesParts }: Destination,
  { offset, end, body, signal }: { offset: number; end: number; body: unknown; signal: object },
): Promise<number> {
  // A bucket's address allows no header that it does not know of.
  const headers = takesParts ? { 'upload-offset': String(offset) } : {};
  const response = await (fetch as unknown as ByteFetch)(url, { method: 'PUT', headers, body, signal });
  if (!response.ok) throw await refusalIn(response);
  return offsetIn(response) ?? end;
}

/** How many bytes of an upload are there. */
export async function countBytes(fetch: Fetch, { url }: Destination, signal: object): Promise<number> {
  const response = await (fetch as unknown as ByteFetch)(url, { method: 'HEAD', signal });
  const offset = offsetIn(response);
  if (response.ok && offset !== null) return offset;
  // This answer has no body: it is the upload that is not there.
  if (response.status === 404) throw refusal({ code: 'NOT_FOUND', what: 'upload', httpStatus: 404 });
  throw new Error(`The upload answered ${response.status}`);
}

function offsetIn({ headers }: { headers: { get(name: string): string | null } }): number | null {
  const offset = headers.get('upload-offset');
  return offset === null ? null : Number(offset);
}

/** A bucket's word that it does not take these bytes: sending them again would not help. */
export class BucketRefusal extends Error {}

/** The server's refusals are typed, as those of calls; a bucket's are not. */
async function refusalIn(response: { status: number; json(): Promise<unknown> }): Promise<Error> {
  const { status } = response;
  const data = (await response.json().catch(() => null)) as WireError | null;
  if (typeof data?.code === 'string') return refusal(data);
  const message = `The upload answered ${status}`;
  const isFinal = status >= 400 && status < 500 && status !== 408 && status !== 429;
  return isFinal ? new BucketRefusal(message) : new Error(message);
}

/** An error as `isParleyError` knows it. */
const refusal = (data: WireError): Error => Object.assign(new Error(data.code), { data });
