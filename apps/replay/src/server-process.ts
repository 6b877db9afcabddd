import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** bcrypt's cost for the replay's accounts, of which there are hundreds at once. Usually it is 12. */
export const BCRYPT_COST = 4;

/** A server that ended, or did not start. Its message is what it said of that. */
export class ServerFailed extends Error {}

/** A server in a process of its own, which can be killed and started again. */
export interface ServerProcess extends AsyncDisposable {
  readonly url: string;
  /** Errors in its log, as it wrote them. */
  readonly errors: string[];
  /** Rejects when it ends and nobody asked for that, or when it does not start again. */
  readonly failure: Promise<never>;
  /** Kills it with SIGKILL, as `kill -9` does. Resolves when it is gone. */
  kill(): Promise<void>;
  /** Starts it again, at the same address. Resolves when it listens. */
  restart(): Promise<void>;
}

/** Starts a server on this database. It keeps its secrets in `folder`, so that a restart voids no session. */
export async function startServerProcess(databaseUrl: string, folder: string): Promise<ServerProcess> {
  const errors: string[] = [];
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => {});
  /** The process whose end somebody asked for. */
  let asked: ChildProcess | undefined;

  async function launch(port: string): Promise<{ child: ChildProcess; url: string }> {
    const child = spawn(process.execPath, [MAIN], {
      env: { ...settings(), DATABASE_URL: databaseUrl, DATA_FOLDER: folder, PORT: port },
      // Ctrl-C is for the replay, which ends its server.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    process.once('exit', () => child.kill('SIGKILL'));
    const complaints = text(child.stderr);
    const address = Promise.withResolvers<string>();
    createInterface(child.stdout).on('line', (line) => {
      const [, url] = /^Parley listens on (\S+)$/.exec(line) ?? [];
      if (url !== undefined) address.resolve(url);
      if (line.startsWith('{')) errors.push(line);
    });
    child.once('exit', async (code, signal) => {
      if (child === asked) return;
      const reason = (await complaints).trim();
      const error = new ServerFailed(
        `The server ended by itself (${signal ?? `exit code ${code}`}). ${reason}`,
      );
      failure.reject(error);
      address.reject(error);
    });
    return { child, url: await address.promise };
  }

  let { child, url } = await launch('0');
  async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    asked = child;
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }

  return {
    url,
    errors,
    failure: failure.promise,
    kill: () => end('SIGKILL'),
    async restart() {
      ({ child, url } = await launch(new URL(url).port));
    },
    [Symbol.asyncDispose]: () => end('SIGTERM'),
  };
}

const MAIN = fileURLToPath(new URL('../../server/src/main.ts', import.meta.url));

/** Development, but that everybody comes from one address, and years pass in minutes. Nothing else of the caller's reaches the server. */
const settings = () => ({
  PATH: process.env['PATH'],
  NODE_ENV: 'development',
  HOST: '127.0.0.1',
  BCRYPT_COST: String(BCRYPT_COST),
  MAX_CONNECTIONS_PER_ADDRESS: '10000',
  // Whoever was cut off gets every line, however fast they are said.
  MAX_MISSED_EVENTS: '1000000',
  MAX_MESSAGES_PER_SECOND: '100000',
  LIMIT_OPERATIONS: '10000000/60',
  LIMIT_SENDS: '10000000/60',
  LIMIT_STRANGERS: '100000/60',
  LIMIT_REGISTER: '100000/60',
  LIMIT_LOGIN: '100000/60',
  LOG_LEVEL: 'error',
});
