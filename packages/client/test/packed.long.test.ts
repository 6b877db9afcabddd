import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HERE } from './build.ts';
import { execute, freshFolder, packBoth, trpc } from './packages.ts';

/** A team's own project. */
let project: string;

/** Runs a command there, and gives what it said if it failed. */
const complaints = (command: string, ...args: string[]): Promise<string> =>
  execute(command, args, { cwd: project }).then(
    () => '',
    ({ stdout, stderr, message }: { stdout?: string; stderr?: string; message: string }) =>
      `${stdout}${stderr}` || message,
  );

const COMPILERS = { typescript7: '7.0.2', typescript6: '6.0.3', typescript59: '5.9.3' };

beforeAll(async () => {
  project = await freshFolder();
  const packed = await packBoth(project);
  await cp(join(HERE, 'test/consumer'), project, { recursive: true });
  const dependencies = {
    ...packed,
    ...(await trpc()),
    react: '19.3.1',
    '@types/react': '19.3.0',
    publint: '0.3.22',
    '@arethetypeswrong/cli': '0.18.5',
    ...Object.fromEntries(Object.entries(COMPILERS).map(([name, at]) => [name, `npm:typescript@${at}`])),
  };
  await writeFile(join(project, 'package.json'), JSON.stringify({ type: 'module', dependencies }));
  await execute('npm', ['install', '--no-audit', '--no-fund'], { cwd: project });
}, 300_000);

afterAll(() => rm(project, { recursive: true, force: true }));

test('the package holds what it says, and nothing else', async () => {
  const folder = join(project, 'node_modules/@parley/client');
  const files = (await readdir(folder, { recursive: true })).filter(
    (name) => !name.startsWith('node_modules'),
  );
  const built = ['index', 'react-native', 'react', 'testing'].flatMap((name) => [
    `dist/${name}.d.ts`,
    `dist/${name}.js`,
  ]);
  expect(files.sort()).toEqual(['LICENSE', 'dist', ...built, 'package.json']);
  const { dependencies, exports } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  expect(Object.keys(dependencies)).toEqual(['eventsource']);
  expect(exports['.']).toEqual({ types: './dist/index.d.ts', default: './dist/index.js' });
});

test('publint has nothing to say', async () => {
  for (const name of ['client', 'server'])
    expect(await complaints('npx', 'publint', 'run', '--strict', `node_modules/@parley/${name}`)).toBe('');
});

test('the types are not wrong, of any subpath, for who imports modules', async () => {
  const tarball = (await readdir(project)).find((name) => name.startsWith('parley-client-'))!;
  expect(await complaints('npx', 'attw', tarball, '--profile', 'esm-only')).toBe('');
});

test('it runs on Node as it is', async () => {
  const program = `
    import { createClient } from '@parley/client';
    const chat = createClient({ url: 'http://127.0.0.1:1', transport: 'ws' });
    if (chat.connection.get() !== 'idle') process.exit(1);
    await chat.close();`;
  expect(await complaints(process.execPath, '--input-type=module', '-e', program)).toBe('');
});

test('a team has a server for its tests in one call, from the packages alone', async () => {
  const program = `
    import { createClient } from '@parley/client';
    import { startTestServer } from '@parley/client/testing';
    await using server = await startTestServer();
    const [alice, bob] = [await server.register('alice'), await server.register('bob')];
    const [a, b] = [createClient(alice.options), createClient(bob.options)];
    const heard = new Promise((resolve) => b.on('message.created', ({ message }) => resolve(message.text)));
    a.messages.send({ toUserId: bob.id, text: 'hello' });
    if ((await heard) !== 'hello') process.exit(1);
    await Promise.all([a.close(), b.close()]);`;
  expect(await complaints(process.execPath, '--input-type=module', '-e', program)).toBe('');
});

const options = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true };

test.each(
  Object.keys(COMPILERS).flatMap((compiler) =>
    ['NodeNext', 'Bundler'].map((resolution) => [compiler, resolution]),
  ),
)('%s with %s takes right programs and refuses wrong ones', async (compiler, moduleResolution) => {
  const config = `tsconfig.${compiler}.${moduleResolution}.json`;
  const compilerOptions = {
    ...options,
    target: 'ES2022',
    lib: ['ES2022', 'ESNext.Disposable', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable'],
    types: [],
    module: moduleResolution === 'Bundler' ? 'ESNext' : 'NodeNext',
    moduleResolution,
    noEmit: true,
    skipLibCheck: false,
  };
  await writeFile(
    join(project, config),
    JSON.stringify({ compilerOptions, files: ['right.ts', 'wrong.ts', 'react.ts', 'testing.ts'] }),
  );
  const tsc = join(project, 'node_modules', compiler!, 'bin/tsc');
  expect(await complaints(process.execPath, tsc, '-p', config)).toBe('');
});
