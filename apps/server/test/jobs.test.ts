import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { PgBoss } from 'pg-boss';
import { pino } from 'pino';
import { expect, test, vi } from 'vitest';
import type { App } from '../src/context.ts';
import { connectDatabase, type Database } from '../src/database/database.ts';
import { createJobQueue, type JobQueue } from '../src/jobs/job-queue.ts';
import { JobFailure } from '../src/jobs/jobs.ts';
import type { JobHandler, JobHandlers } from '../src/jobs/run-job.ts';
import { seal, unseal } from '../src/jobs/seal.ts';
import type { QueuedMail } from '../src/mail/queue-mail.ts';
import { runSql, testDatabase } from './database.ts';

const key = randomBytes(32);

const mail = (username: string): QueuedMail => ({
  to: `${username}@example.com`,
  mail: {
    template: 'verify-email',
    username,
    code: '271828',
    link: 'http://localhost:4000/verify-email?token=t0k3n',
  },
});

interface Node extends AsyncDisposable {
  database: Database;
  jobs: JobQueue;
  /** What it has logged, as JSON. */
  logged: string[];
  /** Queues one in a transaction of its own. */
  enqueue(username: string): Promise<void>;
}

/** One node's queue on this database; with a handler it runs jobs too. */
async function node(
  url: string,
  handler?: JobHandler<'mail.send'>,
  options: { key?: Buffer } = {},
): Promise<Node> {
  const logged: string[] = [];
  const logger = pino({ level: 'warn' }, { write: (line: string) => void logged.push(line) });
  const database = connectDatabase(url, 5);
  const jobs = createJobQueue({ database, logger, key, ...options });
  if (handler) await jobs.start({ logger } as App, { 'mail.send': handler } as JobHandlers);
  return {
    database,
    jobs,
    logged,
    enqueue: (username) => database.transaction((tx) => jobs.enqueue(tx, 'mail.send', mail(username))),
    async [Symbol.asyncDispose]() {
      await jobs.close();
      await database.close();
    },
  };
}

interface MailJob {
  id: string;
  state: string;
  retry_count: number;
  output: unknown;
  data: unknown;
  /** Seconds from its last try to the next, and from now to that. */
  delay: number;
  wait: number;
}

/** The mail jobs there are. */
const jobsOf = (url: string) =>
  runSql<MailJob>(
    url,
    `SELECT id, state, retry_count, output, data, extract(epoch FROM start_after - started_on)::float AS delay,
            extract(epoch FROM start_after - clock_timestamp())::float AS wait
     FROM pgboss.job WHERE name = 'mail.send'`,
  );

/** Makes the job's next try due: nobody waits for its time here. */
const hurry = (url: string) => runSql(url, `UPDATE pgboss.job SET start_after = now() WHERE state = 'retry'`);

/** Waits until something is so. */
const until = (condition: () => boolean | Promise<boolean>) =>
  vi.waitFor(async () => expect(await condition()).toBe(true), { timeout: 15_000, interval: 20 });

const inState = (url: string, state: string) =>
  until(async () => (await jobsOf(url)).every((job) => job.state === state));

test('a job is run once its transaction has committed, at once and with what it was told', async () => {
  await using database = await testDatabase();
  const told: QueuedMail[] = [];
  await using alone = await node(database.url, async (_, data) => void told.push(data));
  const { database: db, jobs } = alone;
  let began = 0;
  await db.transaction(async (tx) => {
    await jobs.enqueue(tx, 'mail.send', mail('alice'));
    // As long as the transaction lasts nobody sees it.
    expect(await jobsOf(database.url)).toEqual([]);
    began = performance.now();
  });
  await until(() => told.length > 0);
  // Its node was told of it: the poll alone would take up to two seconds.
  expect(performance.now() - began).toBeLessThan(1_000);
  expect(told).toEqual([mail('alice')]);
  await inState(database.url, 'completed');
});

