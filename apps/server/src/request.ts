import type { IncomingMessage } from 'node:http';

/** Where the API is, over HTTP and over sockets. */
export const API_PATH = '/trpc';
/** … and over HTTP as plain JSON, for those without tRPC. */
export const PLAIN_PATH = '/api';
/** Browsers and the proxies before us come with some forty. */
const MAX_HEADERS = 100;
/** A name or an address, and a port. */
const HOST = /^(\[[0-9a-f:.]+\]|[\w.-]+)(:\d{1,5})?$/i;

/**
 * The request's own path: never a host, whatever number of slashes it begins with. Null when it has none, or
 * when its `Host` is no host or two of them: tRPC makes a URL of both, and fails of what is none.
 */
export function urlOf({ url, headersDistinct }: IncomingMessage): URL | null {
  const hosts = headersDistinct['host'] ?? [];
  if (hosts.length > 1 || !hosts.every((host) => HOST.test(host))) return null;
  return url?.startsWith('/') ? URL.parse(`http://parley${url}`) : null;
}

/** The token of an `Authorization` header. */
export const bearerIn = (authorization: string | undefined): string | undefined =>
  /^Bearer ([^\s]+)$/i.exec(authorization ?? '')?.[1];

/** Whether it has more headers than anybody needs: Node would drop those past 2,000 without a word. */
export const hasTooManyHeaders = ({ rawHeaders }: IncomingMessage): boolean =>
  rawHeaders.length > 2 * MAX_HEADERS;
