import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../server/src/database/embedded/embedded.ts';
import { ConfigurationError } from '../../server/src/env.ts';

/** The database of one replay. */
export interface Database extends AsyncDisposable {
  url: string;
  /** For the summary: whose Postgres it is. */
  origin: string;
}

/** A database that cannot be used for a replay. */
export class DatabaseError extends Error {}

/**
 * The database at this address, which has to be one without accounts; without an address, a Postgres of the
 * replay's own, whose data go with it.
 */
export async function openDatabase(given: string | undefined): Promise<Database> {
  if (!given) return startOwn();
  await refuseInhabited(given);
  return { url: given, origin: 'the one of DATABASE_URL', [Symbol.asyncDispose]: async () => {} };
}

async function startOwn(): Promise<Database> {
  const parent = temporaryFolder();
  const { url, folder, stop } = await startEmbeddedPostgres(join(parent, 'postgres')).catch(
    (error: unknown) => {
      rmSync(parent, { recursive: true });
      throw error instanceof ConfigurationError ? new DatabaseError(error.message) : error;
    },
  );
  return {
    url,
    origin: 'an embedded Postgres',
    async [Symbol.asyncDispose]() {
      await stop();
      for (const each of [folder, parent]) rmSync(each, { recursive: true, force: true });
    },
  };
}

/** A folder into which the account that runs Postgres can look. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'parley-replay-'));
  chmodSync(folder, 0o755);
  return folder;
}

/** The replay makes hundreds of accounts: nobody wants them in a database that somebody uses. */
async function refuseInhabited(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    const { rows } = await client.query(`SELECT to_regclass('public.users') IS NOT NULL AS migrated`);
    const inhabited = rows[0].migrated && (await client.query('SELECT 1 FROM users LIMIT 1')).rowCount === 1;
    if (inhabited) throw new DatabaseError('expected a database without accounts, and this one has some');
  } catch (error) {
    throw new DatabaseError(`DATABASE_URL: ${(error as Error).message}`);
  } finally {
    await client.end().catch(() => {});
  }
}
