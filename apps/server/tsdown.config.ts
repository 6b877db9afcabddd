import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'tsdown';

/** tRPC's own source: its published build is lowered for old browsers, and costs twice the time. */
const trpc = join(dirname(fileURLToPath(import.meta.resolve('@trpc/server/package.json'))), 'src');

export default defineConfig({
  entry: { main: 'src/main.ts', 'password-worker': 'src/auth/password-worker.ts' },
  platform: 'node',
  target: 'node24',
  fixedExtension: false,
  alias: { '@trpc/server': trpc },
  // Everything is in the bundle, so that it runs without node_modules; but sharp is no JavaScript.
  deps: { alwaysBundle: [/^(?!sharp$)/], neverBundle: ['sharp'] },
  dts: false,
});
