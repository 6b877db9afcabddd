import { readFileSync } from 'node:fs';
import type { ErrorCode } from '@parley/contract';
import type { Schema } from '../src/docs/openapi.ts';
import { PROJECT_FOLDER } from '../src/project.ts';

/**
 * What each error carries, as JSON Schema. The contract has it as TypeScript alone, of which these types use so little that
 * it is read here: anything else is refused.
 */
export function readErrorData(): Record<ErrorCode, Schema> {
  const source = readFileSync(`${PROJECT_FOLDER}packages/contract/src/errors.ts`, 'utf8');
  const [, body = ''] = /export interface ErrorData (\{[\s\S]*?\n\})/.exec(source) ?? [];
  const { properties } = schemaOf(body.replaceAll(/\/\*\*[\s\S]*?\*\//g, ''));
  return properties as Record<ErrorCode, Schema>;
}

const TOKEN = /\s*(\[\]|[{}:;|?]|\w+|'[^']*')/y;

/** The schema of a type: objects, arrays of them, texts, numbers, and unions. */
export function schemaOf(type: string): Schema {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let token = TOKEN.exec(type); token; token = TOKEN.exec(type)) tokens.push(token[1]!);
  const take = (): string => tokens.shift() ?? '';
  const takeIf = (token: string): boolean => tokens[0] === token && take() === token;

  function union(): Schema {
    takeIf('|');
    const forms = [one()];
    while (takeIf('|')) forms.push(one());
    if (forms.length === 1) return forms[0]!;
    if (forms.every((form) => 'const' in form))
      return { type: 'string', enum: forms.map((form) => form.const) };
    return { anyOf: forms };
  }

  function one(): Schema {
    let schema = simple(take());
    while (takeIf('[]')) schema = { type: 'array', items: schema };
    return schema;
  }

  function simple(token: string): Schema {
    if (token === '{') return object();
    if (token.startsWith("'")) return { type: 'string', const: token.slice(1, -1) };
    if (token === 'object') return { type: 'object', properties: {}, required: [] };
    if (['string', 'number', 'boolean', 'null'].includes(token)) return { type: token };
    throw new Error(`an error's data has a type that is not read here: ${token}`);
  }

  function object(): Schema {
    const properties: Record<string, Schema> = {};
    const required: string[] = [];
    while (!takeIf('}')) {
      const name = take();
      if (!takeIf('?')) required.push(name);
      if (!takeIf(':')) throw new Error(`an error's data cannot be read at ${name}`);
      properties[name] = union();
      takeIf(';');
    }
    return { type: 'object', properties, required };
  }

  return union();
}
