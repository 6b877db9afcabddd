import type { ChildProcess } from 'node:child_process';
import { createClient, memoryStorage, type Storage } from '@parley/client';

export interface TestServerOptions {
  /** Variables of the server's that differ, such as `{ REQUIRE_EMAIL_VERIFICATION: 'true' }`. */
  env?: Record<string, string>;
  /** A server that runs already: it is used as it is, and not stopped. */
  url?: string;
}

/** Somebody with an account. */
export interface TestPerson {
  id: string;
  username: string;
  password: string;
  /** `createClient(options)` is signed in as this person. All that share them are tabs of one session. */
  options: { url: string; storage: Storage };
}

export interface TestServer extends AsyncDisposable {
  /** Where it is. */
  url: string;
  /** Makes an account. Its username begins with the name, of letters and digits, and is nobody else's. */
  register(name: string): Promise<TestPerson>;
  /** Stops it, and removes all that it kept. */
  stop(): Promise<void>;
}

/**
 * Starts a server for tests, on this machine and with nothing to set up: that of the package `@parley/server`, which has to be
 * installed, on a Postgres of its own that comes with it. To start takes some seconds; one for all tests of a file is enough, since
 * each can have people of its own. Only on Node. Rejects with what the server said, if it does not start.
 */
export async function startTestServer({ env = {}, url }: TestServerOptions = {}): Promise<TestServer> {
  const { url: at, stop } = url === undefined ? await start(env) : { url, stop: async () => {} };
  return { url: at, register: (name) => register(at, name), stop, [Symbol.asyncDispose]: stop };
}

async function register(url: string, name: string): Promise<TestPerson> {
  const { randomUUID } = await import('node:crypto');
  const username = `${name.slice(0, 11).toLowerCase()}_${randomUUID().slice(0, 8)}`;
  const password = randomUUID();
  const storage = memoryStorage();
  const chat = createClient({ url, storage, transport: 'sse', delivered: 'manual' });
  try {
    const user = await chat.register({
      username,
      password,
      email: `${username}@example.com`,
      fullName: name,
    });
    if (!user) throw new Error('This server wants addresses verified first: its people cannot be made so');
    return { id: user.id, username, password, options: { url, storage } };
  } finally {
    await chat.close();
  }
}

async function start(env: Record<string, string>): Promise<Pick<TestServer, 'url' | 'stop'>> {
  const { spawn } = await import('node:child_process');
  const { chmod, mkdtemp, rm } = await import('node:fs/promises');
  const { tmpdir } = await import('node:os');
  const { join } = await import('node:path');
  const main = await findServer();
  const folder = await mkdtemp(join(tmpdir(), 'parley-test-'));
  // Started by root, its Postgres runs as another account.
  await chmod(folder, 0o755);
  const variables = { ...inherited(), ...(await defaults(folder)), ...env };
  const child = spawn(process.execPath, [main], { env: variables, stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  const orphan = () => void child.kill();
  process.once('exit', orphan);
  const stop = async (): Promise<void> => {
    child.kill();
    await exited;
    process.off('exit', orphan);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    return { url: await listening(child), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function findServer(): Promise<string> {
  const { createRequire } = await import('node:module');
  try {
    return createRequire(import.meta.url).resolve('@parley/server/main');
  } catch {
    throw new Error('Install @parley/server as a development dependency, or give the url of a server');
  }
}

/** What any process needs. Whatever else is set here is meant for others. */
function inherited(): Record<string, string> {
  const names = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'SystemRoot', 'NODE_COMPILE_CACHE'];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

async function defaults(folder: string): Promise<Record<string, string>> {
  const port = await freePort();
  const limits = [
    'OPERATIONS',
    'SENDS',
    'STRANGERS',
    'REGISTER',
    'LOGIN',
    'PASSWORDS',
    'FRIEND_REQUESTS',
    'SEARCHES',
  ];
  const more = ['PROFILES', 'USERNAMES', 'REPORTS', 'UPLOADS', 'DOWNLOADS', 'CODES', 'MAILS', 'MAILBOX'];
  return {
    NODE_ENV: 'development',
    HOST: '127.0.0.1',
    PORT: `${port}`,
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    DATA_FOLDER: folder,
    STORAGE_KEEP_FREE_MB: '1',
    WEB_APP: 'off',
    BCRYPT_COST: '4',
    LOG_LEVEL: 'error',
    // A test does in a second what people do in a day.
    MAX_MESSAGES_PER_SECOND: '100000',
    ...Object.fromEntries([...limits, ...more].map((name) => [`LIMIT_${name}`, '1000000/60'])),
  };
}

async function freePort(): Promise<number> {
  const { createServer } = await import('node:net');
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => void server.close(resolve));
  return port;
}

/** Resolves with where it listens, when it does. What it says after that is let go by. */
function listening(child: ChildProcess): Promise<string> {
  let said = '';
  return new Promise((resolve, reject) => {
    const hear = (chunk: unknown): void => {
      said += chunk;
      const url = /listens on (\S+)/.exec(said)?.[1];
      if (url === undefined) return;
      child.stdout!.off('data', hear).resume();
      child.stderr!.off('data', hear).resume();
      resolve(url);
    };
    child.stdout!.on('data', hear);
    child.stderr!.on('data', hear);
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`The server did not start: ${said.trim()}`)));
  });
}
