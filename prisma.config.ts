import { defineConfig } from 'prisma/config';

// `generate` asks for the native schema engine and never runs it. Naming any file that exists keeps it from
// fetching one, so that it works where only the package registry is reached. `migrate` does need the real one.
if (/^(generate|validate|format)$/.test(process.argv[2] ?? ''))
  process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ??= process.execPath;

export default defineConfig({
  schema: 'prisma/schema',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env['DATABASE_URL'] ?? 'postgresql://localhost/parley' },
});