test('a job whose transaction is rolled back never was', async () => {
  await using database = await testDatabase();
  const told: string[] = [];
  await using alone = await node(database.url, async (_, { to }) => void told.push(to));
  const change = alone.database.transaction(async (tx) => {
    await alone.jobs.enqueue(tx, 'mail.send', mail('alice'));
    throw new Error('changed my mind');
  });
  await expect(change).rejects.toThrow('changed my mind');
  expect(await jobsOf(database.url)).toEqual([]);
  await alone.enqueue('bob');
  await until(() => told.length > 0);
  expect(told).toEqual(['bob@example.com']);
});

test('jobs survive the end of their node', async () => {
  await using database = await testDatabase();
  {
    await using first = await node(database.url);
    await first.enqueue('alice');
  }
  const told: string[] = [];
  await using _second = await node(database.url, async (_, { to }) => void told.push(to));
  await until(() => told.length > 0);
  expect(told).toEqual(['alice@example.com']);
});

test('a job whose node died half-way is run again by another', async () => {
  await using database = await testDatabase();
  await using first = await node(database.url);
  await first.enqueue('alice');
  // A node that takes the job and is never heard of again.
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await using _dead = { [Symbol.asyncDispose]: () => client.end() };
  const boss = new PgBoss({ db: { executeSql: (text, values) => client.query(text, values) } });
  const [taken] = await boss.fetch('mail.send');
  expect(taken).toBeDefined();

  const told: string[] = [];
  await using _second = await node(database.url, async (_, { to }, { id }) => void told.push(`${id} ${to}`));
  await client.query(`UPDATE pgboss.job SET started_on = started_on - interval '1 minute'`);
  await boss.supervise('mail.send');
  expect(await jobsOf(database.url)).toMatchObject([{ state: 'retry', retry_count: 0 }]);
  await hurry(database.url);
  await until(() => told.length > 0);
  // Under the same id: whoever got half of it knows that it is the same.
  expect(told).toEqual([`${taken!.id} alice@example.com`]);
});

test('two nodes run 200 jobs, each once', async () => {
  await using database = await testDatabase();
  const ran: [string, string][] = [];
  const runner =
    (name: string) =>
    async (_: App, { to }: QueuedMail) =>
      void ran.push([name, to]);
  await using first = await node(database.url, runner('first'));
  await using second = await node(database.url, runner('second'));
  const names = Array.from({ length: 200 }, (_, n) => `user${n}`);
  // Not all of them wait for the few connections, or on a busy machine the last would wait too long.
  for (let at = 0; at < names.length; at += 20)
    await Promise.all(names.slice(at, at + 20).map((name, n) => (n % 2 ? first : second).enqueue(name)));
  await until(() => ran.length >= 200);
  await inState(database.url, 'completed');
  expect(ran.map(([, to]) => to).sort()).toEqual(names.map((name) => `${name}@example.com`).sort());
  expect(new Set(ran.map(([name]) => name))).toEqual(new Set(['first', 'second']));
});

test('what fails is tried again, later each time, and under the same id', async () => {
  await using database = await testDatabase();
  const ids: string[] = [];
  await using alone = await node(database.url, async (_, __, { id }) => {
    ids.push(id);
    if (ids.length <= 2) throw new JobFailure('not yet', { isFinal: false });
  });
  await alone.enqueue('alice');
  await inState(database.url, 'retry');
  const [first] = await jobsOf(database.url);
  expect(first!.delay).toBeGreaterThan(0);
  expect(first!.wait).toBeLessThan(2);
  await hurry(database.url);
  await until(() => ids.length === 2);
  await inState(database.url, 'retry');
  const [second] = await jobsOf(database.url);
  expect(second!.delay).toBeGreaterThan(1.5);
  expect(second!.wait).toBeLessThan(4);
  await hurry(database.url);
  await inState(database.url, 'completed');
  expect(new Set(ids).size).toBe(1);
});

