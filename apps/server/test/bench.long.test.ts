import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { PROJECT_FOLDER } from '../src/project.ts';

const WORKLOADS = ['w1c', 'w1o:100', 'w2:1000:10', 'w2:200:10', 'w3:200', 'w4'];

test('npm run bench measures every system with every workload', async () => {
  const flags = ['--workloads', WORKLOADS.join(), '--rounds', '1', '--secs', '1', '--warm', '1'];
  const command = ['packages/toolchain/run.mjs', 'bench', ...flags];
  // It fails where one of them does: with an error, or with an event that no workload makes.
  const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: PROJECT_FOLDER });
  for (const workload of WORKLOADS)
    for (const system of ['limit', 'stock', 'parley'])
      expect(stdout).toMatch(new RegExp(`^${workload} ${system}: [1-9]`, 'm'));
});
