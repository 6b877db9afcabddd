import { defineConfig } from 'tsdown';

const own = ['@parley/contract', '@parley/contract/message-id', '@parley/server'];

/** One file of code and one of types for each subpath. The contract gives one function and the rest types,
 * the server types alone. */
export default defineConfig({
  entry: {
    index: 'src/index.ts',
    'react-native': 'src/react-native.ts',
    // What it has of the client it imports from the package: there is one client, and no file that they share.
    react: 'src/react/index.ts',
    testing: 'src/testing/index.ts',
  },
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
    onlyImport: [/^node:/, '@parley/client', '@trpc/client', '@trpc/server', 'eventsource', 'react'],
  },
  treeshake: { moduleSideEffects: false },
});
