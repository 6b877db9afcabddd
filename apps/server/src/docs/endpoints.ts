import type { IncomingMessage, ServerResponse } from 'node:http';
import type { App } from '../context.ts';
import { pagePolicy } from '../html.ts';
import { isRead, type KeptDocument, keptDocument } from '../kept-document.ts';
import { CONSOLE_FILES, readConsoleFile } from './console-files.ts';
import { CONSOLE_POLICY, consolePage, START_SCRIPT } from './console-page.ts';
import { readOpenApi } from './openapi.ts';
import { CONSOLE_PATH, DOCS_PATH, OPENAPI_PATH } from './paths.ts';
import { referencePage } from './reference-page.ts';

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
  const answer = Object.hasOwn(DOCUMENTS, pathname) ? DOCUMENTS[pathname] : undefined;
  if (!answer || !isRead(request)) return false;
  try {
    await answer(request, response);
  } catch (err) {
    logger.error({ err }, 'the reference cannot be read');
    response.writeHead(503).end();
  }
  return true;
}

const HTML = 'text/html; charset=utf-8';
const SCRIPT = 'text/javascript; charset=utf-8';

const DOCUMENTS: Record<string, KeptDocument> = {
  [DOCS_PATH]: document(HTML, () => referencePage(readOpenApi()), pagePolicy("'none'")),
  [OPENAPI_PATH]: document('application/json', () => JSON.stringify(readOpenApi())),
  [CONSOLE_PATH]: document(HTML, consolePage, CONSOLE_POLICY),
  [`${CONSOLE_PATH}/start.js`]: document(SCRIPT, () => START_SCRIPT),
  ...Object.fromEntries(
    Object.entries(CONSOLE_FILES).map(([name, type]) => [
      `${CONSOLE_PATH}/${name}`,
      document(type, () => readConsoleFile(name)),
    ]),
  ),
};

function document(type: string, make: () => string | Promise<Buffer>, policy?: string): KeptDocument {
  return keptDocument(make, {
    'Content-Type': type,
    ...(policy !== undefined && { 'Content-Security-Policy': policy }),
  });
}
