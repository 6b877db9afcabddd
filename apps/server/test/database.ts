import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** The Postgres of this run, and the migrated database in it that the others are copies of. */
    postgres: { url: string; template: string };
  }
}

export type TestDatabase = { url: string } & AsyncDisposable;

/** A migrated database of its own for one test, with nothing in it. It is dropped when it is disposed of. */
export const testDatabase = (): Promise<TestDatabase> =>
  createDatabase(`TEMPLATE ${inject('postgres').template}`);

/** A database without even a table. */
export const emptyDatabase = (options = "ENCODING 'UTF8'"): Promise<TestDatabase> =>
  createDatabase(`TEMPLATE template0 ${options}`);

async function createDatabase(options: string): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const { pool, url } = administration();
  await pool.query(`CREATE DATABASE ${name} ${options}`);
  return {
    url: withDatabase(url, name),
    [Symbol.asyncDispose]: async () => void (await pool.query(`DROP DATABASE ${name} WITH (FORCE)`)),
  };
}

let kept: { pool: pg.Pool; url: string } | undefined;

/** The one connection over which this process makes databases and drops them. It ends with the process. */
function administration(): { pool: pg.Pool; url: string } {
  if (kept) return kept;
  const { url } = inject('postgres');
  const pool = new pg.Pool({ connectionString: url, max: 1, idleTimeoutMillis: 0, allowExitOnIdle: true });
  pool.on('error', () => {});
  kept = { pool, url };
  return kept;
}

/** The same server, another database. */
export function withDatabase(url: string, name: string): string {
  const other = new URL(url);
  other.pathname = `/${name}`;
  return other.href;
}

/** Runs one statement, or several, over a connection of its own. */
export async function runSql<Row>(url: string, statement: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows as Row[];
  } finally {
    await client.end();
  }
}
