import { accessSync, constants, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { step } from './step.mjs';

const NODE = '24.21.0';
const PNPM = '12.21.0';

/** The Node that runs the project: this one if it is new enough, else one from npm's registry. */
export async function bringNode(project) {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 24 || (major === 24 && minor >= 2)) return process.execPath;
  const system = process.platform === 'win32' ? 'win' : process.platform;
  const name = `${system === 'darwin' ? 'node-bin' : 'node'}-${system}-${process.arch}`;
  const folder = await bring(project, `Node ${NODE}`, name, NODE);
  return join(folder, name, 'bin', system === 'win' ? 'node.exe' : 'node');
}

/** The folder of pnpm's own program. Its package holds a placeholder, which only a shell can run. */
export async function bringPnpm(project) {
  const folder = join(await bring(project, `pnpm ${PNPM}`, 'pnpm', PNPM), '@pnpm');
  return join(
    folder,
    readdirSync(folder).find((name) => name.startsWith('exe.')),
  );
}

/** Installs one package of npm's beside the project's own, once. It gets its place when it is complete. */
async function bring(project, title, name, version) {
  const folder = join(project, 'node_modules', '.parley', `${name}-${version}`);
  if (!existsSync(folder)) {
    const unfinished = `${folder}.${process.pid}`;
    mkdirSync(unfinished, { recursive: true });
    const args = [
      'install',
      '--prefix',
      unfinished,
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      `${name}@${version}`,
    ];
    const [command, ...before] = npm();
    try {
      await step(`bringing ${title} from npm`, command, [...before, ...args], {
        cwd: unfinished,
        env: environment(project),
      });
      renameSync(unfinished, folder);
    } finally {
      rmSync(unfinished, { recursive: true, force: true });
    }
  }
  return join(folder, 'node_modules');
}

/** The npm that runs this script, or else the machine's. */
function npm() {
  const running = process.env.npm_execpath;
  if (running && /npm-cli\.c?js$/.test(running)) return [process.execPath, running];
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm'];
}

/**
 * The variables for a package manager. It keeps its cache in the home of whoever runs it: an account without one
 * gets one in the project.
 */
export function environment(project, ...path) {
  const env = { ...process.env, NODE_ENV: 'development', PATH: [...path, process.env.PATH].join(delimiter) };
  if (canWrite(homedir())) return env;
  const home = join(project, 'node_modules', '.parley', 'home');
  mkdirSync(home, { recursive: true });
  return { ...env, HOME: home, npm_config_cache: join(home, '.npm') };
}

function canWrite(folder) {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
