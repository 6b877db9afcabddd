// Packs the client as it is published, and installs the app with it. Node and pnpm are in the path: the
// launcher's task sees to that.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const app = import.meta.dirname;
const run = (command, args, cwd) =>
  execFileSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });

const packed = mkdtempSync(join(app, '.packed-'));
try {
  run('pnpm', ['pack', '--pack-destination', packed], join(app, '../../packages/client'));
  run('tar', ['-xzf', readdirSync(packed)[0]], packed);
  rmSync(join(app, '.client'), { recursive: true, force: true });
  renameSync(join(packed, 'package'), join(app, '.client'));
} finally {
  rmSync(packed, { recursive: true, force: true });
}
// Not frozen: where the client's own dependencies are others, the lockfile learns of them. All else stays.
run('pnpm', ['install', '--no-frozen-lockfile', '--config.confirmModulesPurge=false'], app);
