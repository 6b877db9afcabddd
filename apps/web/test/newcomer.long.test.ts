import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startTestServer } from '@parley/client/testing';
import { describe, expect, test } from 'vitest';
import { execute, freshFolder, packBoth, trpc } from '../../../packages/client/test/packages.ts';
import { freePort } from '../../server/src/free-port.ts';
import { CHROMIUM, openBrowser } from './stage.ts';

/** The first program of the README, as it stands there. */
async function firstClient(): Promise<string> {
  const readme = await readFile(join(import.meta.dirname, '../../../README.md'), 'utf8');
  return /## A first client\n\n```ts\n(.*?)```/s.exec(readme)![1]!;
}

describe.skipIf(!CHROMIUM)('in Chromium', () => {
  test('as a new user: a fresh Vite app, the package, ten lines of the README, and a message in the other window', async () => {
    await using made = new AsyncDisposableStack();
    const port = await freePort();
    const origin = `http://localhost:${port}`;
    const server = made.use(await startTestServer({ env: { ALLOWED_ORIGINS: origin } }));
    const folder = await freshFolder();
    made.defer(() => rm(folder, { recursive: true, force: true }));
    const packages = join(folder, 'packages');
    await mkdir(packages);
    const { '@parley/client': client } = await packBoth(packages);
    const at = { cwd: join(folder, 'app') };
    await execute(
      'npm',
      ['create', '-y', 'vite@9.3.0', 'app', '--', '--template', 'vanilla-ts', '--no-interactive'],
      {
        cwd: folder,
      },
    );
    const peers = Object.entries(await trpc()).map(([name, version]) => `${name}@${version}`);
    await execute('npm', ['install', '--no-audit', '--no-fund', client, ...peers], at);
    const program = await firstClient();
    await writeFile(join(at.cwd, 'src/main.ts'), program.replace('http://localhost:4000', server.url));
    await execute('npm', ['run', 'build'], at);

    const vite = spawn(
      process.execPath,
      ['node_modules/vite/bin/vite.js', 'preview', '--port', `${port}`, '--strictPort'],
      {
        ...at,
        stdio: 'ignore',
      },
    );
    made.defer(async () => {
      if (vite.kill()) await once(vite, 'exit');
    });
    await expect
      .poll(
        () =>
          fetch(origin).then(
            ({ ok }) => ok,
            () => false,
          ),
        { timeout: 60_000 },
      )
      .toBe(true);
    const browser = await openBrowser();
    made.defer(() => browser.close());
    const [one, other] = [await browser.newPage(), await browser.newPage()];
    const heard: string[] = [];
    one.on('console', (message) => heard.push(message.text()));
    await one.goto(origin);
    await expect.poll(() => heard.filter((text) => text === 'Hello!')).toHaveLength(1);
    await other.goto(origin);
    await expect.poll(() => heard.filter((text) => text === 'Hello!')).toHaveLength(2);
  });
});
