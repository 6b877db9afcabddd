import { defineConfig } from 'tsdown';

const own = ['@parley/contract', '@parley/contract/message-id', '@parley/server'];

/** One file of code and one of types. The contract gives one function and the rest types,
 * the server types alone. */
export default defineConfig({
  entry: 'src/index.ts',
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  // It stands at the root of the workspace, since types are emitted for what lies below their tsconfig.
  tsconfig: '../../tsconfig.publish.json',
  dts: { tsgo: true },
  deps: {
    neverBundle: true,
    alwaysBundle: own,
    onlyBundle: [],
    onlyImport: ['@trpc/client', '@trpc/server', 'superjson'],
  },
  treeshake: { moduleSideEffects: false },
});
