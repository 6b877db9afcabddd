import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { VARIABLES } from '../src/env.ts';
import { PROJECT_FOLDER } from '../src/project.ts';

const run = (command: string, args: string[], env: Record<string, string> = {}) =>
  spawnSync(command, args, {
    cwd: PROJECT_FOLDER,
    env: { PATH: process.env['PATH'], ...env },
    encoding: 'utf8',
  });

/** What is so in the image, whatever .env says. */
const FIXED = ['NODE_ENV', 'HOST', 'PORT', 'DATABASE_URL', 'DATA_FOLDER', 'STORAGE_FOLDER', 'WEB_APP'];

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

test.skipIf(!compose)('docker-compose gives the server all that .env says', () => {
  const [command, ...args] = compose!;
  const given = VARIABLES.filter((name) => !FIXED.includes(name));
  const env = Object.fromEntries(given.map((name) => [name, `given-${name}`]));
  const { stdout } = run(command!, [...args, 'config'], env);
  expect(given.filter((name) => !stdout.includes(`${name}: given-${name}\n`))).toEqual([]);
});
