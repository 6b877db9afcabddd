import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { step } from './step.mjs';
import { bringPnpm, environment } from './tools.mjs';

/** What Prisma generates: the server's client, and the one of the bench's stock peer. */
const CLIENTS = [
  { config: 'prisma.config.ts', schema: 'prisma/schema', client: 'apps/server/src/database/generated' },
  {
    config: 'apps/server/bench/stock/prisma.config.ts',
    schema: 'apps/server/bench/stock',
    client: 'apps/server/bench/stock/generated',
  },
];

/** Installs the packages and generates Prisma's clients, each only when what it is made from has changed. */
export async function prepare(project, node) {
  const packages = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml'];
  await unlessCurrent(project, packages, 'node_modules/.pnpm', () => install(project, node));

  for (const { config, schema, client } of CLIENTS) {
    const models = readdirSync(join(project, schema)).filter((file) => file.endsWith('.prisma'));
    const sources = ['pnpm-lock.yaml', config, ...models.sort().map((file) => `${schema}/${file}`)];
    await unlessCurrent(project, sources, client, () => generate(project, node, config));
  }
}

/** What the web app is made from. */
const WEB_SOURCES = ['apps/web', 'packages/client', 'packages/contract'];

/** Builds the web app, when it is not there or older than its sources. */
export async function buildWebApp(project, node) {
  const sources = WEB_SOURCES.flatMap((folder) => sourcesIn(project, folder)).sort();
  await unlessCurrent(project, ['pnpm-lock.yaml', ...sources], 'apps/web/dist', () =>
    step('building the web app', node, [join(project, 'apps/web/node_modules/vite/bin/vite.js'), 'build'], {
      cwd: join(project, 'apps/web'),
      env: { ...environment(project, dirname(node)), NODE_ENV: 'production' },
    }),
  );
}

/** The files of a package, but for its tests and what is made of them. */
function sourcesIn(project, folder) {
  return readdirSync(join(project, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isFile()) return [path];
    return entry.isDirectory() && !NO_SOURCES.has(entry.name) ? sourcesIn(project, path) : [];
  });
}

const NO_SOURCES = new Set(['node_modules', 'dist', 'test', 'coverage', '.turbo']);

async function install(project, node) {
  const pnpm = await bringPnpm(project);
  // The pinned pnpm is the one that runs: it need not look for itself, nor ask before it replaces packages.
  const options = ['--frozen-lockfile', '--config.pmOnFail=ignore', '--config.confirmModulesPurge=false'];
  await step('installing packages', join(pnpm, 'pnpm'), ['install', ...options], {
    cwd: project,
    env: environment(project, dirname(node)),
  });
}

async function generate(project, node, config) {
  await step(
    `generating Prisma's client of ${config}`,
    node,
    [join(project, 'node_modules/prisma/build/index.js'), 'generate', '--config', config],
    {
      cwd: project,
      env: {
        ...environment(project, dirname(node)),
        CHECKPOINT_DISABLE: '1',
        PRISMA_HIDE_UPDATE_MESSAGE: '1',
      },
    },
  );
}

/** Makes `result` with `work`, unless it is there and was made from these very files. */
async function unlessCurrent(project, files, result, work) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(file).update(readFileSync(join(project, file)));
  const state = hash.digest('hex');
  const stamp = join(project, 'node_modules', '.parley', `${result.replaceAll('/', '-')}.stamp`);
  const before = existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';
  if (before === state && existsSync(join(project, result))) return;
  rmSync(stamp, { force: true });
  await work();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, state);
}
