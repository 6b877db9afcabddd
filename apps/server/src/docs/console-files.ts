import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The console is Swagger UI: in development in its package, in the image beside the bundle. */
const PACKAGE = 'swagger-ui-dist/package.json';

/** Those of its files that are used, with their types. */
export const CONSOLE_FILES: Record<string, string> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
};

export async function readConsoleFile(name: keyof typeof CONSOLE_FILES): Promise<Buffer> {
  return readFile(`${dirname(fileURLToPath(import.meta.resolve(PACKAGE)))}/${name}`);
}
