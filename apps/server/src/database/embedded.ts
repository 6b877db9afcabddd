import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chownSync,
  closeSync,
  existsSync,
  fchownSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ConfigurationError } from '../env.ts';
import { findPlace, type Place } from './embedded-place.ts';
import { countClients, settleRunning, urlOf, whileConnected } from './embedded-running.ts';

export interface EmbeddedPostgres {
  url: string;
  /** Where its data lie: elsewhere than asked for, where Postgres could not have reached them. */
  folder: string;
  stop(): Promise<void>;
}

/** One that answers; `postgres` is its process, where it is ours and not another server's. */
interface Running {
  url: string;
  postgres: ChildProcess | null;
}

/**
 * Starts a Postgres 18 of this project's own. In `folder` its data last, and each commit is on disk before it is
 * answered; when it ends before it was stopped, it is started again at the same address. Without a folder it is for
 * tests: nothing is flushed, and its data go when it stops.
 *
 * It listens on a free port of 127.0.0.1, with a password. It ends with this process, however that ends. One that
 * was left over all the same is stopped first; one that another server uses is shared, and taken over when that
 * server ends.
 */
export async function startEmbeddedPostgres(folder?: string): Promise<EmbeddedPostgres> {
  const temporary = folder === undefined;
  try {
    const place = findPlace(folder ?? join(scratchFolder(), `parley-${randomBytes(6).toString('hex')}`));
    if (!existsSync(place.folder)) makeCluster(place, temporary);
    const running = await start(place, temporary);
    const end = temporary ? () => stop(running) : keepRunning(place, running);
    return { url: running.url, folder: place.folder, stop: end };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError(`Embedded Postgres: ${reason.trim().replaceAll(/(?<!\s)\s*\n\s*/g, ' ')}`);
  }
}

/** In memory, where the machine has 4 GiB of it to spare: each database is some hundred files, and costs a disk 200 ms. */
function scratchFolder(): string {
  const memory = '/dev/shm';
  if (!existsSync(memory)) return tmpdir();
  const { bavail, bsize } = statfsSync(memory);
  return bavail * bsize > 4 * 2 ** 30 ? memory : tmpdir();
}

/** `at`: the port it has to have; without, a free one. */
async function start(place: Place, temporary: boolean, at?: number): Promise<Running> {
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

/** Starts it again whenever it has ended, or the server that had it. Returns what ends that, and then stops it. */
function keepRunning(place: Place, first: Running): () => Promise<void> {
  const stopping = new AbortController();
  const { signal } = stopping;
  const port = Number(new URL(first.url).port);

  async function keep(): Promise<void> {
    let running = first;
    for (;;) {
      await whileConnected(running.url, signal);
      if (signal.aborted) return stop(running);
      // One that lost a backend takes connections again by itself.
      const { url, postgres } = running;
      if (!postgres || !(await becomesReady(url, postgres))) running = await startAgain(running);
    }
  }

  /** As often as it takes: a disk may be full for a while. */
  async function startAgain(running: Running): Promise<Running> {
    while (!signal.aborted) {
      try {
        return await start(place, false, port);
      } catch {
        await delay(1_000, null, { signal }).catch(() => {});
      }
    }
    return running;
  }

  const kept = keep();
  return () => {
    stopping.abort();
    return kept;
  };
}

/** Makes the folder with everything in it, or not at all: it gets its name when it is complete. */
function makeCluster({ folder, binaries, account }: Place, temporary: boolean): void {
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

/** Nothing of the caller's: variables of the PG family would change what Postgres does. */
const ENVIRONMENT = { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' };

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

async function stop({ postgres }: Running): Promise<void> {
  if (!postgres || hasEnded(postgres)) return;
  postgres.stdin?.end();
  await once(postgres, 'exit');
}

/** Waits until it takes connections, which after a crash comes after its recovery. False: it ended instead. */
async function becomesReady(url: string, postgres: ChildProcess): Promise<boolean> {
  while (!hasEnded(postgres)) {
    if ((await countClients(url)) !== undefined) return true;
    await delay(25);
  }
  return false;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';
