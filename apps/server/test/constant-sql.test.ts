import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { expect, test } from 'vitest';

const SOURCES = new URL('../src/', import.meta.url).pathname;
/** What Prisma takes as SQL without looking at it, and the first of what it is given. */
const UNSAFE = /(?:\$(?:query|execute)RawUnsafe(?:<[^(]*>)?|Prisma\.raw)\(\s*([^,)]*)/g;

test('S57 what is SQL without being looked at is a constant: whatever comes from outside is a value', async () => {
  const given: string[] = [];
  const problems: string[] = [];
  for await (const path of glob('**/*.ts', { cwd: SOURCES, exclude: (name) => name.endsWith('generated') })) {
    const source = readFileSync(SOURCES + path, 'utf8');
    for (const [, text = ''] of source.matchAll(UNSAFE)) {
      given.push(text);
      const isConstant = /^[A-Z_]+$/.test(text);
      const isOurs = new RegExp(`^(export )?const ${text} =|^import .*\\b${text}\\b`, 'm').test(source);
      if (!isConstant || !isOurs) problems.push(`${path}: ${text}`);
    }
  }
  expect(given.length).toBeGreaterThan(10);
  expect(problems).toEqual([]);
});
