import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startEmbeddedPostgres } from '../src/database/embedded/embedded.ts';
import { runSql } from './database.ts';
import { postmasterOf } from './postmaster.ts';

/** Runs here, and is stopped whatever the test does. */
async function running(folder?: string) {
  const postgres = await startEmbeddedPostgres(folder);
  return { ...postgres, [Symbol.asyncDispose]: postgres.stop };
}

/** A process that has this folder's Postgres. It is killed at the end, if the test has not done so. */
async function startOwner(folder: string) {
  const script = fileURLToPath(new URL('./embedded-owner.ts', import.meta.url));
  const owner = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const kill = async () => {
    if (owner.kill('SIGKILL')) await once(owner, 'exit');
  };
  const [line] = await once(owner.stdout, 'data');
  return { url: String(line).trim(), kill, [Symbol.asyncDispose]: kill };
}

const toEnd = (folder: string) =>
  vi.waitFor(() => expect(existsSync(join(folder, 'data/postmaster.pid'))).toBe(false), { timeout: 10_000 });

/** The shells that end Postgres with its owner. */
function shellsOf(postmaster: number): number[] {
  /** A process as "name group", or nothing if it has ended since it was listed. */
  const describe = (pid: number) => {
    try {
      const [, name, group] = /\((.*)\) \S+ \d+ (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))!;
      return `${name} ${group}`;
    } catch {
      return '';
    }
  };
  const shell = describe(postmaster).replace('postgres', 'sh');
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && describe(pid) === shell);
}

describe('embedded Postgres with a folder', () => {
  let home: string;
  let folder: string;
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'parley-embedded-'));
    folder = join(home, '.parley/postgres');
    // Under a closed home its data would be elsewhere: this home is open to whomever it runs as.
    chmodSync(home, 0o755);
  });
  afterAll(() => rmSync(home, { recursive: true }));

  let visits = 0;

  /** What every restart has to leave: all that was written before, and room for one more. */
  async function expectEverything(): Promise<void> {
    await using postgres = await running(folder);
    await runSql(postgres.url, 'CREATE TABLE IF NOT EXISTS visits (n int)');
    expect(await runSql(postgres.url, 'SELECT count(*)::int AS visits FROM visits')).toEqual([{ visits }]);
    await runSql(postgres.url, 'INSERT INTO visits VALUES (1)');
    visits++;
  }

  test('keeps its data over a restart', async () => {
    await expectEverything();
    await expectEverything();
  });

  test('is durable, in UTF8, on 127.0.0.1 alone, and asks for a password', async () => {
    await using postgres = await running(folder);
    const { url } = postgres;
    const [settings] = await runSql(
      url,
      `SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit,
              current_setting('server_encoding') AS encoding,
              (SELECT datctype FROM pg_database WHERE datname = current_database()) AS ctype,
              current_setting('listen_addresses') AS addresses, current_setting('unix_socket_directories') AS sockets`,
    );
    expect(settings).toEqual({
      fsync: 'on',
      commit: 'on',
      encoding: 'UTF8',
      ctype: 'C.UTF-8',
      addresses: '127.0.0.1',
      sockets: '',
    });
    const other = new URL(url);
    other.password = 'guessed';
    await expect(runSql(other.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
  });

  test('ends with a process that is killed, and starts again', async () => {
    await using owner = await startOwner(folder);
    await runSql(owner.url, 'INSERT INTO visits VALUES (1)');
    visits++;
    await owner.kill();
    await toEnd(folder);
    await expectEverything();
  });

  test.runIf(process.platform === 'linux')('one that is left over all the same is stopped', async () => {
    await using owner = await startOwner(folder);
    const postmaster = postmasterOf(folder).pid;
    // The younger one first: it would still end Postgres when it sees the other go.
    for (const shell of shellsOf(postmaster).toReversed()) process.kill(shell, 'SIGKILL');
    await owner.kill();
    expect(postmasterOf(folder).pid).toBe(postmaster);
    await using postgres = await running(folder);
    expect(await runSql(postgres.url, 'SELECT count(*)::int AS visits FROM visits')).toEqual([{ visits }]);
    expect(postmasterOf(folder).pid).not.toBe(postmaster);
  });

  test('recovers when it was killed itself', async () => {
    await using owner = await startOwner(folder);
    process.kill(postmasterOf(folder).pid, 'SIGKILL');
    await owner.kill();
    await expectEverything();
  });

  test('a stale lock whose number another process has does not keep it from starting', async () => {
    writeFileSync(join(folder, 'data/postmaster.pid'), `${process.pid}\n${join(folder, 'data')}\n1\n5432\n`);
    await expectEverything();
  });

  test('is shared with a server that uses it', async () => {
    await using owner = await startOwner(folder);
    const user = new pg.Client({ connectionString: owner.url });
    await user.connect();
    const shared = await startEmbeddedPostgres(folder);
    expect(shared.url).toBe(owner.url);
    await shared.stop();
    expect((await user.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await user.end();
    await owner.kill();
    await toEnd(folder);
  });

  /** One runs again, at the same address, and with all of its data. */
  async function expectAnother(than: number, url: string): Promise<void> {
    await vi.waitFor(() => expect(postmasterOf(folder).pid).not.toBe(than), { timeout: 20_000 });
    await vi.waitFor(() => runSql(url, 'SELECT 1'), { timeout: 20_000 });
    expect(await runSql(url, 'SELECT count(*)::int AS visits FROM visits')).toEqual([{ visits }]);
  }

  test('is taken over by who shares it when its server ends', async () => {
    await using owner = await startOwner(folder);
    await using shared = await running(folder);
    const postmaster = postmasterOf(folder).pid;
    await owner.kill();
    await expectAnother(postmaster, shared.url);
  });

  test('is started again each time that it is killed, until it is stopped', async () => {
    const { url, stop } = await startEmbeddedPostgres(folder);
    for (let time = 0; time < 2; time++) {
      const postmaster = postmasterOf(folder).pid;
      process.kill(postmaster, 'SIGKILL');
      await expectAnother(postmaster, url);
    }
    process.kill(postmasterOf(folder).pid, 'SIGKILL');
    await stop();
    await expect(runSql(url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
    await expectEverything();
  });
});

describe('embedded Postgres without a folder', () => {
  test('flushes nothing, and is gone with its data when it stops', async () => {
    const { url, folder, stop } = await startEmbeddedPostgres();
    expect(await runSql(url, 'SHOW fsync')).toEqual([{ fsync: 'off' }]);
    await stop();
    expect(existsSync(folder)).toBe(false);
  });
});
