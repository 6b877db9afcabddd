import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Apart from the project's own tests: these need the app's packages, and what was made of it. */
export default defineConfig({
  test: {
    name: 'apps/mobile',
    root: import.meta.dirname,
    include: ['test/*.test.ts'],
    globalSetup: join(import.meta.dirname, '../server/test/global-setup.ts'),
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
