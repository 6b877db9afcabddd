import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { step } from './step.mjs';
import { bringPnpm, environment } from './tools.mjs';

/** Installs the packages and generates Prisma's client, each only when what it is made from has changed. */
export async function prepare(project, node) {
  const packages = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml'];
  await unlessCurrent(project, packages, 'node_modules/.pnpm', () => install(project, node));

  const schema = readdirSync(join(project, 'prisma/schema')).map((file) => `prisma/schema/${file}`);
  const generator = ['pnpm-lock.yaml', 'prisma.config.ts', ...schema.sort()];
  const client = 'apps/server/src/database/generated';
  await unlessCurrent(project, generator, client, () => generate(project, node));
}

async function install(project, node) {
  const pnpm = await bringPnpm(project);
  // The pinned pnpm is the one that runs: it need not look for itself, nor ask before it replaces packages.
  const options = ['--frozen-lockfile', '--config.pmOnFail=ignore', '--config.confirmModulesPurge=false'];
  await step('installing packages', join(pnpm, 'pnpm'), ['install', ...options], {
    cwd: project,
    env: environment(project, dirname(node)),
  });
}

async function generate(project, node) {
  await step(
    "generating Prisma's client",
    node,
    [join(project, 'node_modules/prisma/build/index.js'), 'generate'],
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
