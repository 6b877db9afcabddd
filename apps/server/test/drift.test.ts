import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import { SchemaEngine } from '@prisma/schema-engine-wasm';
import pg from 'pg';
import { expect, test } from 'vitest';
import { PROJECT_FOLDER } from '../src/project.ts';
import { emptyDatabase, runSql, testDatabase } from './database.ts';

test('the migrations make the database that the schema describes', async () => {
  await using migrated = await testDatabase();
  await using described = await emptyDatabase();
  await runSql(described.url, await sqlOfSchema(described.url));
  expect(await catalogOf(migrated.url)).toEqual(await catalogOf(described.url));
});

test.each([
  'ALTER TABLE users ADD COLUMN age int',
  'ALTER TABLE users ALTER COLUMN email DROP NOT NULL',
  'ALTER TABLE members ALTER COLUMN role DROP DEFAULT',
  'ALTER TABLE messages ALTER COLUMN seq TYPE bigint',
  'DROP INDEX members_user_id_conversation_id_idx',
  'ALTER TABLE sessions DROP CONSTRAINT sessions_user_id_fkey',
  "ALTER TYPE member_role ADD VALUE 'guest'",
])('a drift is seen: %s', async (change) => {
  await using database = await testDatabase();
  const before = await catalogOf(database.url);
  await runSql(database.url, change);
  expect(await catalogOf(database.url)).not.toEqual(before);
});

/** The SQL that Prisma would make this schema with. Its engine asks the database for nothing but its version. */
async function sqlOfSchema(url: string): Promise<string> {
  const folder = join(PROJECT_FOLDER, 'prisma/schema');
  const files = readdirSync(folder).map((path) => ({
    path,
    content: readFileSync(join(folder, path), 'utf8'),
  }));
  const pool = new pg.Pool({ connectionString: url });
  // The adapter's own copy of its tools: it exports none of them.
  const tools = createRequire(createRequire(import.meta.url).resolve('@prisma/adapter-pg'))(
    '@prisma/driver-adapter-utils',
  );
  const adapter = tools.bindMigrationAwareSqlAdapterFactory(new PrismaPg(pool));
  const datamodels = files.map(({ path, content }): [string, string] => [path, content]);
  const engine = await SchemaEngine.new({ datamodels }, () => {}, adapter);
  const { stdout } = await engine.diff({
    from: { tag: 'empty' },
    to: { tag: 'schemaDatamodel', files },
    script: true,
    exitCode: null,
    filters: { externalTables: [], externalEnums: [] },
  });
  await pool.end();
  return stdout!;
}

/** What a database is made of, as far as Prisma's language goes: one line for each part. */
async function catalogOf(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ line: string }>(CATALOG);
  await client.end();
  return rows.map(({ line }) => line);
}

const CATALOG = `
  WITH tables AS (
    SELECT oid, relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND relname <> '_prisma_migrations'
  )
  SELECT concat_ws(' ', 'column', relname, attname, format_type(atttypid, atttypmod),
                   CASE WHEN attnotnull THEN 'not null' END,
                   CASE WHEN attgenerated = '' THEN pg_get_expr(adbin, adrelid) END) AS line
  FROM tables
  JOIN pg_attribute ON attrelid = tables.oid AND attnum > 0 AND NOT attisdropped
  LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
  UNION ALL
  SELECT concat_ws(' ', 'constraint', relname, conname, pg_get_constraintdef(pg_constraint.oid))
  FROM tables JOIN pg_constraint ON conrelid = tables.oid WHERE contype IN ('p', 'u', 'f')
  UNION ALL
  SELECT concat('index ', pg_get_indexdef(indexrelid))
  FROM tables JOIN pg_index ON indrelid = tables.oid WHERE indexprs IS NULL AND indpred IS NULL
  UNION ALL
  SELECT concat_ws(' ', 'enum', typname, string_agg(enumlabel, ' ' ORDER BY enumsortorder))
  FROM pg_type JOIN pg_enum ON enumtypid = pg_type.oid
  WHERE typnamespace = 'public'::regnamespace GROUP BY typname
  ORDER BY line`;
