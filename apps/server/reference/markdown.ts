import { notation } from '../src/docs/notation.ts';
import {
  entitiesOf,
  errorsOf,
  eventsOf,
  inputOf,
  type OpenApi,
  type Operation,
  operationsOf,
  outputOf,
  type Schema,
} from '../src/docs/openapi.ts';
import { kindOf } from '../src/docs/reference-page.ts';

/** The reference to be read where the code is read. */
export function writeMarkdown(api: OpenApi): string {
  return [
    '# Reference',
    'Every procedure, event, error and type. Written by `npm run reference` from the code, and not by hand.',
    api.info.description,
    'What any procedure may give besides its own errors is `RATE_LIMITED`, `UNSUPPORTED_REQUEST`, `UNAVAILABLE` and `INTERNAL`; with an input, `INVALID_INPUT`; for people with a session, `UNAUTHENTICATED` and, until their address is verified, `EMAIL_NOT_VERIFIED`. How often who may call what stands in [limits.md](limits.md), how files are sent and fetched in [files.md](files.md).',
    contents(api),
    '## Procedures',
    ...operationsOf(api).map(procedure),
    '## Events',
    'By `events.stream`, each with the cursor from which to go on. Those of the stream itself, and those that are true only now, are no facts of the log.',
    ...eventsOf(api).map(section),
    '## Errors',
    ...errorsOf(api).map(section),
    '## Types',
    ...entitiesOf(api).map(section),
  ]
    .join('\n\n')
    .concat('\n');
}

function contents(api: OpenApi): string {
  const byTag = Object.groupBy(operationsOf(api), ({ tags }) => tags[0]!);
  const routers = Object.entries(byTag).map(([tag, operations = []]) => {
    const links = operations.map(({ operationId }) => link(operationId, operationId.slice(tag.length + 1)));
    return `- **${tag}**: ${links.join(', ')}`;
  });
  const events = Object.keys(api['x-events']).map((type) => link(type));
  return [
    ...routers,
    `- **[Events](#events)**: ${events.join(', ')}`,
    '- **[Errors](#errors)**',
    '- **[Types](#types)**',
  ].join('\n');
}

function procedure(operation: Operation): string {
  const input = inputOf(operation);
  const output = outputOf(operation);
  const list = (title: string, names: string[]) =>
    names.length > 0 ? [`${title}: ${names.map((name) => link(name)).join(', ')}.`] : [];
  return [
    `### ${operation.operationId}`,
    `*${kindOf(operation)}*`,
    operation.description,
    ...(input ? ['Takes', code(input)] : []),
    ...(output ? ['Returns', code(output)] : []),
    ...list('Errors of its own', operation['x-errors']),
    ...list('Events', operation['x-events']),
    ...(operation['x-limits'].length > 0 ? [`Counted as ${operation['x-limits'].join(' and ')}.`] : []),
  ].join('\n\n');
}

const section = ([name, schema]: [string, Schema]): string =>
  [`### ${name}`, ...(schema.description ? [schema.description] : []), code(schema)].join('\n\n');

const code = (schema: Schema): string => `\`\`\`ts\n${notation(schema)}\n\`\`\``;

/** A heading's anchor has no dots. */
const link = (name: string, text = name): string =>
  `[${text}](#${name.toLowerCase().replaceAll(/[^\w-]/g, '')})`;
