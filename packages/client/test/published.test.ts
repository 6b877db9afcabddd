import { beforeAll, describe, expect, test } from 'vitest';
import { build, compile, HERE, type Published } from './build.ts';

let published: Published;
beforeAll(async () => {
  published = await build();
}, 300_000);

/** Each package that a text imports from. */
const importsOf = (text: string): Set<string> =>
  new Set([...text.matchAll(/(?:from |import |import\()["']([^"']+)["']/g)].map(([, name]) => name!));

const withoutComments = (text: string): string => text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');

test('the types are those of the report: a change of the API is seen', async () => {
  // `npx vitest run --project packages/client published -u` writes the report anew.
  await expect(published.types).toMatchFileSnapshot(`${HERE}/client.api.d.ts`);
  await expect(published.react.types).toMatchFileSnapshot(`${HERE}/react.api.d.ts`);
  await expect(published.testing.types).toMatchFileSnapshot(`${HERE}/testing.api.d.ts`);
});

describe('nothing of the server goes out', () => {
  const DENIED = [
    ...['passwordHash', 'tokenHash', 'Prisma', 'SignedIn', 'Logger', '@parley/', 'zod'],
    ...['node:', 'NodeJS', 'Buffer', 'IncomingMessage', 'process.', 'require('],
  ];

  test.each(DENIED)('not in the types: %s', (text) =>
    expect(withoutComments(published.types)).not.toContain(text),
  );

  test.each([...DENIED, 'window.', 'document.', 'localStorage'])('not in the code: %s', (text) =>
    expect(withoutComments(published.code)).not.toContain(text),
  );

  test('what is for tests finds the server when it is asked to, and has Node in no type', () => {
    expect(importsOf(published.testing.code)).toEqual(
      new Set([
        '@parley/client',
        ...['child_process', 'crypto', 'fs/promises', 'module', 'net', 'os', 'path'].map(
          (name) => `node:${name}`,
        ),
      ]),
    );
    expect(published.testing.code).not.toMatch(/^import .*node:/m);
    expect(importsOf(withoutComments(published.testing.types))).toEqual(new Set(['@parley/client']));
    expect(withoutComments(published.testing.types)).not.toMatch(/NodeJS|Buffer|node:/);
  });

  test('code and types import only what the package depends on', () => {
    expect(importsOf(published.code)).toEqual(
      new Set(['@trpc/client', '@trpc/server/observable', 'eventsource']),
    );
    const trpc = ['@trpc/client', '@trpc/server', '@trpc/server/unstable-core-do-not-import'];
    expect(importsOf(withoutComments(published.types))).toEqual(new Set(trpc));
    for (const text of [published.react.code, withoutComments(published.react.types)])
      expect(importsOf(text)).toEqual(new Set(['@parley/client', 'react']));
  });
});

test('the examples compile as they stand', async () => {
  expect(await compile('examples')).toBe('');
});

test('the core is compiled without DOM and without Node types, for runtimes of 2022', async () => {
  expect(await compile('src')).toBe('');
});
