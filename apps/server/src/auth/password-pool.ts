import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ParleyError } from '../error.ts';

/** What a thread is asked for. `secret` is what is left of the password after the pepper. */
export type PasswordJob =
  | { kind: 'hash'; secret: string; cost: number }
  | { kind: 'compare'; secret: string; hash: string };

export interface PasswordPool {
  /** Refuses with `BUSY` when as many jobs wait as may. */
  run(job: PasswordJob): Promise<string | boolean>;
  /** Ends the threads. What runs or waits is refused with `UNAVAILABLE`. */
  close(): Promise<void>;
}

interface Task {
  job: PasswordJob;
  resolve(answer: string | boolean): void;
  reject(reason: unknown): void;
}

/** The worker's file lies beside this one, as source and as bundle. */
const workerUrl = new URL(`./password-worker${extname(import.meta.url)}`, import.meta.url);

/**
 * Threads that do one job at a time, and a queue of at most `queue` jobs before them. A thread starts with the
 * first job that needs it, and keeps the process alive only while it works.
 */
export function createPasswordPool(threads: number, queue: number, secondsPerJob: number): PasswordPool {
  const waiting: Task[] = [];
  const running = new Map<Worker, Task>();
  const idle: Worker[] = [];
  let closed = false;

  function begin(task: Task, worker: Worker): void {
    running.set(worker, task);
    worker.ref();
    worker.postMessage(task.job);
  }

  function finish(worker: Worker): Task | undefined {
    const task = running.get(worker);
    running.delete(worker);
    return task;
  }

  function startThread(): Worker {
    // The thread is handed its jobs and none of the process's secrets.
    const worker = new Worker(workerUrl, { env: {} });
    worker.on('message', (answer) => {
      finish(worker)?.resolve(answer);
      const next = waiting.shift();
      if (next) return begin(next, worker);
      worker.unref();
      idle.push(worker);
    });
    // It counts as running until its exit, so that there are never more than `threads`.
    worker.on('error', (error) => running.get(worker)?.reject(error));
    worker.on('exit', () => {
      finish(worker)?.reject(new ParleyError('UNAVAILABLE'));
      if (idle.includes(worker)) idle.splice(idle.indexOf(worker), 1);
      const next = closed ? undefined : waiting.shift();
      if (next) begin(next, startThread());
    });
    return worker;
  }

  return {
    run: (job) =>
      new Promise((resolve, reject) => {
        const task = { job, resolve, reject };
        if (closed) return reject(new ParleyError('UNAVAILABLE'));
        const worker = idle.pop() ?? (running.size < threads ? startThread() : undefined);
        if (worker) return begin(task, worker);
        if (waiting.length < queue) return void waiting.push(task);
        const retryAfter = Math.max(1, Math.ceil((waiting.length * secondsPerJob) / threads));
        reject(new ParleyError('BUSY', { retryAfter }));
      }),
    async close() {
      closed = true;
      for (const task of waiting.splice(0)) task.reject(new ParleyError('UNAVAILABLE'));
      await Promise.all([...idle, ...running.keys()].map((worker) => worker.terminate()));
    },
  };
}
