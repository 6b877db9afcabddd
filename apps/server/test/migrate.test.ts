import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { migrate } from '../src/database/migrate.ts';
import { emptyDatabase, runSql, withDatabase } from './database.ts';
import { hasPooler, pooler } from './pooler.ts';

/** A folder of migrations as Prisma keeps them, that a test writes as it goes. */
function migrations(files: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'migrations-'));
  const write = (name: string, sql: string) => {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, 'migration.sql'), sql);
  };
  for (const [name, sql] of Object.entries(files)) write(name, sql);
  writeFileSync(join(folder, 'migration_lock.toml'), 'provider = "postgresql"');
  return { folder, write, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
}

describe('migrate', () => {
  test('applies each migration once, in the order of their names', async () => {
    await using database = await emptyDatabase();
    using files = migrations({ '1_table': 'CREATE TABLE a (n int)', '2_row': 'INSERT INTO a VALUES (1)' });
    expect(await migrate(database.url, files.folder)).toEqual(['1_table', '2_row']);
    files.write('3_row', 'INSERT INTO a VALUES (2)');
    expect(await migrate(database.url, files.folder)).toEqual(['3_row']);
    expect(await migrate(database.url, files.folder)).toEqual([]);
    expect(await runSql(database.url, 'SELECT n FROM a ORDER BY n')).toEqual([{ n: 1 }, { n: 2 }]);
  });

  test('keeps the books that Prisma reads', async () => {
    await using database = await emptyDatabase();
    using files = migrations({ '1_table': 'CREATE TABLE a (n int)' });
    await migrate(database.url, files.folder);
    expect(await runSql(database.url, 'SELECT * FROM _prisma_migrations')).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        // sha256sum of the file
        checksum: '735852939c534ffa1e33bdc1fea8221666a4f7608bee6589f84057f6313ee855',
        migration_name: '1_table',
        started_at: expect.any(Date),
        finished_at: expect.any(Date),
        logs: null,
        rolled_back_at: null,
        applied_steps_count: 1,
      },
    ]);
  });

  test('two nodes that start together apply it once', async () => {
    await using database = await emptyDatabase();
    using files = migrations({ '1_table': 'CREATE TABLE a (n int)', '2_row': 'INSERT INTO a VALUES (1)' });
    const applied = await Promise.all([1, 2, 3].map(() => migrate(database.url, files.folder)));
    expect(applied.flat().sort()).toEqual(['1_table', '2_row']);
  });

  test('one that fails leaves nothing behind but its entry, and is not tried again until that is put right', async () => {
    await using database = await emptyDatabase();
    using files = migrations({ '1_half': 'CREATE TABLE a (n int); INSERT INTO nowhere VALUES (1)' });
    const run = () => migrate(database.url, files.folder);
    await expect(run()).rejects.toThrow(
      /^Database: migration 1_half failed: relation "nowhere" does not exist$/,
    );
    expect(await runSql(database.url, "SELECT to_regclass('a') AS a")).toEqual([{ a: null }]);

    files.write('1_half', 'CREATE TABLE a (n int)');
    const refusal = await run().catch((error: Error) => error.message);
    expect(refusal).toMatch(
      /^Database: migration 1_half failed earlier \(relation "nowhere" does not exist\)/,
    );
    // The line says how: whoever does as it says gets on.
    await runSql(database.url, /run (UPDATE .*)$/.exec(refusal as string)![1]!);
    expect(await run()).toEqual(['1_half']);
  });

  test('one that has changed since it was applied is refused', async () => {
    await using database = await emptyDatabase();
    using files = migrations({ '1_table': 'CREATE TABLE a (n int)' });
    await migrate(database.url, files.folder);
    files.write('1_table', 'CREATE TABLE a (n bigint)');
    files.write('2_more', 'CREATE TABLE b (n int)');
    await expect(migrate(database.url, files.folder)).rejects.toThrow(
      /^Database: migration 1_table has changed since/,
    );
    expect(await runSql(database.url, "SELECT to_regclass('b') AS b")).toEqual([{ b: null }]);
  });

  test('a database that is not in UTF8 is refused', async () => {
    await using database = await emptyDatabase("ENCODING 'SQL_ASCII' LOCALE 'C'");
    await expect(migrate(database.url)).rejects.toThrow(
      'Database: its encoding is SQL_ASCII; it must be UTF8',
    );
  });

  test('what cannot be reached is told in one line, without the password', async () => {
    const url = inject('postgres').url;
    await expect(migrate(withDatabase(url, 'nonesuch'))).rejects.toThrow(
      /^DATABASE_URL: .*"nonesuch" does not exist/,
    );
    await expect(migrate('postgresql://someone:geheim@127.0.0.1:1/x')).rejects.toThrow(
      /^DATABASE_URL: no connection to Postgres at 127.0.0.1:1 \((?!.*geheim).*ECONNREFUSED.*\)$/,
    );
  });

  test.runIf(hasPooler).each([
    ['that says what it does not pass on', '', 'unsupported startup parameter: options'],
    [
      'that keeps it to itself',
      'ignore_startup_parameters = options',
      'it does not pass on what a connection asks for',
    ],
  ])('a connection pooler is refused in one line, one %s', async (_, settings, reason) => {
    await using database = await emptyDatabase();
    await using pooled = await pooler(database.url, settings);
    const { host } = new URL(pooled.url);
    await expect(migrate(pooled.url)).rejects.toThrow(
      `DATABASE_URL: a connection pooler answers at ${host} (${reason}); it has to be Postgres itself`,
    );
  });
});
