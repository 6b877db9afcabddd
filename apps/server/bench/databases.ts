import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../src/database/embedded/embedded.ts';
import { ConfigurationError } from '../src/env.ts';
import { PROJECT_FOLDER } from '../src/project.ts';
import { postmasterOf } from './measure.ts';

/** The Postgres that all systems use, each with a database of its own. */
export interface BenchDatabases extends AsyncDisposable {
  version: string;
  /** Postgres's first process; null if it runs on another machine. */
  pid: number | null;
  /** Makes a database anew. One of this name that was there before is dropped. */
  create(name: string): Promise<BenchDatabase>;
  url(name: string): string;
}

/** A connection. It takes any number of statements in one query. */
export interface BenchDatabase extends AsyncDisposable {
  query(sql: string): Promise<pg.QueryResult>;
}

/** Opens the Postgres at `url`, or starts an embedded one that keeps its data like a real one. */
export async function openDatabases(url: string | undefined): Promise<BenchDatabases> {
  const embedded = url ? null : await startEmbeddedPostgres(join(PROJECT_FOLDER, '.parley/bench'));
  const base = url ?? embedded!.url;
  const urlFor = (name: string): string => Object.assign(new URL(base), { pathname: `/${name}` }).href;
  try {
    await using admin = await connect(base).catch((error: Error) => {
      throw new ConfigurationError(`BENCH_DATABASE_URL: no connection (${error.message || error.name})`);
    });
    const { version, durable, backend } = (await admin.query(SERVER)).rows[0];
    if (!durable)
      throw new ConfigurationError(
        'fsync and synchronous_commit must be on: every message is stored before it is acknowledged',
      );
    return {
      version,
      pid: postmasterOf(backend),
      async create(name) {
        await using client = await connect(base);
        await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
        await client.query(`CREATE DATABASE ${name}`);
        return connect(urlFor(name));
      },
      url: urlFor,
      [Symbol.asyncDispose]: async () => embedded?.stop(),
    };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}

const SERVER = `
  SELECT current_setting('server_version') AS version, pg_backend_pid() AS backend,
    current_setting('fsync') = 'on' AND current_setting('synchronous_commit') <> 'off' AS durable`;

async function connect(url: string): Promise<BenchDatabase> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return { query: (sql) => client.query(sql), [Symbol.asyncDispose]: () => client.end() };
}
