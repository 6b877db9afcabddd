import { defineConfig } from 'prisma/config';

// `generate` asks for the native schema engine and never runs it, see the project's own prisma.config.ts.
process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ??= process.execPath;

export default defineConfig({ schema: 'schema.prisma' });
