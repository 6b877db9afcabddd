import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, sep } from 'node:path';
import type { Env } from './env.ts';
import { isRead, type KeptDocument, keptDocument } from './kept-document.ts';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Whether there is one to be served. */
export const hasWebApp = ({ WEB_APP }: Env): boolean => existsSync(join(WEB_APP, 'index.html'));

/** Whether it has answered: true where the path is one of the application's files. */
export type WebApp = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<boolean>;

/**
 * The web application that lies in `WEB_APP`, or null where none does. It is a page and some files, small enough to be kept
 * whole: what is asked for is looked up among them, and nothing else can be had.
 */
export function openWebApp(env: Env): WebApp | null {
  if (!hasWebApp(env)) return null;
  const assets = readAssets(env.WEB_APP, policyOf(env));
  return async (request, response, { pathname }) => {
    const answer = assets.get(pathname === '/' ? '/index.html' : pathname);
    if (!answer || !isRead(request)) return false;
    await answer(request, response);
    return true;
  };
}

function readAssets(folder: string, policy: string): Map<string, KeptDocument> {
  const assets = new Map<string, KeptDocument>();
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const type = TYPES[extname(name)];
    if (type === undefined) continue;
    const body = readFileSync(join(folder, name));
    const path = `/${name.replaceAll(sep, '/')}`;
    // The names of the files in it are made of what is in them.
    const isForGood = path.startsWith('/assets/');
    const headers = {
      'Content-Type': type,
      'Content-Security-Policy': policy,
      'Cache-Control': isForGood ? 'public, max-age=31536000, immutable' : 'no-cache',
    };
    assets.set(
      path,
      keptDocument(() => body, headers),
    );
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
