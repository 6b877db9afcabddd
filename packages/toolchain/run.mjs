// What `npm start`, `npm test` and the other commands run, on a machine with Node 20 or newer, npm, and nothing
// else: it brings the right Node and the packages where they are missing, and then runs the task with them.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildWebApp, prepare } from './prepare.mjs';
import { StepFailed } from './step.mjs';
import { bringNode, bringPnpm, environment } from './tools.mjs';

const project = fileURLToPath(new URL('../..', import.meta.url));
const inProject = (path) => join(project, path);

const vitest = [inProject('node_modules/vitest/vitest.mjs'), 'run'];
const tsdown = [inProject('apps/server/node_modules/tsdown/dist/run.mjs'), '--logLevel', 'warn'];
const biome = [inProject('node_modules/@biomejs/biome/bin/biome'), 'check', '.'];
const tsdownOfClient = [inProject('packages/client/node_modules/tsdown/dist/run.mjs'), '--logLevel', 'warn'];
const turbo = [inProject('node_modules/turbo/bin/turbo'), 'run', 'typecheck'];

/** The phone app is no part of the install: it comes with its own packages, and the client as it is published. */
const mobile = inProject('apps/mobile');
const tsc = join(mobile, 'node_modules/typescript/bin/tsc');
const expo = join(mobile, 'node_modules/expo/bin/cli');
const installMobile = [
  { run: tsdownOfClient, cwd: inProject('packages/client') },
  { run: [join(mobile, 'install.mjs')], cwd: mobile },
];

/** Each task is a list of scripts for Node, run one after the other until one fails. */
const TASKS = {
  // As the image runs it (apps/server/Dockerfile).
  start: (args) => [{ run: ['--max-semi-space-size=16', inProject('apps/server/src/main.ts'), ...args] }],
  test: (args) => [{ run: [...vitest, ...args], cwd: project }],
  'test:long': (args) => [{ run: [...vitest, '--mode', 'long', ...args], cwd: project }],
  replay: (args) => [{ run: [inProject('apps/replay/src/main.ts'), ...args] }],
  bench: (args) => [
    { run: tsdown, cwd: inProject('apps/server') },
    { run: [inProject('apps/server/bench/run.ts'), ...args] },
  ],
  reference: () => [{ run: [inProject('apps/server/reference/write.ts')] }],
  check: (args) => [
    { run: [...biome, ...args], cwd: project },
    { run: turbo, cwd: project },
  ],
  mobile: (args) => [...installMobile, { run: [expo, 'start', ...args], cwd: mobile }],
  'mobile:check': (args) => [
    ...installMobile,
    { run: [tsc, '-p', mobile] },
    { run: [tsc, '-p', join(mobile, 'test')] },
    { run: [expo, 'export', '--platform', 'android', '--platform', 'web'], cwd: mobile },
    { run: [...vitest, '--config', join(mobile, 'vitest.config.ts'), ...args], cwd: project },
  ],
};

/** By turbo, and to install the phone app. */
const NEEDS_PNPM = new Set(['check', 'mobile', 'mobile:check']);

async function main([name, ...args]) {
  const task = TASKS[name];
  if (!task)
    throw new StepFailed(`parley: no task ${name ?? ''}; there are ${Object.keys(TASKS).join(', ')}`);
  const node = await bringNode(project);
  await prepare(project, node);
  if (name === 'start' && !process.env.WEB_APP) await buildWebApp(project, node);
  const path = [dirname(node)];
  if (NEEDS_PNPM.has(name)) path.push(await bringPnpm(project));
  const { PATH } = environment(project, ...path);
  for (const { run, cwd } of task(args)) {
    // npm runs this in the project's folder. A file that a caller names lies in the caller's.
    const code = await execute(node, run, cwd ?? process.env.INIT_CWD ?? process.cwd(), {
      ...process.env,
      PATH,
      EXPO_NO_TELEMETRY: '1',
    });
    if (code !== 0) return code;
  }
  return 0;
}

/** Runs a script as if it were this process: its output, its signals and its exit code are this one's. */
function execute(node, args, cwd, env) {
  const child = spawn(node, args, { cwd, env, stdio: 'inherit' });
  const forward = (signal) => child.kill(signal);
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, forward);
  whenOrphaned(() => forward('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      for (const each of signals) process.off(each, forward);
      resolve(code ?? 128 + constants.signals[signal]);
    });
  });
}

/** A killed npm ends the shell between it and this process, and says nothing here. */
function whenOrphaned(act) {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    act();
  }, 250);
  timer.unref();
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof StepFailed)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
