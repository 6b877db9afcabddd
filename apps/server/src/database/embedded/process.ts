import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fchownSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../free-port.ts';
import type { Place } from './place.ts';
import { countClients, settleRunning, urlOf } from './running.ts';

/** One that answers; `postgres` is its process, where it is ours and not another server's. */
export interface Running {
  url: string;
  postgres: ChildProcess | null;
}

/** Starts the Postgres of a place, or shares one that runs. `at`: the port it has to have; without, a free one. */
export async function start(place: Place, temporary: boolean, at?: number): Promise<Running> {
  const { folder } = place;
  for (let attempt = 1; ; attempt++) {
    const shared = await settleRunning(folder);
    if (shared) return { url: shared, postgres: null };
    const port = at ?? (await freePort());
    const postgres = await launch(place, port, temporary);
    const url = urlOf(folder, port);
    if (await becomesReady(url, postgres)) return { url, postgres };
    if (attempt === 3)
      throw new Error(`it does not start: ${lastLine(readFileSync(join(folder, 'log'), 'utf8'))}`);
  }
}

/** Stops one of ours. */
export async function stop({ postgres }: Running): Promise<void> {
  if (!postgres || hasEnded(postgres)) return;
  postgres.stdin?.end();
  await once(postgres, 'exit');
}

/** Waits until it takes connections, which after a crash comes after its recovery. False: it ended instead. */
export async function becomesReady(url: string, postgres: ChildProcess): Promise<boolean> {
  while (!hasEnded(postgres)) {
    if ((await countClients(url)) !== undefined) return true;
    await delay(25);
  }
  return false;
}

/** Nothing of the caller's: variables of the PG family would change what Postgres does. */
export const ENVIRONMENT = { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' };

/**
 * Runs Postgres until the standard input ends. The kernel closes the pipe when this process ends, by SIGKILL too,
 * so that no Postgres is left over. $1 is a folder to remove afterwards, or empty.
 */
const UNTIL_INPUT_ENDS = `
  remove=$1; shift
  exec 3<&0
  "$@" 3<&- </dev/null &
  postgres=$!
  { read -r line <&3; kill -INT $postgres; } &
  wait $postgres
  kill $! 2>/dev/null
  [ -z "$remove" ] || rm -rf "$remove"`;

async function launch(
  { folder, binaries, account }: Place,
  port: number,
  temporary: boolean,
): Promise<ChildProcess> {
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 200,
    timezone: 'UTC',
    log_checkpoints: 'off',
    ...(temporary && { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  const postgres = [join(binaries, 'postgres'), '-D', join(folder, 'data')];
  for (const [name, value] of Object.entries(settings)) postgres.push('-c', `${name}=${value}`);
  const log = openSync(join(folder, 'log'), 'a', 0o600);
  if (account) fchownSync(log, account.uid, account.gid);
  const child = spawn('/bin/sh', ['-c', UNTIL_INPUT_ENDS, 'sh', temporary ? folder : '', ...postgres], {
    ...account,
    cwd: '/',
    env: ENVIRONMENT,
    // Ctrl-C is for the server, which closes before its database.
    detached: true,
    stdio: ['pipe', log, log],
  });
  closeSync(log);
  if (child.pid === undefined) throw (await once(child, 'error'))[0];
  return child;
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean =>
  exitCode !== null || signalCode !== null;

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';
