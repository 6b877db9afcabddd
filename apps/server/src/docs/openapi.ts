import { readFileSync } from 'node:fs';
import { PROJECT_FOLDER } from '../project.ts';

/** Where the description of the API lies: written by `npm run reference`, kept in git, and a part of the image. */
export const OPENAPI_FILE = `${PROJECT_FOLDER}docs/openapi.json`;

/** As much of JSON Schema as our inputs, outputs and events make use of. */
export interface Schema {
  $ref?: string;
  description?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  default?: unknown;
  format?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  items?: Schema;
  prefixItems?: Schema[];
  minItems?: number;
  maxItems?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
}

interface Content {
  'application/json': { schema: Schema };
}

/** One procedure. */
export interface Operation {
  operationId: string;
  tags: string[];
  summary: string;
  description: string;
  /** Empty: anybody may call it. Not there: whoever has a session. */
  security?: [];
  requestBody?: { required: boolean; content: Content };
  responses: Record<string, { $ref: string } | { description: string; content: Content }>;
  'x-kind': 'query' | 'mutation' | 'subscription';
  /** Beyond those that others of its kind give, too. */
  'x-errors': string[];
  'x-events': string[];
  'x-limits': string[];
}

/** OpenAPI 3.1, with what it has no place for under names of our own. */
export interface OpenApi {
  openapi: '3.1.0';
  /** `version` is that of the wire. */
  info: { title: string; version: string; description: string };
  servers: { url: string }[];
  security: Record<string, string[]>[];
  tags: { name: string; description?: string }[];
  paths: Record<string, { post: Operation }>;
  /** Over a socket or as server-sent events: see docs/life-of-a-message.md. */
  'x-subscriptions': Record<string, Operation>;
  /** What the subscription tells of, by type. `log`: a fact that is kept. `now`: true only now. `stream`: about itself. */
  'x-events': Record<string, { $ref: string; kind: 'log' | 'now' | 'stream' }>;
  components: {
    securitySchemes: Record<string, object>;
    schemas: Record<string, Schema>;
    responses: Record<string, { description: string; content: Content }>;
  };
}

export const readOpenApi = (): OpenApi => JSON.parse(readFileSync(OPENAPI_FILE, 'utf8')) as OpenApi;

const SCHEMAS = '#/components/schemas/';

/** A schema of the components by its name, and the name of one that is meant. */
export const refTo = (name: string): { $ref: string } => ({ $ref: `${SCHEMAS}${name}` });
export const nameOf = (ref: string): string => ref.slice(SCHEMAS.length);

/** How errors and events are called among the schemas. */
export const errorSchema = (code: string): string => `Error.${code}`;
export const eventSchema = (type: string): string => `Event.${type}`;

/** All procedures, those that OpenAPI has no paths for included. */
export const operationsOf = (api: OpenApi): Operation[] => [
  ...Object.values(api.paths).map(({ post }) => post),
  ...Object.values(api['x-subscriptions']),
];

/** What the subscription tells of, by type; the errors, by code; and what both are made of, by name. */
export const eventsOf = (api: OpenApi): [string, Schema][] =>
  Object.keys(api['x-events']).map((type) => [type, api.components.schemas[eventSchema(type)]!]);
export const errorsOf = ({ components }: OpenApi): [string, Schema][] =>
  Object.entries(components.schemas)
    .filter(([name]) => name.startsWith(errorSchema('')))
    .map(([name, schema]) => [name.slice(errorSchema('').length), schema]);
export const entitiesOf = ({ components }: OpenApi): [string, Schema][] =>
  Object.entries(components.schemas).filter(([name]) => !name.includes('.'));

/** What it takes; undefined: nothing. */
export const inputOf = ({ requestBody }: Operation): Schema | undefined =>
  requestBody?.required ? requestBody.content['application/json'].schema : undefined;

/** What it returns. A subscription has items instead. */
export function outputOf({ responses }: Operation): Schema | undefined {
  const answer = responses['200'];
  return answer && 'content' in answer ? answer.content['application/json'].schema : undefined;
}
