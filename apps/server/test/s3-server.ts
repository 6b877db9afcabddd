import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const [REGION, BUCKET, KEY, SECRET] = ['eu-test-1', 'parley-files', 'AKTEST', 'a secret of the test'];

/** An S3, as far as we use one, and stricter: nothing is let pass that is not signed, whole and in time. */
export interface S3Server extends AsyncDisposable {
  /** The variables of a node that uses it. */
  env: Record<string, string>;
  url: string;
  /** All that lies in its bucket. */
  objects: Map<string, Buffer>;
  /** What it refused, in words. */
  refusals: string[];
  /** So many requests, the next ones or those `after` some more, are answered with this status. */
  fail(times: number, status: number, after?: number): void;
}

export async function s3Server(): Promise<S3Server> {
  const objects = new Map<string, Buffer>();
  const refusals: string[] = [];
  let failing = { times: 0, status: 0, after: 0 };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    if (failing.times > 0 && failing.after-- <= 0) {
      failing.times--;
      return void response.writeHead(failing.status).end('<Error/>');
    }
    const url = new URL(`http://${request.headers.host}${request.url}`);
    const problem = problemOf(request, url, body);
    if (problem) {
      refusals.push(problem);
      return void response.writeHead(403).end(`<Error><Code>${problem}</Code></Error>`);
    }
    const key = decodeURIComponent(url.pathname.slice(BUCKET.length + 2));
    if (url.searchParams.get('list-type') === '2') return list(url.searchParams.get('prefix')!, response);
    if (request.method === 'PUT') objects.set(key, body);
    if (request.method === 'DELETE') objects.delete(key);
    const object = request.method === 'GET' ? objects.get(key) : Buffer.alloc(0);
    if (!object) return void response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>');
    for (const name of ['content-type', 'content-disposition']) {
      const value = url.searchParams.get(`response-${name}`);
      if (value) response.setHeader(name, value);
    }
    const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
    const part =
      from === undefined ? object : object.subarray(Number(from), to ? Number(to) + 1 : object.length);
    response.writeHead(from === undefined ? 200 : 206).end(part);
  }

  function list(prefix: string, response: ServerResponse): void {
    const keys = [...objects.keys()].filter((key) => key.startsWith(prefix)).sort();
    const contents = keys.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('');
    response.end(`<?xml version="1.0"?><ListBucketResult>${contents}</ListBucketResult>`);
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    objects,
    refusals,
    env: {
      STORAGE_DRIVER: 's3',
      S3_ENDPOINT: url,
      S3_REGION: REGION,
      S3_BUCKET: BUCKET,
      S3_ACCESS_KEY_ID: KEY,
      S3_SECRET_ACCESS_KEY: SECRET,
    },
    fail(times, status, after = 0) {
      failing = { times, status, after };
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Why a request is no good, by AWS Signature Version 4 written down once more; null when it is good. */
function problemOf(request: IncomingMessage, url: URL, body: Buffer): string | null {
  if (!url.pathname.startsWith(`/${BUCKET}/`) && url.pathname !== `/${BUCKET}`) return 'NoSuchBucket';
  if (request.method === 'PUT' && request.headers['content-length'] === undefined)
    return 'MissingContentLength';
  const query = url.searchParams;
  const isInUrl = query.has('X-Amz-Signature');
  const authorization = /^AWS4-HMAC-SHA256 Credential=(.+), SignedHeaders=(.+), Signature=([0-9a-f]{64})$/;
  const [, credential, signedHeaders, signature] = isInUrl
    ? ['', query.get('X-Amz-Credential'), query.get('X-Amz-SignedHeaders'), query.get('X-Amz-Signature')]
    : (authorization.exec(request.headers.authorization ?? '') ?? []);
  if (!credential || !signedHeaders || !signature) return 'AccessDenied';

  const at = isInUrl ? query.get('X-Amz-Date')! : String(request.headers['x-amz-date']);
  const seconds = Number(isInUrl ? query.get('X-Amz-Expires') : 900);
  const made = Date.parse(at.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'));
  if (!(Math.abs(Date.now() - made) < seconds * 1_000)) return 'RequestExpired';
  const scope = `${at.slice(0, 8)}/${REGION}/s3/aws4_request`;
  if (credential !== `${KEY}/${scope}`) return 'InvalidAccessKeyId';

  const names = signedHeaders.split(';');
  const ours = Object.keys(request.headers).filter((name) => name.startsWith('x-amz-') || name === 'host');
  if (!ours.every((name) => names.includes(name))) return 'HeadersNotSigned';
  const hash = isInUrl ? 'UNSIGNED-PAYLOAD' : String(request.headers['x-amz-content-sha256']);
  if (!isInUrl && hash !== createHash('sha256').update(body).digest('hex'))
    return 'XAmzContentSHA256Mismatch';

  const encode = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const canonical = [
    request.method,
    url.pathname,
    [...query]
      .filter(([name]) => name !== 'X-Amz-Signature')
      .map(([name, value]) => `${encode(name)}=${encode(value)}`)
      .sort()
      .join('&'),
    ...names.map((name) => `${name}:${String(request.headers[name] ?? '').trim()}`),
    '',
    signedHeaders,
    hash,
  ].join('\n');
  const text = ['AWS4-HMAC-SHA256', at, scope, createHash('sha256').update(canonical).digest('hex')].join(
    '\n',
  );
  const key = [at.slice(0, 8), REGION, 's3', 'aws4_request'].reduce<string | Buffer>(
    (last, part) => createHmac('sha256', last).update(part).digest(),
    `AWS4${SECRET}`,
  );
  return createHmac('sha256', key).update(text).digest('hex') === signature ? null : 'SignatureDoesNotMatch';
}
