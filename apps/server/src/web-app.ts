import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Env } from './env.ts';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

interface Asset {
  body: Buffer;
  zipped: Buffer;
  headers: Record<string, string>;
}

/** Whether there is one to be served. */
export const hasWebApp = ({ WEB_APP }: Env): boolean => existsSync(join(WEB_APP, 'index.html'));

/** Whether it has answered: true where the path is one of the application's files. */
export type WebApp = (request: IncomingMessage, response: ServerResponse, url: URL) => boolean;

/**
 * The web application that lies in `WEB_APP`, or null where none does. It is a page and some files, small enough to be kept
 * whole: what is asked for is looked up among them, and nothing else can be had.
 */
export function openWebApp(env: Env): WebApp | null {
  if (!hasWebApp(env)) return null;
  const assets = readAssets(env.WEB_APP, policyOf(env));
  return (request, response, { pathname }) => {
    const asset = assets.get(pathname === '/' ? '/index.html' : pathname);
    if (!asset || (request.method !== 'GET' && request.method !== 'HEAD')) return false;
    const isZipped = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
    const body = isZipped ? asset.zipped : asset.body;
    response.writeHead(200, {
      ...asset.headers,
      ...(isZipped && { 'Content-Encoding': 'gzip' }),
      'Content-Length': body.length,
    });
    response.end(request.method === 'HEAD' ? undefined : body);
    return true;
  };
}

function readAssets(folder: string, policy: string): Map<string, Asset> {
  const assets = new Map<string, Asset>();
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const type = TYPES[extname(name)];
    if (type === undefined) continue;
    const body = readFileSync(join(folder, name));
    const path = `/${name.replaceAll(sep, '/')}`;
    // The names of the files in it are made of what is in them.
    const isForGood = path.startsWith('/assets/');
    assets.set(path, {
      body,
      zipped: gzipSync(body, { level: 9 }),
      headers: {
        'Content-Type': type,
        'Content-Security-Policy': policy,
        'Cache-Control': isForGood ? 'public, max-age=31536000, immutable' : 'no-cache',
        Vary: 'Accept-Encoding',
      },
    });
  }
  return assets;
}

/** Scripts and styles of its own alone. Files are at `PUBLIC_URL`, or in the bucket where a link leads there. */
function policyOf({ PUBLIC_URL, S3_PUBLIC_ENDPOINT }: Env): string {
  const own = new URL(PUBLIC_URL).origin;
  const files = [own, ...(S3_PUBLIC_ENDPOINT === undefined ? [] : [new URL(S3_PUBLIC_ENDPOINT).origin])].join(
    ' ',
  );
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src 'self' blob: data: ${files}`,
    `media-src 'self' blob: ${files}`,
    `connect-src 'self' ${own.replace('http', 'ws')} ${files}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
