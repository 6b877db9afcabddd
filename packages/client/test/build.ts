import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The package's own folder. */
export const HERE = join(import.meta.dirname, '..');

/** What a build publishes. */
export interface Published {
  code: string;
  types: string;
  /** The same of the hooks, which come by themselves. */
  react: { code: string; types: string };
  /** And of what is for tests. */
  testing: { code: string; types: string };
}

/** Builds the package somewhere else, and reads what came of it. */
export async function build(): Promise<Published> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-client-'));
  try {
    const tsdown = join(HERE, 'node_modules', 'tsdown', 'dist', 'run.mjs');
    await run(process.execPath, [tsdown, '--out-dir', folder, '--logLevel', 'error'], { cwd: HERE });
    const read = (name: string) => readFile(join(folder, name), 'utf8');
    return {
      code: await read('index.js'),
      types: await read('index.d.ts'),
      react: { code: await read('react.js'), types: await read('react.d.ts') },
      testing: { code: await read('testing.js'), types: await read('testing.d.ts') },
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Compiles a project of this package and gives the compiler's complaints. */
export async function compile(project: string): Promise<string> {
  const tsc = join(HERE, '..', '..', 'node_modules', 'typescript', 'bin', 'tsc');
  return run(process.execPath, [tsc, '--noEmit', '-p', project], { cwd: HERE }).then(
    () => '',
    (error: { stdout?: string; message: string }) => error.stdout || error.message,
  );
}
