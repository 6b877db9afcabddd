import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { App } from '../context.ts';
import { pagePolicy } from '../html.ts';
import { CONSOLE_FILES, readConsoleFile } from './console-files.ts';
import { CONSOLE_POLICY, consolePage, START_SCRIPT } from './console-page.ts';
import { readOpenApi } from './openapi.ts';
import { CONSOLE_PATH, DOCS_PATH, OPENAPI_PATH } from './paths.ts';
import { referencePage } from './reference-page.ts';

/** What is at one of the paths. A page has a policy of its own. */
interface Document {
  body: Buffer;
  zipped: Buffer;
  headers: Record<string, string>;
}

/**
 * The reference of this very server: `/docs` to be read, `/docs/openapi.json` for tools, `/docs/console` to try calls. False
 * where nothing of it is meant.
 */
export async function serveDocs(
  { logger }: App,
  request: IncomingMessage,
  response: ServerResponse,
  { pathname }: URL,
): Promise<boolean> {
  const read = Object.hasOwn(DOCUMENTS, pathname) ? DOCUMENTS[pathname] : undefined;
  if (!read || (request.method !== 'GET' && request.method !== 'HEAD')) return false;
  try {
    send(request, response, await read());
  } catch (err) {
    logger.error({ err }, 'the reference cannot be read');
    response.writeHead(503).end();
  }
  return true;
}

function send(request: IncomingMessage, response: ServerResponse, document: Document): void {
  const isZipped = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  const body = isZipped ? document.zipped : document.body;
  response.writeHead(200, {
    ...document.headers,
    ...(isZipped && { 'Content-Encoding': 'gzip' }),
    'Content-Length': body.length,
    Vary: 'Accept-Encoding',
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

const HTML = 'text/html; charset=utf-8';
const SCRIPT = 'text/javascript; charset=utf-8';

const DOCUMENTS: Record<string, () => Promise<Document>> = {
  [DOCS_PATH]: kept(HTML, () => referencePage(readOpenApi()), pagePolicy("'none'")),
  [OPENAPI_PATH]: kept('application/json', () => JSON.stringify(readOpenApi())),
  [CONSOLE_PATH]: kept(HTML, consolePage, CONSOLE_POLICY),
  [`${CONSOLE_PATH}/start.js`]: kept(SCRIPT, () => START_SCRIPT),
  ...Object.fromEntries(
    Object.entries(CONSOLE_FILES).map(([name, type]) => [
      `${CONSOLE_PATH}/${name}`,
      kept(type, () => readConsoleFile(name)),
    ]),
  ),
};

/** Made when somebody asks for it first, and kept from then on. */
function kept(type: string, make: () => string | Promise<Buffer>, policy?: string): () => Promise<Document> {
  const headers = {
    'Content-Type': type,
    ...(policy !== undefined && { 'Content-Security-Policy': policy }),
  };
  let document: Document | undefined;
  return async () => {
    if (document) return document;
    const body = Buffer.from(await make());
    document = { body, zipped: await zip(body), headers };
    return document;
  };
}

const zip = promisify(gzip);
