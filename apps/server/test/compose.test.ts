import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { PROJECT_FOLDER } from '../src/project.ts';

const run = (command: string, args: string[]) =>
  spawnSync(command, args, { cwd: PROJECT_FOLDER, env: { PATH: process.env['PATH'] }, encoding: 'utf8' });

/** Compose comes as a program of its own, or as a part of Docker's. */
const compose = [['docker-compose'], ['docker', 'compose']].find(
  ([command, ...args]) => run(command!, [...args, 'version']).status === 0,
);

test.skipIf(!compose)('docker-compose accepts the compose file as it is cloned', () => {
  const [command, ...args] = compose!;
  const { status, stdout, stderr } = run(command!, [...args, 'config']);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(stdout).toContain('postgres:18');
});
