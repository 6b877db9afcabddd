import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { freePort } from '../src/free-port.ts';

const program = ['redis-server', 'valkey-server'].find(
  (name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0,
);
const given = process.env['REDIS_URL'] || undefined;

/** Whether there is a Redis to count in, and whether it is one that may be killed. */
export const hasRedis = program !== undefined || given !== undefined;
export const hasRedisOfItsOwn = program !== undefined;

/** A Redis for one test: of its own where the machine has its program, else the one of `REDIS_URL`. */
export interface RedisServer extends AsyncDisposable {
  readonly url: string;
  /** Ends it as a power cut would. Only one of its own. */
  kill(): Promise<void>;
  /** Lets it live and answer nothing any more, until `thaw`. */
  freeze(): void;
  thaw(): void;
  /** Starts it again, empty. */
  restart(): Promise<void>;
}

export async function redisServer(): Promise<RedisServer> {
  const port = await freePort();
  let child: ChildProcess | undefined;

  async function restart(): Promise<void> {
    const settings = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    child = spawn(program!, settings, { stdio: ['ignore', 'pipe', 'ignore'] });
    for await (const line of createInterface(child.stdout!))
      if (line.includes('Ready to accept connections')) return void child.stdout!.resume();
    throw new Error('Redis did not start');
  }

  async function kill(): Promise<void> {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  // A test that runs out of time disposes of nothing.
  process.once('exit', () => child?.kill('SIGKILL'));
  if (program !== undefined) await restart();
  return {
    url: program === undefined ? given! : `redis://127.0.0.1:${port}`,
    kill,
    freeze: () => void child!.kill('SIGSTOP'),
    thaw: () => void child!.kill('SIGCONT'),
    restart,
    [Symbol.asyncDispose]: kill,
  };
}
