import { join } from 'node:path';
import { build } from 'tsdown';
import { HERE } from './build.ts';

type Bundles = Awaited<ReturnType<typeof build>>;
type Chunk = Extract<Bundles[number]['chunks'][number], { type: 'chunk' }>;

/** What an application's bundler makes of the client and all that it depends on: the entry, and what is loaded later. */
export async function bundle(format: 'esm' | 'iife'): Promise<{ entry: Chunk; later: Chunk[] }> {
  const [bundled] = await build({
    entry: { application: join(HERE, 'test/application.ts') },
    cwd: HERE,
    config: false,
    format,
    ...(format === 'iife' && { globalName: 'application' }),
    deps: { alwaysBundle: [/./], ...(format === 'iife' && { neverBundle: ['eventsource'] }) },
    platform: 'browser',
    target: 'es2022',
    minify: true,
    dts: false,
    write: false,
    logLevel: 'error',
  });
  const chunks = bundled!.chunks.filter((chunk) => chunk.type === 'chunk');
  return { entry: chunks.find(({ isEntry }) => isEntry)!, later: chunks.filter(({ isEntry }) => !isEntry) };
}
