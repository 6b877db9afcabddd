import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const inDocs = (folder: string): string[] =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`);
const pages = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  ...inDocs('docs'),
  ...inDocs('docs/decisions'),
];

test('the map names only places that exist', () => {
  const map = /```\n([\s\S]*?)```/.exec(read('ARCHITECTURE.md'))![1]!;
  const missing: string[] = [];
  let folder = '';
  for (const line of map.trimEnd().split('\n')) {
    const [indent, place] = [line.startsWith('  '), line.trim().split(/\s/)[0]!];
    if (!indent) folder = place;
    const path = indent ? join(folder, place) : place;
    if (!existsSync(join(root, path))) missing.push(path);
  }
  expect(missing).toEqual([]);
});

test.each(pages)('%s: every link and every path of the project that it names exists', (page) => {
  const text = read(page);
  const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link]) =>
    join(dirname(page), link!),
  );
  const paths = [...text.matchAll(/`((?:apps|packages|prisma|docs)\/[\w./-]+)`/g)].map(([, path]) => path!);
  const missing = [...links, ...paths].filter((path) => !existsSync(join(root, path)));
  expect(missing).toEqual([]);
});
