import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { freePort } from '../../server/src/free-port.ts';
import { type TestServer, testServer } from '../../server/test/server.ts';

/** The Chromium of this machine; undefined where there is none. */
export const CHROMIUM = findChromium();

function findChromium(): string | undefined {
  const given = process.env['CHROMIUM'];
  if (given) return given;
  try {
    const found = execFileSync('sh', ['-c', 'command -v chromium || command -v google-chrome'], {
      encoding: 'utf8',
    });
    return existsSync(found.trim()) ? found.trim() : undefined;
  } catch {
    return undefined;
  }
}

/** The built app, a server that serves it, and a browser. */
export interface Stage extends AsyncDisposable {
  url: string;
  /** Where the built app lies. */
  folder: string;
  server: TestServer;
  /** A browser profile of its own: another person, or another device. */
  device(options?: Parameters<Browser['newContext']>[0]): Promise<BrowserContext>;
}

export async function setStage(): Promise<Stage> {
  await using made = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'parley-web-'));
  made.defer(() => rm(folder, { recursive: true, force: true }));
  await buildApp(folder);
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const server = made.use(await testServer({ env: { PORT: `${port}`, PUBLIC_URL: url, WEB_APP: folder } }));
  const browser = await openBrowser();
  made.defer(() => browser.close());
  const kept = made.move();
  return {
    url,
    folder,
    server,
    async device(options) {
      const context = await browser.newContext({ baseURL: url, reducedMotion: 'reduce', ...options });
      context.setDefaultTimeout(20_000);
      return context;
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: CHROMIUM!,
    args: [
      '--no-sandbox',
      '--disable-dev-shm-usage',
      '--disable-gpu',
      // Nor a process that does its work.
      '--disable-software-rasterizer',
      '--in-process-gpu',
    ],
  });

/** As `npm start` does: in a process of its own, since this one is no production. */
async function buildApp(folder: string): Promise<void> {
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  const vite = fileURLToPath(new URL('../node_modules/vite/bin/vite.js', import.meta.url));
  const args = [vite, 'build', '--outDir', folder, '--emptyOutDir', '--logLevel', 'error'];
  await promisify(execFile)(process.execPath, args, { cwd, env: { ...process.env, NODE_ENV: 'production' } });
}

/** Logs in by the page, as people do. */
export async function logIn(
  page: Page,
  { username, password }: { username: string; password: string },
): Promise<void> {
  await page.goto('/');
  await page.getByLabel('Username or e-mail').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('heading', { name: 'Chats' }).waitFor();
}
