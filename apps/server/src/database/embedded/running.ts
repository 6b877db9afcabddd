import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

/**
 * Answers the URL of a Postgres that runs in this folder for another server. One that nobody has used for two
 * seconds is left over from a server that was killed together with its shell: it is stopped.
 */
export async function settleRunning(folder: string): Promise<string | undefined> {
  let unusedSince = performance.now();
  for (const began = unusedSince; performance.now() - began < 60_000; await delay(50)) {
    const running = findRunning(join(folder, 'data'));
    if (!running) return undefined;
    const url = urlOf(folder, running.port);
    const clients = await countClients(url);
    if (clients) return url;
    if (clients === undefined) unusedSince = performance.now();
    else if (performance.now() - unusedSince > 2_000) process.kill(running.pid, 'SIGINT');
  }
  throw new Error(`the one that runs in ${folder} neither answers nor ends`);
}

/**
 * Reads the lock that a running Postgres keeps. A lock whose process is gone is Postgres's own business; one
 * whose number went to another process would keep it from starting for ever, and is removed.
 */
function findRunning(data: string): { pid: number; port: number } | undefined {
  const file = join(data, 'postmaster.pid');
  const lines = readIfThere(file)?.split('\n');
  if (!lines) return undefined;
  const pid = Number(lines[0]);
  const command = commandOf(pid);
  if (command?.includes(data)) return { pid, port: Number(lines[3]) };
  if (command !== undefined) rmSync(file, { force: true });
  return undefined;
}

/** The command line of a process, empty for one that has ended and was not waited for. */
function commandOf(pid: number): string | undefined {
  if (process.platform === 'linux') return readIfThere(`/proc/${pid}/cmdline`);
  const { status, stdout } = spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  return status === 0 ? stdout : undefined;
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    // ESRCH: a process that ended between the opening and the reading.
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}

/** How many others are connected; undefined while it takes no connections. */
export const countClients = (url: string): Promise<number | undefined> =>
  connected(url, async (client) => {
    const { rows } = await client.query(
      `SELECT count(*)::int AS others FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
    );
    return rows[0].others;
  });

/** Resolves when a connection to it is lost, cannot be had, or is no longer wanted. */
export async function whileConnected(url: string, signal: AbortSignal): Promise<void> {
  await connected(url, (client) => once(client, 'end', { signal }));
}

/** Does something over a connection. Undefined: there was none, or it was lost. */
async function connected<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T | undefined> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return await work(client);
  } catch {
    return undefined;
  } finally {
    await client.end().catch(() => {});
  }
}

/** Where the Postgres of this folder answers, with the password that lies there. */
export const urlOf = (folder: string, port: number): string =>
  `postgresql://parley:${readFileSync(join(folder, 'password'), 'utf8')}@127.0.0.1:${port}/postgres`;
