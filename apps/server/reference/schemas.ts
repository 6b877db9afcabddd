import * as contract from '@parley/contract';
import { z } from 'zod';
import { eventSchema, refTo, type Schema } from '../src/docs/openapi.ts';
import type { Docstrings } from './docstrings.ts';

/** What the subscription tells of, by its kind. */
export const EVENTS = {
  log: contract.chatEvent,
  now: contract.ephemeralEvent,
  stream: contract.streamNotice,
} as const;
export type EventKind = keyof typeof EVENTS;

export const eventsOf = (kind: EventKind): { type: string; schema: z.ZodType }[] =>
  EVENTS[kind].options.map((schema: z.ZodObject<{ type: z.ZodLiteral<string> }>) => ({
    type: schema.shape.type.value,
    schema,
  }));

/** A schema under a name that no other has. */
export type Described = { name: string; schema: z.ZodType };

/**
 * The entities of the contract and each event by name, and what procedures take and give besides, in which those are named
 * and not written out. What is taken and what is given may differ (`default`): an entity that is used for both is to be the
 * same in both.
 */
export function describeSchemas(
  procedures: { inputs: Described[]; outputs: Described[] },
  docs: Docstrings,
): { named: Record<string, Schema>; inputs: Map<string, Schema>; outputs: Map<string, Schema> } {
  const entities = entitiesOf(docs);
  const registry = z.registry<{ id: string }>();
  for (const { name, schema } of entities) registry.add(schema, { id: name });
  const describe = (described: Described[], io: Io) =>
    new Map(described.map(({ name, schema }) => [name, describeOne(schema, registry, io)]));

  const named = describeEntities(registry, 'output');
  const taken = describeEntities(registry, 'input');
  const inputs = describe(procedures.inputs, 'input');
  for (const name of namesIn([...inputs.values()], taken))
    if (JSON.stringify(taken[name]) !== JSON.stringify(named[name]))
      throw new Error(`${name} is not the same when it is taken and when it is given`);
  for (const [name, schema] of Object.entries(named)) explain(name, schema, docs);
  return { named, inputs, outputs: describe(procedures.outputs, 'output') };
}

function entitiesOf(docs: Docstrings): Described[] {
  const events = (Object.keys(EVENTS) as EventKind[]).flatMap((kind) =>
    eventsOf(kind).map(({ type, schema }) => ({ name: eventSchema(type), schema })),
  );
  const entities = Object.entries<unknown>(contract).flatMap(([name, schema]) =>
    schema instanceof z.ZodType ? { name: docs.typeOf(name) ?? capital(name), schema } : [],
  );
  // A module's names come in an order that depends on who loads it.
  return [...entities.sort((a, b) => (a.name < b.name ? -1 : 1)), ...events];
}

const capital = (name: string): string => name[0]!.toUpperCase() + name.slice(1);

type Registry = ReturnType<typeof z.registry<{ id: string }>>;
type Io = 'input' | 'output';

function describeEntities(registry: Registry, io: Io): Record<string, Schema> {
  const { schemas } = z.toJSONSchema(registry, { ...asWeWrite(io), uri: (name) => refTo(name).$ref });
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, bare(schema)]));
}

function describeOne(schema: z.ZodType, registry: Registry, io: Io): Schema {
  const name = registry.get(schema)?.id;
  if (name !== undefined) return refTo(name);
  const written = JSON.stringify(bare(z.toJSONSchema(schema, { ...asWeWrite(io), metadata: registry })));
  return JSON.parse(written.replaceAll('"#/$defs/', `"${refTo('').$ref}`)) as Schema;
}

function bare(schema: object): Schema {
  const { $schema: _, $id: __, $defs: ___, ...rest } = schema as Record<string, unknown>;
  return rest as Schema;
}

function asWeWrite(io: Io): z.core.ToJSONSchemaParams {
  return {
    io,
    override: ({ zodSchema, jsonSchema }) => {
      Object.assign(jsonSchema, z.globalRegistry.get(zodSchema));
      const rules = rulesOf(zodSchema);
      if (rules) jsonSchema.description = rules;
      // What is given may have more fields one day, and readers are to bear it.
      if (io === 'output' && jsonSchema.additionalProperties === false)
        delete jsonSchema.additionalProperties;
      // It says that the names of JSON's fields are texts.
      delete jsonSchema.propertyNames;
      delete jsonSchema.id;
    },
  };
}

/** What refinements say in words of an object or a list. Those of a text say what is wrong with it. */
function rulesOf(schema: z.core.$ZodTypes): string {
  const { checks = [], type } = schema._zod.def;
  if (type !== 'object' && type !== 'array') return '';
  return checks
    .map(({ _zod: { def } }) => (def.check === 'custom' ? def.error?.({} as never) : undefined))
    .filter((message) => typeof message === 'string')
    .join('; ');
}

/** The names of all schemas that these make use of. */
function namesIn(schemas: Schema[], all: Record<string, Schema>, found = new Set<string>()): Set<string> {
  for (const schema of schemas) {
    JSON.stringify(schema, (key, value) => {
      const name = key === '$ref' ? String(value).split('/').at(-1)! : undefined;
      if (name === undefined || found.has(name)) return value;
      found.add(name);
      namesIn([all[name]!], all, found);
      return value;
    });
  }
  return found;
}

/** Puts to an entity and to its fields what the contract's comments say of them. */
function explain(name: string, schema: Schema, docs: Docstrings): void {
  const said = docs.of(name) ?? docs.of(name[0]!.toLowerCase() + name.slice(1));
  if (said !== undefined) schema.description = said;
  for (const [field, value] of Object.entries(schema.properties ?? {})) {
    const words = docs.of(`${name}.${field}`);
    if (words !== undefined) value.description = words;
  }
}
