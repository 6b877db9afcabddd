import { randomUUID } from 'node:crypto';
import { PostgreSqlContainer, type StartedPostgreSqlContainer } from '@testcontainers/postgresql';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../src/database/embedded/embedded.ts';
import { migrate } from '../src/database/migrate.ts';
import { runSql, withDatabase } from './database.ts';
import { dockerAnswers } from './docker.ts';

interface Postgres {
  url: string;
  origin: string;
  /** Whether nothing is flushed to a disk. */
  isFleeting: boolean;
  stop(): Promise<void>;
}

/** One Postgres for the whole run, and one migrated database in it: each test copies that, see database.ts. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await findPostgres();
  console.log(`Test databases: ${postgres.origin}`);
  const template = `parley_template_${randomUUID().slice(0, 8)}`;
  await runSql(postgres.url, `CREATE DATABASE ${template} TEMPLATE template0 ENCODING 'UTF8'`);
  await migrate(withDatabase(postgres.url, template));
  // Quicker than by way of the write-ahead log, but each copy is flushed.
  const strategy = postgres.isFleeting ? 'FILE_COPY' : 'WAL_LOG';
  project.provide('postgres', { url: postgres.url, template: `${template} STRATEGY ${strategy}` });
  return async () => {
    await runSql(postgres.url, `DROP DATABASE ${template} WITH (FORCE)`);
    await postgres.stop();
  };
}

async function findPostgres(): Promise<Postgres> {
  const given = process.env['TEST_DATABASE_URL'];
  if (given) {
    const origin = 'the Postgres of TEST_DATABASE_URL';
    return { url: given, origin, isFleeting: false, stop: async () => {} };
  }
  if (await dockerAnswers()) return startContainer();
  const { url, stop } = await startEmbeddedPostgres();
  return { url, origin: 'embedded Postgres', isFleeting: true, stop };
}

/** Nothing has to outlive the run. */
const FLEETING = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=200'];

async function startContainer(): Promise<Postgres> {
  const image = process.env['POSTGRES_IMAGE'] || 'postgres:18';
  const container = await new PostgreSqlContainer(image)
    .withCommand(['postgres', ...FLEETING.flatMap((setting) => ['-c', setting])])
    .withEnvironment({ PGDATA: '/memory/data' })
    .withTmpFs({ '/memory': 'rw' })
    .start();
  return {
    url: await nearest(container),
    origin: `Testcontainers, ${image}`,
    isFleeting: true,
    stop: async () => void (await container.stop()),
  };
}

/** The container itself where this machine reaches it: Docker's proxy takes a tenth of the machine. */
async function nearest(container: StartedPostgreSqlContainer): Promise<string> {
  const mapped = container.getConnectionUri();
  const own = new URL(mapped);
  own.hostname = container.getIpAddress(container.getNetworkNames()[0]!);
  own.port = '5432';
  const client = new pg.Client({ connectionString: own.href, connectionTimeoutMillis: 1_000 });
  return client.connect().then(
    () => client.end().then(() => own.href),
    () => mapped,
  );
}
