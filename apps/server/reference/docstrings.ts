import { globSync, readFileSync } from 'node:fs';
import { PROJECT_FOLDER } from '../src/project.ts';

/** What the sources say of their own names, in the comments right before them. */
export interface Docstrings {
  /** Of a name at the top of a file (`Message`), or of one within it (`Message.seq`, `messagesRouter.send`). */
  of(name: string): string | undefined;
  /** Of an event. Some that stand together share the comment before the first of them. */
  ofEvent(type: string): string | undefined;
  /** What a schema of the contract is called as a type: `message` is a `Message`. */
  typeOf(schema: string): string | undefined;
}

/** Reads them of the routers and of the contract. */
export function readDocstrings(): Docstrings {
  const read = (pattern: string) =>
    globSync(pattern, { cwd: PROJECT_FOLDER })
      .sort()
      .map((path) => readFileSync(`${PROJECT_FOLDER}${path}`, 'utf8'));
  const contract = read('packages/contract/src/*.ts');
  const sources = [...contract, ...read('apps/server/src/*/router.ts')];
  const comments = new Map(sources.flatMap(scan));
  const parts = new Map(contract.flatMap(partsOfTypes));
  const types = new Map(contract.flatMap(typesOfSchemas));
  const events = new Map(contract.flatMap(scanEvents).toReversed());

  /** A field may come from a type that this one is made of. */
  const find = (owner: string, field: string): string | undefined =>
    comments.get(`${owner}.${field}`) ??
    (parts.get(owner) ?? []).map((part) => find(part, field)).find((said) => said !== undefined);

  return {
    of(name) {
      const [owner, field] = name.split('.') as [string, string?];
      return field === undefined ? comments.get(owner) : find(owner, field);
    },
    ofEvent: (type) => events.get(type),
    typeOf: (schema) => types.get(schema),
  };
}

const TOP = /^(?:export )?(?:const|type|interface) (\w+)/;
const WITHIN = /^ {2}'?(\w+)'?\??:/;

/** Each name that has a comment right before it, with what that says. */
export function scan(source: string): [name: string, said: string][] {
  const found: [string, string][] = [];
  let owner = '';
  let comment: string[] | null = null;
  let isOpen = false;
  for (const line of source.split('\n')) {
    const begins = /^\s*\/\*\*/.test(line);
    if (begins) comment = [];
    if (begins || isOpen) {
      comment!.push(line);
      isOpen = !line.includes('*/');
      continue;
    }
    const top = TOP.exec(line)?.[1];
    if (top !== undefined) owner = top;
    const field = WITHIN.exec(line)?.[1];
    const name = top ?? (field === undefined ? undefined : `${owner}.${field}`);
    if (comment && name !== undefined) found.push([name, wordsOf(comment.join('\n'))]);
    comment = null;
  }
  return found;
}

/** The events of the unions in a source: each that is named between a comment and the next. */
export function scanEvents(source: string): [type: string, said: string][] {
  const [, ...pieces] = source.split('/**');
  return pieces.flatMap((piece) => {
    const [comment = '', rest = ''] = piece.split('*/');
    const [members = ''] = rest.split(/;\n\n/);
    return [...members.matchAll(/(?:type: |<)'([a-zA-Z]+(?:\.[\w-]+)?)'/g)].map(
      ([, type]): [string, string] => [type!, wordsOf(comment)],
    );
  });
}

/** `Message` is made of `MessageExtras` and more. */
const partsOfTypes = (source: string): [string, string[]][] =>
  [...source.matchAll(/^export type (\w+) =([^{;]*)/gm)].map(([, name, parts]) => [
    name!,
    parts!.match(/\b[A-Z]\w+/g) ?? [],
  ]);

const typesOfSchemas = (source: string): [string, string][] =>
  [...source.matchAll(/^export const (\w+)\b[^;]*?satisfies z\.ZodType<(\w+)>;/gm)].map(
    ([, schema, type]) => [schema!, type!],
  );

/** The words of a comment, with an empty line between paragraphs. */
const wordsOf = (comment: string): string =>
  comment
    .replace(/^\s*\/\*\*|\*\/\s*$/g, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\*? ?/, '').trim())
    .join('\n')
    .trim()
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.replaceAll('\n', ' '))
    .join('\n\n');