test.each([
  ['a handler says so', new JobFailure('refused: 550', { isFinal: true }), 10],
  [
    'its tries are used up',
    Object.assign(new Error('no such user alice@example.com 271828'), { code: 'EOOPS' }),
    0,
  ],
])(
  'a job fails for good when %s: it stays, with a line in the log that has nothing of its content',
  async (_, error, limit) => {
    await using database = await testDatabase();
    await runSql(database.url, `UPDATE pgboss.queue SET retry_limit = ${limit} WHERE name = 'mail.send'`);
    let tries = 0;
    await using alone = await node(database.url, async () => {
      tries++;
      throw error;
    });
    await alone.enqueue('alice');
    await inState(database.url, 'failed');
    await until(() => alone.logged.length > 0);
    expect(tries).toBe(1);
    const reason = error instanceof JobFailure ? error.message : 'Error EOOPS';
    expect(alone.logged.map((line) => JSON.parse(line))).toMatchObject([
      { level: 50, msg: 'a job failed for good', job: 'mail.send', tries: 1, reason },
    ]);
    const kept = JSON.stringify([await jobsOf(database.url), alone.logged]);
    for (const secret of ['alice', '271828', 't0k3n']) expect(kept).not.toContain(secret);
  },
);

test('what a job is told cannot be read in the database, and only its own key and name open it', async () => {
  await using database = await testDatabase();
  await using alone = await node(database.url);
  await alone.enqueue('alice');
  const [job] = await jobsOf(database.url);
  const row = JSON.stringify(await runSql(database.url, 'SELECT j::text FROM pgboss.job j'));
  for (const secret of ['alice', 'example.com', '271828', 't0k3n', 'verify-email'])
    expect(row).not.toContain(secret);
  const { sealed } = job!.data as { sealed: string };
  expect(unseal(key, 'mail.send', sealed)).toEqual(mail('alice'));
  expect(() => unseal(randomBytes(32), 'mail.send', sealed)).toThrow();
  expect(() => unseal(key, 'accounts.clean-up', sealed)).toThrow();
  const changed = Buffer.from(sealed, 'base64');
  changed[40]! ^= 1;
  expect(() => unseal(key, 'mail.send', changed.toString('base64'))).toThrow();
  expect(seal(key, 'mail.send', mail('alice'))).not.toBe(sealed);
});

test('a job that another APP_SECRET has sealed fails for good, and says why', async () => {
  await using database = await testDatabase();
  await using first = await node(database.url);
  await first.enqueue('alice');
  await using second = await node(database.url, async () => {}, { key: randomBytes(32) });
  await inState(database.url, 'failed');
  await until(() => second.logged.length > 0);
  expect(second.logged.join()).toContain('it was not sealed with this APP_SECRET');
});

test('a node that leaves ends what it has begun, and takes nothing more', async () => {
  await using database = await testDatabase();
  const began: string[] = [];
  const { promise: end, resolve: finish } = Promise.withResolvers<void>();
  const leaving = await node(database.url, async (_, { to }) => {
    began.push(to);
    await end;
  });
  await leaving.enqueue('alice');
  await until(() => began.length === 1);
  const closed = leaving.jobs.close();
  await using other = await node(database.url);
  await other.enqueue('bob');
  finish();
  await closed;
  await leaving.database.close();
  expect(began).toEqual(['alice@example.com']);
  expect((await jobsOf(database.url)).map(({ state }) => state).sort()).toEqual(['completed', 'created']);
});

test('a repeated job is queued once in its time, whatever number of nodes asks', async () => {
  await using database = await testDatabase();
  let runs = 0;
  const handlers = { 'accounts.clean-up': async () => void runs++ } as Partial<JobHandlers> as JobHandlers;
  await using first = await node(database.url);
  await using second = await node(database.url);
  await first.jobs.start({} as App, handlers);
  await Promise.all([first.jobs.enqueueDue(), second.jobs.enqueueDue(), first.jobs.enqueueDue()]);
  await until(() => runs > 0);
  await second.jobs.enqueueDue();
  const queued = () =>
    runSql<{ state: string; slot: string }>(
      database.url,
      `SELECT state, singleton_on::text AS slot FROM pgboss.job WHERE name = 'accounts.clean-up'`,
    );
  await until(async () => (await queued()).every(({ state }) => state === 'completed'));
  // One, or two if an hour has just begun.
  const slots = (await queued()).map(({ slot }) => slot);
  expect(new Set(slots).size).toBe(slots.length);
  expect(runs).toBe(slots.length);
});
