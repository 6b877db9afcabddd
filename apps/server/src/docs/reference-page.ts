import { escapeHtml, htmlPage } from '../html.ts';
import { notation } from './notation.ts';
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
} from './openapi.ts';
import { CONSOLE_PATH, OPENAPI_PATH } from './paths.ts';

/** The reference as a page for people: what `docs/reference.md` says, with every name leading to what it means. */
export function referencePage(api: OpenApi): string {
  const code = codeWriter(api);
  const sections = (named: [string, Schema][]) =>
    named.map(([name, schema]) => section(name, schema, code)).join('\n');
  return htmlPage({
    title: 'Parley: reference',
    style: STYLE,
    body: `<h1>Parley: reference</h1>
${words(api.info.description)}
<p><a href="${OPENAPI_PATH}">openapi.json</a>, <a href="${CONSOLE_PATH}">a console to try calls</a></p>
<nav>${contents(api)}</nav>
<h2>Procedures</h2>
${operationsOf(api)
  .map((operation) => procedure(operation, code))
  .join('\n')}
<h2 id="events">Events</h2>
${sections(eventsOf(api))}
<h2 id="errors">Errors</h2>
${sections(errorsOf(api))}
<h2 id="types">Types</h2>
${sections(entitiesOf(api))}`,
  });
}

function contents(api: OpenApi): string {
  const byTag = Object.groupBy(operationsOf(api), ({ tags }) => tags[0]!);
  const routers = Object.entries(byTag).map(([tag, operations = []]) => {
    const links = operations.map(({ operationId }) => link(operationId, operationId.slice(tag.length + 1)));
    return `<li>${escapeHtml(tag)}: ${links.join(', ')}</li>`;
  });
  const rest = ['events', 'errors', 'types'].map((id) => `<li>${link(id)}</li>`);
  return `<ul>${[...routers, ...rest].join('')}</ul>`;
}

function procedure(operation: Operation, code: (schema: Schema) => string): string {
  const input = inputOf(operation);
  const output = outputOf(operation);
  const list = (title: string, names: string[]) =>
    names.length > 0 ? `<p>${title}: ${names.map((name) => link(name)).join(', ')}</p>` : '';
  return `<section id="${operation.operationId}"><h3>${escapeHtml(operation.operationId)}</h3>
<p>${kindOf(operation)}</p>
${words(operation.description)}
${input ? `<h4>Takes</h4>${code(input)}` : ''}
${output ? `<h4>Returns</h4>${code(output)}` : ''}
${list('Errors of its own', operation['x-errors'])}
${list('Events', operation['x-events'])}</section>`;
}

/** What it is, and who may call it. */
export const kindOf = ({ 'x-kind': kind, security }: Operation): string =>
  `${kind[0]!.toUpperCase()}${kind.slice(1)}, for ${security ? 'anybody' : 'people with a session'}.`;

const section = (id: string, schema: Schema, code: (schema: Schema) => string): string =>
  `<section id="${id}"><h3>${escapeHtml(id)}</h3>
${words(schema.description ?? '')}
${code(schema)}</section>`;

const link = (id: string, text = id): string => `<a href="#${id}">${escapeHtml(text)}</a>`;

/** Paragraphs, in which names stand between backticks. */
const words = (text: string): string =>
  text
    .split('\n\n')
    .map((paragraph) => `<p>${escapeHtml(paragraph).replace(/`([^`]*)`/g, '<code>$1</code>')}</p>`)
    .join('\n');

/** Writes schemas, with links to those of the components. */
function codeWriter({ components }: OpenApi): (schema: Schema) => string {
  const isName = (word: string) => !word.includes('.') && Object.hasOwn(components.schemas, word);
  return (schema) => {
    const lines = notation(schema)
      .split('\n')
      .map((line) => {
        const escaped = escapeHtml(line);
        if (escaped.trimStart().startsWith('//')) return `<i>${escaped}</i>`;
        return escaped.replace(/\b[A-Z]\w+/g, (word) => (isName(word) ? link(word) : word));
      });
    return `<pre>${lines.join('\n')}</pre>`;
  };
}

const STYLE = `body { max-width: 860px; margin: 32px auto; padding: 0 16px; font: 16px/1.5 system-ui, sans-serif }
section { margin: 32px 0 }
h3 { margin-bottom: 0 }
h4 { margin: 8px 0 0 }
pre { overflow-x: auto; padding: 8px; background: #8881 }
pre i { opacity: 0.7 }
code, pre { font: 14px/1.5 ui-monospace, monospace }`;
