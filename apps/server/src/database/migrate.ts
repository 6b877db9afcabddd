import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { ConfigurationError } from '../env.ts';
import { installJobs } from '../jobs/install.ts';
import { MIGRATIONS_FOLDER } from '../project.ts';

interface Migration {
  name: string;
  sql: string;
  checksum: string;
}

/**
 * Brings the database at `url` to the newest migration, and answers the names of those it applied. It keeps
 * Prisma's own books under Prisma's own lock, so that `prisma migrate deploy` finds nothing to do and two nodes
 * that start together do not meet. The job queue's schema has books of its own, under the same lock. Throws
 * `ConfigurationError` with one line when the database cannot be used.
 */
export async function migrate(url: string, folder = MIGRATIONS_FOLDER): Promise<string[]> {
  const client = await connect(url);
  try {
    await checkServer(client, url);
    await client.query('SELECT pg_advisory_lock(72707369)');
    await client.query(PRISMA_BOOKS);
    const migrations = await readMigrations(folder);
    const pending = await findPending(client, migrations);
    for (const migration of pending) await apply(client, migration);
    await installJobs(client);
    return pending.map(({ name }) => name);
  } catch (error) {
    if (error instanceof pg.DatabaseError) throw new ConfigurationError(`Database: ${error.message}`);
    throw error;
  } finally {
    await client.end();
  }
}

/** What the connection asks for as it begins: Postgres takes any such name, and no pooler passes it on. */
const OPTIONS = '-c parley.is_direct=yes';
/** The codes with which a pooler says so. */
const POOLER_REFUSES = ['08P01', '0A000'];

/** Postgres as the operator gave it; whatever is wrong with it is told without its password. */
async function connect(url: string): Promise<pg.Client> {
  const connection = { connectionString: url, connectionTimeoutMillis: 10_000, options: OPTIONS };
  const client = new pg.Client(connection);
  // One that dies between two queries fails the next query, which tells of it.
  client.on('error', () => {});
  try {
    await client.connect();
    return client;
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (POOLER_REFUSES.includes(code)) throw poolerAt(client, message);
    throw new ConfigurationError(
      `DATABASE_URL: no connection to Postgres at ${client.host}:${client.port} (${message || code})`,
    );
  }
}

/** Behind a pooler nobody can listen, or hold a lock from one transaction to the next. */
const poolerAt = ({ host, port }: pg.Client, reason: string): ConfigurationError =>
  new ConfigurationError(
    `DATABASE_URL: a connection pooler answers at ${host}:${port} (${reason}); it has to be Postgres itself`,
  );

async function checkServer(client: pg.Client, url: string): Promise<void> {
  const { rows } = await client.query(
    `SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number,
            current_setting('server_encoding') AS encoding, current_setting('parley.is_direct', true) AS "isDirect"`,
  );
  const { version, number, encoding, isDirect } = rows[0];
  // Options of the URL take the place of ours.
  if (isDirect === null && !new URL(url).searchParams.has('options'))
    throw poolerAt(client, 'it does not pass on what a connection asks for');
  if (number < 150_000)
    throw new ConfigurationError(`Database: Postgres ${version} is too old; it takes 15 or newer`);
  if (encoding !== 'UTF8')
    throw new ConfigurationError(`Database: its encoding is ${encoding}; it must be UTF8`);
}

const PRISMA_BOOKS = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id                  varchar(36) PRIMARY KEY NOT NULL,
    checksum            varchar(64) NOT NULL,
    finished_at         timestamptz,
    migration_name      varchar(255) NOT NULL,
    logs                text,
    rolled_back_at      timestamptz,
    started_at          timestamptz NOT NULL DEFAULT now(),
    applied_steps_count integer NOT NULL DEFAULT 0
  )`;

async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(join(folder, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

/** The migrations that this database has not seen. Refuses one that failed or has changed since. */
async function findPending(client: pg.Client, migrations: Migration[]): Promise<Migration[]> {
  const { rows } = await client.query(
    `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished, logs
     FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at`,
  );
  const failed = rows.find((row) => !row.finished);
  if (failed) {
    const reason = failed.logs?.split('\n', 1)[0] ?? 'it was interrupted';
    throw new ConfigurationError(
      `Database: migration ${failed.name} failed earlier (${reason}); when its cause is gone, run ` +
        `UPDATE _prisma_migrations SET rolled_back_at = now() WHERE migration_name = '${failed.name}' AND finished_at IS NULL`,
    );
  }
  const seen = new Map(rows.map((row) => [row.name, row.checksum]));
  const changed = migrations.find(({ name, checksum }) => seen.has(name) && seen.get(name) !== checksum);
  if (changed) {
    throw new ConfigurationError(
      `Database: migration ${changed.name} has changed since it was applied; restore its file and write a new one`,
    );
  }
  return migrations.filter(({ name }) => !seen.has(name));
}

/** One migration and its entry, both or neither: a server that is killed here leaves nothing half done. */
async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  const id = randomUUID();
  try {
    await client.query('BEGIN');
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, applied_steps_count) VALUES ($1, $2, $3, 1)`,
      [id, checksum, name],
    );
    await client.query(sql);
    await client.query('UPDATE _prisma_migrations SET finished_at = clock_timestamp() WHERE id = $1', [id]);
    await client.query('COMMIT');
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    await client.query('ROLLBACK');
    await client.query(
      'INSERT INTO _prisma_migrations (id, checksum, migration_name, logs) VALUES ($1, $2, $3, $4)',
      [id, checksum, name, error.message],
    );
    throw new ConfigurationError(`Database: migration ${name} failed: ${error.message}`);
  }
}
