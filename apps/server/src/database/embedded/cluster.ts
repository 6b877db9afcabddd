import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Place } from './place.ts';
import { ENVIRONMENT } from './process.ts';

/** Makes the folder with everything in it, or not at all: it gets its name when it is complete. */
export function makeCluster({ folder, binaries, account }: Place, temporary: boolean): void {
  const unfinished = `${folder}.${process.pid}`;
  const password = join(unfinished, 'password');
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true, mode: 0o700 });
  writeFileSync(password, randomBytes(24).toString('hex'), { mode: 0o600 });
  if (account) for (const path of [unfinished, password]) chownSync(path, account.uid, account.gid);
  const args = ['--pgdata', join(unfinished, 'data'), '--username=parley', '--pwfile', password];
  args.push(
    '--encoding=UTF8',
    '--locale=C.UTF-8',
    '--auth=scram-sha-256',
    // The password is random: there is nothing to guess, and each connection would pay for the slowness.
    '--set=scram_iterations=1',
    ...(temporary ? ['--no-sync'] : []),
  );
  const { status, error, stderr } = spawnSync(join(binaries, 'initdb'), args, {
    ...account,
    cwd: unfinished,
    env: ENVIRONMENT,
    encoding: 'utf8',
  });
  try {
    if (status !== 0) throw error ?? new Error(stderr);
    renameSync(unfinished, folder);
  } catch (error) {
    // Of servers that start together one makes it.
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}
