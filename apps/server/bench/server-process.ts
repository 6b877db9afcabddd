import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../src/free-port.ts';

/** A server in a process of its own, listening. Disposing it stops it. */
export interface ServerProcess extends AsyncDisposable {
  pid: number;
  port: number;
}

/** How long a server may take to listen, and to leave. In milliseconds. */
const START_LIMIT = 30_000;
const STOP_LIMIT = 10_000;

/**
 * Runs a program, behind its options, on Node, with a free port in `PORT` and these variables, and waits until it listens. Its log is
 * dropped; what it writes to stderr is shown. It does not outlive this process.
 */
export async function startServer(
  command: readonly string[],
  variablesFor: (port: number) => Record<string, string>,
): Promise<ServerProcess> {
  const port = await freePort();
  const child = spawn(process.execPath, command, {
    env: { ...process.env, ...variablesFor(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  try {
    await listening(child, port);
  } catch (error) {
    kill();
    throw error;
  }
  return { pid: child.pid!, port, [Symbol.asyncDispose]: () => stop(child) };
}

async function listening(child: ChildProcess, port: number): Promise<void> {
  const end = performance.now() + START_LIMIT;
  while (!(await accepts(port))) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error('the server ended while starting');
    if (performance.now() > end) throw new Error(`the server did not listen within ${START_LIMIT / 1000} s`);
    await sleep(50);
  }
}

function accepts(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(port, '127.0.0.1');
  socket.once('connect', () => resolve(true));
  socket.once('error', () => resolve(false));
  return promise.finally(() => socket.destroy());
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT);
  child.kill('SIGTERM');
  await exited;
  clearTimeout(timer);
}
