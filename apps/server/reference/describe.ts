import { ERROR_STATUS, type ErrorCode, WIRE_VERSION } from '@parley/contract';
import { z } from 'zod';
import {
  errorSchema,
  eventSchema,
  type OpenApi,
  type Operation,
  refTo,
  type Schema,
} from '../src/docs/openapi.ts';
import { apiRecord, appRouter } from '../src/router.ts';
import { isDeclared, type Meta } from '../src/trpc.ts';
import { type Docstrings, readDocstrings } from './docstrings.ts';
import { readErrorData } from './error-data.ts';
import { describeSchemas, EVENTS, type EventKind, eventsOf } from './schemas.ts';

interface Procedure {
  path: string;
  type: Operation['x-kind'];
  meta?: Meta;
  inputs: z.ZodType[];
  output?: unknown;
}

const INTRODUCTION = `Every procedure as a call of plain HTTP: \`POST /api/<procedure>\` with \`Content-Type: application/json\`, the input as the body (\`{}\` where it takes nothing), and \`Authorization: Bearer <accessToken>\` of \`auth.login\`. The answer is the output as plain JSON, or with the error's HTTP status the error: \`code\` is one of a closed list, \`Retry-After\` says when it is worth another try. What is no \`POST\` of JSON reaches no procedure, and neither does a request of a page from an origin that is not allowed: the answer is a status (405, 415, 403) and a line of text.

Whoever writes TypeScript has the same procedures, typed, with \`@parley/client\`, and what happens as events over a socket.`;

/** The whole API, as the code says it is. */
export function describeApi(): OpenApi {
  const docs = readDocstrings();
  const procedures = Object.entries(
    appRouter._def.procedures as unknown as Record<string, { _def: Omit<Procedure, 'path'> }>,
  ).map(([path, { _def }]) => ({ path, ..._def }));
  const { named, inputs, outputs } = describeSchemas(
    {
      inputs: procedures.flatMap(({ path, inputs: [schema] }) => (schema ? { name: path, schema } : [])),
      outputs: procedures.flatMap((procedure) => {
        const schema = schemaOfOutput(procedure);
        return schema ? { name: procedure.path, schema } : [];
      }),
    },
    docs,
  );
  const responses: OpenApi['components']['responses'] = {};
  const operations = procedures.map((procedure) =>
    describe(procedure, {
      docs,
      input: inputs.get(procedure.path),
      output: outputs.get(procedure.path),
      responses,
    }),
  );
  const isCall = ({ 'x-kind': kind }: Operation) => kind !== 'subscription';
  return {
    openapi: '3.1.0',
    info: { title: 'Parley', version: String(WIRE_VERSION), description: INTRODUCTION },
    servers: [{ url: '/' }],
    security: [{ accessToken: [] }],
    tags: Object.keys(apiRecord).map((name) => ({ name, ...saidOf(docs, `${name}Router`) })),
    paths: Object.fromEntries(
      operations.filter(isCall).map((post) => [`/api/${post.operationId}`, { post }]),
    ),
    'x-subscriptions': Object.fromEntries(
      operations
        .filter((operation) => !isCall(operation))
        .map((operation) => [operation.operationId, operation]),
    ),
    'x-events': describeEvents(),
    components: {
      securitySchemes: { accessToken: { type: 'http', scheme: 'bearer' } },
      schemas: { ...named, ...eventsWithWords(named, docs), ...describeErrors(docs) },
      responses: sorted(responses),
    },
  };
}

/** One whose answers Postgres writes names their schema in its parser. */
function schemaOfOutput({ output, type, path }: Procedure): z.ZodType | undefined {
  if (type === 'subscription') return undefined;
  const schema = output instanceof z.ZodType ? output : (output as { schema?: unknown } | undefined)?.schema;
  if (schema instanceof z.ZodType) return schema;
  throw new Error(`${path} does not say what it returns`);
}

function describe(
  { path, type, meta = {}, inputs }: Procedure,
  parts: {
    docs: Docstrings;
    input: Schema | undefined;
    output: Schema | undefined;
    responses: OpenApi['components']['responses'];
  },
): Operation {
  const { docs, input, output, responses } = parts;
  const [router, name] = path.split('.');
  const description = docs.of(`${router}Router.${name}`) ?? '';
  const gives = (code: ErrorCode) => isDeclared({ meta, inputs }, code);
  const isOptional = inputs[0]?.safeParse(undefined).success ?? true;
  return {
    operationId: path,
    tags: [router!],
    summary: description.split(/(?<=[.:;])\s/)[0]!.replace(/[.:;]$/, ''),
    description,
    'x-kind': type,
    'x-errors': [...(meta.errors ?? [])],
    'x-events': [...(meta.events ?? [])],
    'x-limits': [...(meta.limits ?? [])],
    ...(!gives('UNAUTHENTICATED') && { security: [] }),
    requestBody: {
      required: !isOptional,
      content: json(input ?? { type: 'object', properties: {} }),
    },
    responses: {
      ...(output && { 200: { description: 'What it returns', content: json(output) } }),
      ...errorResponses(gives, responses),
    },
  };
}

const json = (schema: Schema) => ({ 'application/json': { schema } });

/** A response for each status, shared by all procedures that have the same errors with it. */
function errorResponses(
  gives: (code: ErrorCode) => boolean,
  responses: OpenApi['components']['responses'],
): Record<string, { $ref: string }> {
  const codes = (Object.keys(ERROR_STATUS) as ErrorCode[]).filter(gives);
  const byStatus = Object.groupBy(codes, (code) => ERROR_STATUS[code]);
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, some]) => {
      const name = some.toSorted().join('.');
      const schemas = some.toSorted().map((code) => refTo(errorSchema(code)));
      const schema = schemas.length === 1 ? schemas[0]! : { oneOf: schemas };
      responses[name] = { description: some.toSorted().join(', '), content: json(schema) };
      return [status, { $ref: `#/components/responses/${name}` }];
    }),
  );
}

function describeErrors(docs: Docstrings): Record<string, Schema> {
  const errors = Object.entries(readErrorData()).map(([code, data]): [string, Schema] => [
    errorSchema(code),
    {
      type: 'object',
      ...saidOf(docs, `ErrorData.${code}`),
      properties: {
        code: { type: 'string', const: code },
        httpStatus: { type: 'integer', const: ERROR_STATUS[code as ErrorCode] },
        ...data.properties,
      },
      required: ['code', 'httpStatus', ...(data.required ?? [])],
    },
  ]);
  const any: Schema = {
    description: 'What every error is: the closed list.',
    oneOf: errors.map(([name]) => refTo(name)),
  };
  return { ...Object.fromEntries(errors), WireError: any };
}

function describeEvents(): OpenApi['x-events'] {
  const kinds = Object.keys(EVENTS) as EventKind[];
  return Object.fromEntries(
    kinds.flatMap((kind) =>
      eventsOf(kind).map(({ type }) => [type, { ...refTo(eventSchema(type)), kind }] as const),
    ),
  );
}

/** The events among the schemas, with what their comments say. */
const eventsWithWords = (named: Record<string, Schema>, docs: Docstrings): Record<string, Schema> =>
  Object.fromEntries(
    Object.keys(describeEvents()).map((type) => {
      const name = eventSchema(type);
      const description = docs.ofEvent(type);
      return [name, { ...named[name], ...(description !== undefined && { description }) }];
    }),
  );

function saidOf(docs: Docstrings, name: string): { description?: string } {
  const description = docs.of(name);
  return description === undefined ? {} : { description };
}

const sorted = <Value>(record: Record<string, Value>): Record<string, Value> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
