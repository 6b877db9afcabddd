import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort } from '../src/free-port.ts';
import { COMPILED } from './compiled.ts';
import { HIGH_LIMITS } from './high-limits.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const SECRET = randomBytes(36).toString('base64url');

/** A server as it is run: a process of its own, at an address that stays the same when it is started again. */
export interface ServerProcess extends AsyncDisposable {
  readonly url: string;
  /** The process that runs now. */
  readonly pid: number;
  /** Ends it as a power cut would, and resolves when it is gone. */
  kill(): Promise<void>;
  /** Starts it again, and resolves when it listens. */
  restart(): Promise<void>;
}

/** `within`: a command that runs what it is given as arguments, and becomes it. */
export async function serverProcess(
  databaseUrl: string,
  variables: Record<string, string> = {},
  within: readonly string[] = [],
): Promise<ServerProcess> {
  const port = await freePort();
  const folder = join(tmpdir(), `parley-files-${randomUUID()}`);
  let child: ChildProcess;

  async function start(): Promise<void> {
    const [program, ...command] = [...within, process.execPath, '--max-semi-space-size=16', MAIN];
    child = spawn(program!, command, {
      env: {
        ...process.env,
        ...COMPILED,
        NODE_ENV: 'production',
        HOST: '127.0.0.1',
        PORT: String(port),
        DATABASE_URL: databaseUrl,
        JWT_SECRETS: SECRET,
        PASSWORD_PEPPER: SECRET,
        APP_SECRET: SECRET,
        BCRYPT_COST: '4',
        REQUIRE_EMAIL_VERIFICATION: 'false',
        // Where nobody takes mail: a test that wants some gives another.
        MAIL: 'smtp',
        MAIL_FROM: 'parley@example.com',
        SMTP_URL: 'smtp://127.0.0.1:9',
        STORAGE_FOLDER: folder,
        LOG_LEVEL: 'error',
        ...HIGH_LIMITS,
        ...variables,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const line of createInterface(child.stdout!)) if (line.includes('listens on')) return;
    throw new Error('the server did not start');
  }

  async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }

  await start();
  return {
    url: `http://127.0.0.1:${port}`,
    get pid() {
      return child.pid!;
    },
    kill: () => end('SIGKILL'),
    restart: start,
    async [Symbol.asyncDispose]() {
      await end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
