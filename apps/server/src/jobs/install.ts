import type pg from 'pg';
import { PgBoss } from 'pg-boss';
import { JOB_NAMES, JOBS } from './jobs.ts';

/** Seconds for which a job that has ended is kept, for whoever looks why it failed. */
const KEPT = 86_400;

/** Makes pg-boss's schema, or brings it to this version, and the queues. The caller holds the lock of migrations. */
export async function installJobs(client: pg.Client): Promise<void> {
  const executeSql = (text: string, values?: unknown[]) => client.query(text, values);
  const boss = new PgBoss({ db: { executeSql }, supervise: false, schedule: false });
  const failed = new Promise<never>((_, reject) => boss.on('error', reject));
  await Promise.race([install(boss), failed]);
}

async function install(boss: PgBoss): Promise<void> {
  await boss.start();
  try {
    for (const name of JOB_NAMES) {
      const options = {
        ...JOBS[name].queue,
        retryBackoff: true,
        retryDelayMax: 300,
        deleteAfterSeconds: KEPT,
      };
      await boss.createQueue(name, options);
      await boss.updateQueue(name, options);
    }
  } finally {
    await boss.stop({ graceful: false });
  }
}
