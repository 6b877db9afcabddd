import { nameOf, type Schema } from './openapi.ts';

/** A schema as people read one: TypeScript's way to write types, with what it cannot say in comments. */
export function notation(schema: Schema, indent = ''): string {
  const forms = schema.anyOf ?? schema.oneOf;
  if (schema.$ref !== undefined) return nameOf(schema.$ref);
  if (forms) return [...new Set(forms.map((form) => notation(form, indent)))].join(' | ');
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.type === 'array') return arrayOf(schema, indent);
  if (schema.type === 'object') return objectOf(schema, indent);
  if (Array.isArray(schema.type)) return schema.type.join(' | ');
  return schema.type ?? 'unknown';
}

function arrayOf({ items, prefixItems }: Schema, indent: string): string {
  if (prefixItems) return `[${prefixItems.map((item) => notation(item, indent)).join(', ')}]`;
  const item = notation(items ?? {}, indent);
  const isUnion = [items?.anyOf, items?.oneOf, items?.enum].some((forms) => (forms?.length ?? 0) > 1);
  return isUnion || Array.isArray(items?.type) ? `(${item})[]` : `${item}[]`;
}

function objectOf({ properties = {}, required = [], additionalProperties }: Schema, indent: string): string {
  const inner = `${indent}  `;
  const lines = Object.entries(properties).map(([name, schema]) => {
    const mark = required.includes(name) ? '' : '?';
    const note = noteOf(schema);
    const said = (schema.description ?? '').split(/\n+/).map((line) => `${inner}// ${line}\n`);
    const type = `${name}${mark}: ${notation(schema, inner)}`;
    return `${schema.description ? said.join('') : ''}${inner}${type}${note ? ` // ${note}` : ''}`;
  });
  if (typeof additionalProperties === 'object')
    lines.push(`${inner}[name: string]: ${notation(additionalProperties, inner)}`);
  return lines.length > 0 ? `{\n${lines.join('\n')}\n${indent}}` : '{}';
}

/** What a type cannot say: how long, how large, of what form, and what counts where nothing is given. */
function noteOf(schema: Schema): string {
  const { minLength, maxLength, minItems, maxItems, format, pattern } = schema;
  return [
    range(minLength, maxLength, 'characters'),
    range(minItems ?? (maxItems === undefined ? undefined : 0), maxItems, 'of them'),
    range(minimumOf(schema), maximumOf(schema), ''),
    format ?? (pattern === undefined ? '' : `matches ${pattern}`),
    schema.default === undefined ? '' : `${JSON.stringify(schema.default)} where it is left out`,
  ]
    .filter((part) => part !== '')
    .join('; ');
}

/** That a number is one that JavaScript can count with goes without saying. */
const minimumOf = ({ minimum }: Schema) => (minimum === Number.MIN_SAFE_INTEGER ? undefined : minimum);
const maximumOf = ({ maximum }: Schema) => (maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum);

function range(from: number | undefined, to: number | undefined, what: string): string {
  if (from === undefined && to === undefined) return '';
  const numbers =
    to === undefined ? `at least ${from}` : from === undefined ? `at most ${to}` : `${from} to ${to}`;
  return `${numbers} ${what}`.trim();
}
