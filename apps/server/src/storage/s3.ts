import { createHash } from 'node:crypto';
import { createReadStream, openAsBlob } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { AwsV4Signer } from 'aws4fetch';
import type { Clock } from '../clock.ts';
import type { Env } from '../env.ts';
import { urlUnder } from '../url-under.ts';
import type { Content, Storage } from './storage.ts';

/** Milliseconds until an answer begins, with so many more for each byte that is sent first; and between two tries. */
const ANSWER_WITHIN = 20_000;
const FOR_A_BYTE = 0.002;
const TRY_AGAIN_AFTER = [100, 400];

type S3Env = Pick<
  Env,
  | 'S3_ENDPOINT'
  | 'S3_PUBLIC_ENDPOINT'
  | 'S3_REGION'
  | 'S3_BUCKET'
  | 'S3_ACCESS_KEY_ID'
  | 'S3_SECRET_ACCESS_KEY'
>;

/** What is to be signed besides who signs it. */
export interface S3Request {
  method: 'GET' | 'PUT' | 'DELETE';
  url: string;
  headers?: Record<string, string>;
  /** Not in headers but in the URL, which is then good for so many seconds. */
  seconds?: number;
}

/** Signs by AWS Signature Version 4. */
export async function signS3(
  env: Pick<S3Env, 'S3_REGION' | 'S3_ACCESS_KEY_ID' | 'S3_SECRET_ACCESS_KEY'>,
  now: Date,
  { method, url, headers = {}, seconds }: S3Request,
): Promise<{ url: string; headers: Headers }> {
  const target = new URL(url);
  if (seconds !== undefined) target.searchParams.set('X-Amz-Expires', String(seconds));
  const signer = new AwsV4Signer({
    method,
    url: target.href,
    headers,
    service: 's3',
    region: env.S3_REGION,
    accessKeyId: env.S3_ACCESS_KEY_ID!,
    secretAccessKey: env.S3_SECRET_ACCESS_KEY!,
    datetime: now.toISOString().replace(/[:-]|\.\d{3}/g, ''),
    // What is written is of the length that was announced, and what is read is the range that was asked for.
    signQuery: seconds !== undefined,
    allHeaders: true,
  });
  const signed = await signer.sign();
  return { url: signed.url.href, headers: signed.headers };
}

/** Files in a bucket of an S3, at `endpoint/bucket/key`: every S3 takes this form. */
export function createS3Storage(env: S3Env, clock: Clock): Storage {
  const urlOf = (endpoint: string, path: string) => urlUnder(endpoint, `/${env.S3_BUCKET}${path}`);

  async function ask(
    method: S3Request['method'],
    path: string,
    { content, headers = {} }: { content?: Content; headers?: Record<string, string> } = {},
  ): Promise<Response> {
    const hash = content ? await sha256Of(content) : EMPTY;
    const request: S3Request = {
      method,
      url: urlOf(env.S3_ENDPOINT!, path),
      headers: { 'x-amz-content-sha256': hash, ...headers },
    };
    for (const wait of [...TRY_AGAIN_AFTER, null]) {
      const response = await send(request, content).catch((error: unknown) => {
        if (wait === null) throw error;
        return null;
      });
      if (response && (response.status < 500 || wait === null)) return response;
      await response?.body?.cancel();
      await pause(wait!);
    }
    throw new Error('unreachable');
  }

  /** Only the beginning of the answer is waited for: how long the rest takes is up to whoever reads it. */
  async function send(request: S3Request, content: Content | undefined): Promise<Response> {
    const { url, headers } = await signS3(env, clock.now(), request);
    const body = content && ('path' in content ? await openAsBlob(content.path) : new Blob([copy(content)]));
    const within = ANSWER_WITHIN + (body?.size ?? 0) * FOR_A_BYTE;
    const given = new AbortController();
    const timer = setTimeout(() => given.abort(new Error('S3 did not answer')), within);
    try {
      const { method } = request;
      return await fetch(url, {
        method,
        headers,
        signal: given.signal,
        redirect: 'error',
        ...(body && { body }),
      });
    } finally {
      clearTimeout(timer);
    }
  }

  async function list(prefix: string): Promise<string[]> {
    const response = await ask('GET', `?${new URLSearchParams({ 'list-type': '2', prefix })}`);
    const text = await expectOk(response).text();
    return [...text.matchAll(/<Key>([\w/-]+)<\/Key>/g)].map(([, key]) => key!);
  }

  async function remove(key: string): Promise<void> {
    await expectOk(await ask('DELETE', `/${key}`)).body?.cancel();
  }

  return {
    async put(key, content) {
      await expectOk(await ask('PUT', `/${key}`, { content })).body?.cancel();
    },
    async get(key, range) {
      const headers: Record<string, string> = range ? { range: `bytes=${range.from}-${range.to}` } : {};
      const response = await ask('GET', `/${key}`, { headers });
      if (response.status === 404) {
        await response.body?.cancel();
        return null;
      }
      return Readable.fromWeb(expectOk(response).body as never);
    },
    remove,
    async removeAll(folder) {
      for (;;) {
        const keys = await list(`${folder}/`);
        if (keys.length === 0) return;
        for (const key of keys) await remove(key);
      }
    },
    hasRoom: async () => true,
    direct:
      env.S3_PUBLIC_ENDPOINT === undefined
        ? null
        : {
            async putUrl(key, { size, seconds }) {
              const url = urlOf(env.S3_PUBLIC_ENDPOINT!, `/${key}`);
              const headers = { 'content-length': String(size) };
              return (await signS3(env, clock.now(), { method: 'PUT', url, headers, seconds })).url;
            },
            async getUrl(key, { seconds, type, disposition }) {
              const answer = { 'response-content-type': type, 'response-content-disposition': disposition };
              const url = urlOf(env.S3_PUBLIC_ENDPOINT!, `/${key}?${new URLSearchParams(answer)}`);
              return (await signS3(env, clock.now(), { method: 'GET', url, seconds })).url;
            },
          },
  };
}

const EMPTY = createHash('sha256').digest('hex');

async function sha256Of(content: Content): Promise<string> {
  const hash = createHash('sha256');
  if ('path' in content) await pipeline(createReadStream(content.path), hash);
  else hash.update(content);
  return hash.digest('hex');
}

/** A Blob takes no bytes that another thread might change. */
const copy = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);

function expectOk(response: Response): Response {
  if (response.ok) return response;
  response.body?.cancel().catch(() => {});
  throw new Error(`S3 answered ${response.status}`);
}
