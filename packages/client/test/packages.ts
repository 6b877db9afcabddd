import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { HERE } from './build.ts';

export const execute = promisify(execFile);

/** A folder outside the workspace, so that nothing is found there that an application would not have. */
export const freshFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'parley-application-'));

/** Builds client and server as they are published, and gives the files that hold them, as dependencies. */
export async function packBoth(folder: string): Promise<Record<'@parley/client' | '@parley/server', string>> {
  const { packageManager } = JSON.parse(await readFile(join(HERE, '../../package.json'), 'utf8'));
  await execute(process.execPath, ['node_modules/tsdown/dist/run.mjs', '--logLevel', 'error'], { cwd: HERE });
  await execute('npx', ['-y', packageManager, 'pack', '--pack-destination', folder], { cwd: HERE });
  await execute(process.execPath, [join(HERE, '../../apps/server/pack.ts'), folder]);
  const files = await readdir(folder);
  const named = (part: string) => `file:${join(folder, files.find((name) => name.startsWith(part))!)}`;
  return { '@parley/client': named('parley-client-'), '@parley/server': named('parley-server-') };
}

/** tRPC as this workspace has it: the client's peer. */
export async function trpc(): Promise<Record<'@trpc/client' | '@trpc/server', string>> {
  const manifest = await readFile(join(HERE, 'node_modules/@trpc/client/package.json'), 'utf8');
  const { version } = JSON.parse(manifest);
  return { '@trpc/client': version, '@trpc/server': version };
}
