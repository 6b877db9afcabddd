import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parseAst } from 'vitest/node';
import { memberPlace } from '../src/conversations/members.ts';

const PROJECT = new URL('../../../', import.meta.url).pathname;
const LENGTH = 50_000;

/** What each is tried with: long, alike, and with an end that it does not expect. */
const HOSTILE = [
  'a',
  'A',
  '0',
  '-',
  '_',
  '.',
  ' ',
  '\n',
  ':',
  '@',
  '/',
  'a.',
  'a@',
  '0.',
  'a-',
  ' a',
  '\n ',
  '\u0301',
  '👩‍',
]
  .map((part) => part.repeat(LENGTH / part.length))
  .flatMap((text) => [text, `${text}\0`, `${text}!`, `http://${text}"`]);

test('S63 no regular expression of the code takes long over any text', async () => {
  const all = new Map([[String(memberPlace), memberPlace]]);
  for await (const path of glob('{apps,packages}/*/src/**/*.ts', { cwd: PROJECT, exclude: isGenerated }))
    for (const expression of expressionsOf(readFileSync(PROJECT + path, 'utf8')))
      all.set(String(expression), expression);
  expect(all.size).toBeGreaterThan(50);
  const slow = [...all].filter(([, expression]) => HOSTILE.some((text) => fastest(expression, text) >= 10));
  expect(slow.map(([source]) => source)).toEqual([]);
});

const isGenerated = (path: string): boolean => path.endsWith('generated');

/** The milliseconds of one search, when nothing else takes the processor away. */
function fastest(expression: RegExp, text: string): number {
  let best = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < 3 && best >= 10; tries++) {
    const begun = performance.now();
    text.replace(expression, '');
    best = Math.min(best, performance.now() - begun);
  }
  return best;
}

/** The regular expressions that stand in a source. */
function* expressionsOf(source: string): Iterable<RegExp> {
  const nodes: unknown[] = [parseAst(source, { lang: 'ts' })];
  for (const node of nodes) {
    if (typeof node !== 'object' || node === null) continue;
    if ('regex' in node) {
      const { pattern, flags } = node.regex as { pattern: string; flags: string };
      yield new RegExp(pattern, flags);
    } else nodes.push(...Object.values(node));
  }
}
