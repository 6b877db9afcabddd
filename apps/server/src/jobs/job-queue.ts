import { fromPrisma, type JobResult, type JobWithMetadata, PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import type { App } from '../context.ts';
import type { Database, Tx } from '../database/database.ts';
import { newId } from '../ids.ts';
import { JOB_NAMES, JOBS, type JobName, type Jobs } from './jobs.ts';
import { type JobHandlers, runJob } from './run-job.ts';
import { seal } from './seal.ts';

/** How often a worker asks for jobs that nobody told it of: those of other nodes, and those tried again. */
const POLL_SECONDS = 2;
/** How often jobs are looked for whose node has died, and old ones are deleted; in seconds. */
const SUPERVISE_SECONDS = 30;
const DELETE_SECONDS = 3_600;
/** How often it is looked whether a repeated job is due, in milliseconds. */
const DUE_EVERY = 10 * 60 * 1_000;

/**
 * What is left for later, in Postgres: it survives this process, and each job is run by one node. A job may run
 * again when its node died before it could say that it had run.
 */
export interface JobQueue {
  /**
   * Leaves a job, in the transaction that wants it: it is run once that has committed, or never. `startAfter`: so
   * many seconds later.
   */
  enqueue<Name extends JobName>(
    tx: Tx,
    name: Name,
    data: Jobs[Name],
    options?: { startAfter?: number },
  ): Promise<void>;
  /** Queues the repeated jobs that were not queued in their time yet. A timer calls it; several nodes may. */
  enqueueDue(): Promise<void>;
  /** Begins to run jobs. */
  start(app: App, handlers: JobHandlers): Promise<void>;
  /** Takes no more jobs, and resolves when those under way have ended. */
  close(): Promise<void>;
}

export function createJobQueue(options: { database: Database; key: Buffer; logger: Logger }): JobQueue {
  const { database, key, logger } = options;
  const boss = new PgBoss({
    db: { executeSql: oneByOne((text, values) => database.pool.query(text, values)) },
    // The schema is there already: see install.ts. What is repeated needs no cron: see enqueueDue.
    migrate: false,
    schedule: false,
    superviseIntervalSeconds: SUPERVISE_SECONDS,
    monitorIntervalSeconds: SUPERVISE_SECONDS,
    maintenanceIntervalSeconds: DELETE_SECONDS,
    // Jobs that wait for each other: we have none, and its poll cannot be turned off.
    flowIntervalSeconds: 86_400,
    // Neither pays for a few jobs a second.
    reindex: false,
    monitorVacuum: false,
  });
  boss.on('error', (error) => logger.warn({ err: error }, 'the job queue failed, and goes on'));
  boss.on('warning', ({ message }) => logger.warn({ warning: message }, 'the job queue warns'));

  /** Those at the front have been idle for longest. */
  const workers: Worker[] = [];
  const queued = new WeakMap<Tx, JobName[]>();
  database.onCommit((tx) => {
    for (const name of queued.get(tx) ?? []) wakeOne(name);
  });

  /** One worker for one job: the others would ask for nothing. Where all are busy, each looks again when it is done. */
  function wakeOne(name: JobName): void {
    const at = workers.findIndex((worker) => worker.name === name && !worker.isBusy);
    if (at < 0) return;
    const [worker] = workers.splice(at, 1);
    workers.push(worker!);
    boss.notifyWorker(worker!.id);
  }

  /** One that takes a job at a time, and looks for the next as soon as it is free. */
  async function addWorker(name: JobName, run: (job: JobWithMetadata) => Promise<JobResult>): Promise<void> {
    const taking = {
      includeMetadata: true,
      perJobResults: true,
      pollingIntervalSeconds: POLL_SECONDS,
    } as const;
    const worker: Worker = { name, id: '', isBusy: false };
    worker.id = await boss.work(name, taking, async ([job]: JobWithMetadata[]) => {
      worker.isBusy = true;
      const result = await run(job!);
      worker.isBusy = false;
      boss.notifyWorker(worker.id);
      return [result];
    });
    workers.push(worker);
  }

  async function enqueueDue(): Promise<void> {
    for (const name of JOB_NAMES) {
      const { every } = JOBS[name];
      if (every !== undefined) await boss.send(name, null, { singletonKey: name, singletonSeconds: every });
    }
  }

  let timer: NodeJS.Timeout | undefined;
  return {
    async enqueue(tx, name, data, options = {}) {
      // The one place where SQL is handed to a transaction as text: it is pg-boss's own, and its values are bound.
      await boss.send(
        name,
        { sealed: seal(key, name, data) },
        { ...options, id: newId(), db: fromPrisma(tx) },
      );
      queued.set(tx, [...(queued.get(tx) ?? []), name]);
    },
    enqueueDue,
    async start(app, handlers) {
      await boss.start();
      for (const name of JOB_NAMES) {
        const run = (job: JobWithMetadata) => runJob({ app, handlers, key }, name, job);
        for (let count = 0; count < JOBS[name].workers; count++) await addWorker(name, run);
      }
      timer = setInterval(() => {
        enqueueDue().catch((error: unknown) => logger.warn({ err: error }, 'no repeated job was queued'));
      }, DUE_EVERY).unref();
    },
    async close() {
      clearInterval(timer);
      // pg-boss would ask only twice a second whether they have ended.
      await Promise.all(JOB_NAMES.map((name) => boss.offWork(name)));
      await boss.stop({ graceful: false });
    },
  };
}

/** Takes one job at a time. */
interface Worker {
  name: JobName;
  id: string;
  isBusy: boolean;
}

type Query = (text: string, values?: unknown[]) => Promise<{ rows: unknown[] }>;

/** All workers ask at the same moment: they share one connection of the pool, so that requests find the others free. */
function oneByOne(query: Query): Query {
  let last: Promise<unknown> = Promise.resolve();
  return (text, values) => {
    const next = last.then(() => query(text, values));
    last = next.catch(() => {});
    return next;
  };
}
