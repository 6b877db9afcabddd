import type { IncomingMessage } from 'node:http';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { type Network, targetOf } from './network.ts';

/** Milliseconds for all of it: names, redirects and the page. */
const TIMEOUT = 5_000;
/** Bytes of a page that are read; what says what it is comes first in it. */
const MAX_BYTES = 512_000;
const MAX_REDIRECTS = 3;

const HEADERS = {
  accept: 'text/html,application/xhtml+xml',
  // What is not packed does not grow.
  'accept-encoding': 'identity',
  'user-agent': 'Mozilla/5.0 (compatible; ParleyLinkPreview/1.0)',
};

/** The beginning of a page of HTML. */
export interface Page {
  bytes: Buffer;
  /** What its server says that it is written in. */
  charset: string | null;
}

/**
 * Fetches a page as somebody whom nobody knows, from no address but one that is open to everybody, whatever a name or a
 * redirect says. Null for all that is not such a page, or takes too long.
 */
export async function fetchPage(network: Network, link: string, timeout = TIMEOUT): Promise<Page | null> {
  const signal = AbortSignal.timeout(timeout);
  try {
    return await follow(network, new URL(link), signal);
  } catch {
    // Whatever goes wrong over there: there is no page.
    return null;
  }
}

async function follow(network: Network, link: URL, signal: AbortSignal): Promise<Page | null> {
  let url = link;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const response = await ask(network, url, signal);
    if (!response) return null;
    try {
      const { statusCode = 0, headers } = response;
      if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
        url = new URL(headers.location, url);
        continue;
      }
      return statusCode === 200 ? await read(response) : null;
    } finally {
      response.destroy();
    }
  }
  return null;
}

async function ask(network: Network, url: URL, signal: AbortSignal): Promise<IncomingMessage | null> {
  const target = await targetOf(network, url, signal);
  signal.throwIfAborted();
  if (!target) return null;
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const options = {
    host: target.address,
    port: target.port,
    path: `${url.pathname}${url.search}`,
    headers: { ...HEADERS, host: url.host },
    // A connection of its own, for this alone.
    agent: false as const,
    signal,
  };
  const isSecure = url.protocol === 'https:';
  const request = isSecure
    ? requestHttps({ ...options, ...(isIP(url.hostname) === 0 && { servername: url.hostname }) }, resolve)
    : requestHttp(options, resolve);
  request.on('error', reject).end();
  return promise;
}

/** What there is of it, up to the limit. */
async function read(response: IncomingMessage): Promise<Page | null> {
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = response.headers;
  const [mime = '', ...parameters] = type.toLowerCase().split(';');
  if (!['text/html', 'application/xhtml+xml'].includes(mime.trim()) || encoding !== 'identity') return null;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= MAX_BYTES) break;
  }
  const charset = parameters.map((parameter) => parameter.trim()).find((one) => one.startsWith('charset='));
  return {
    bytes: Buffer.concat(chunks).subarray(0, MAX_BYTES),
    charset: charset?.slice('charset='.length).replaceAll('"', '') ?? null,
  };
}
