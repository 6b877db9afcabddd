import {
  errorSchema,
  eventSchema,
  inputOf,
  nameOf,
  type OpenApi,
  type Operation,
  operationsOf,
  outputOf,
  type Schema,
} from '../src/docs/openapi.ts';

/**
 * What of a change an app in the field cannot bear that was made for what was there `before`: each in a line, with its
 * place. What only adds is none of it: a procedure, an optional input, a field of an answer or an event, another event, error
 * or value of a list. Readers pass over what they do not know.
 */
export function breaking(before: OpenApi, after: OpenApi): string[] {
  const compare = comparison(before, after);
  return [
    ...breakingOperations(before, after, compare),
    ...breakingEvents(before, after, compare),
    ...breakingErrors(before, after, compare),
  ];
}

type Comparison = ReturnType<typeof comparison>;

function breakingOperations(before: OpenApi, after: OpenApi, compare: Comparison): string[] {
  const present = new Map(operationsOf(after).map((operation) => [operation.operationId, operation]));
  return operationsOf(before).flatMap((old) => {
    const path = old.operationId;
    const now = present.get(path);
    if (!now) return [`${path} is gone`];
    const found: string[] = [];
    if (old['x-kind'] !== now['x-kind'])
      found.push(`${path} is a ${now['x-kind']} and was a ${old['x-kind']}`);
    if (old.security && !now.security) found.push(`${path} needs a session and did not`);
    return [...found, ...breakingInput(old, now, compare), ...breakingOutput(old, now, compare)];
  });
}

function breakingInput(old: Operation, now: Operation, compare: Comparison): string[] {
  const [was, is] = [inputOf(old), inputOf(now)];
  const place = `${old.operationId} takes`;
  if (!was) return is ? [`${place} an input that it did not need`] : [];
  return is ? compare.taken(was, is, place) : [];
}

function breakingOutput(old: Operation, now: Operation, compare: Comparison): string[] {
  const [was, is] = [outputOf(old), outputOf(now)];
  return was && is ? compare.given(was, is, `${old.operationId} returns`) : [];
}

function breakingEvents(before: OpenApi, after: OpenApi, compare: Comparison): string[] {
  return Object.keys(before['x-events']).flatMap((type) => {
    if (!after['x-events'][type]) return [`the event ${type} is gone`];
    const name = eventSchema(type);
    return compare.given(
      before.components.schemas[name]!,
      after.components.schemas[name]!,
      `the event ${type}`,
    );
  });
}

/** Nobody misses an error that does not come any more. */
function breakingErrors(before: OpenApi, after: OpenApi, compare: Comparison): string[] {
  const schemas = after.components.schemas;
  return Object.entries(before.components.schemas)
    .filter(([name]) => name.startsWith(errorSchema('')) && schemas[name])
    .flatMap(([name, schema]) =>
      compare.given(schema, schemas[name]!, `the error ${name.slice(errorSchema('').length)}`),
    );
}

/** Compares what an app was made for with what there is: what it is given, and what is taken from it. */
function comparison(before: OpenApi, after: OpenApi) {
  const open = new Set<string>();

  /** A schema refers to itself when it is met again within itself: what is to be said of it is said outside. */
  function once(was: Schema, is: Schema, direction: string, work: () => string[]): string[] {
    const key = JSON.stringify([direction, was.$ref, is.$ref]);
    if (was.$ref === undefined && is.$ref === undefined) return work();
    if (open.has(key)) return [];
    open.add(key);
    const found = work();
    open.delete(key);
    return found;
  }

  function given(was: Schema, is: Schema, place: string): string[] {
    return once(was, is, 'given', () => {
      const [olds, news] = [formsOf(was, before), formsOf(is, after)];
      return news.flatMap((form) => {
        if (isNewKind(form, olds)) return [];
        return fewest(likely(form, olds).map((old) => givenForm(old, form, place)));
      });
    });
  }

  function givenForm(was: Schema, is: Schema, place: string): string[] {
    if (kindOf(was) === 'anything') return [];
    if (kindOf(was) !== kindOf(is) && !(kindOf(was) === 'number' && kindOf(is) === 'integer'))
      return [`${place}: ${kindOf(is)}, and was ${kindOf(was)}`];
    if (was.type === 'array') return items(was, is, place, given);
    if (was.type !== 'object') return constantsGiven(was, is, place);
    return [
      ...Object.entries(was.properties ?? {}).flatMap(([name, field]) => {
        const now = is.properties?.[name];
        if (!now) return [`${place}: ${name} is gone`];
        const isMissing = was.required?.includes(name) && !is.required?.includes(name);
        return [
          ...(isMissing ? [`${place}: ${name} may be missing`] : []),
          ...given(field, now, `${place}.${name}`),
        ];
      }),
      ...values(was, is, place, given),
    ];
  }

  function taken(was: Schema, is: Schema, place: string): string[] {
    return once(was, is, 'taken', () => {
      const news = formsOf(is, after);
      return formsOf(was, before).flatMap((old) =>
        fewest(likely(old, news).map((form) => takenForm(old, form, place))),
      );
    });
  }

  function takenForm(was: Schema, is: Schema, place: string): string[] {
    if (kindOf(is) === 'anything') return [];
    if (kindOf(was) !== kindOf(is) && !(kindOf(was) === 'integer' && kindOf(is) === 'number'))
      return [`${place}: ${kindOf(is)}, and was ${kindOf(was)}`];
    const limits = narrower(was, is, place);
    if (was.type === 'array') return [...limits, ...items(was, is, place, taken)];
    if (was.type !== 'object') return limits;
    const isStrict = is.additionalProperties === false;
    return [
      ...limits,
      ...(isStrict && was.additionalProperties !== false ? [`${place}: no other fields any more`] : []),
      ...Object.entries(was.properties ?? {}).flatMap(([name, field]) => {
        const now = is.properties?.[name];
        return now ? taken(field, now, `${place}.${name}`) : [`${place}: ${name} is gone`];
      }),
      ...(is.required ?? [])
        .filter((name) => !was.required?.includes(name))
        .map((name) => `${place}: ${name} is needed and was not`),
      ...values(was, is, place, taken),
    ];
  }

  return { given, taken };
}

type Compare = (was: Schema, is: Schema, place: string) => string[];

function items(was: Schema, is: Schema, place: string, compare: Compare): string[] {
  const [olds, news] = [was.prefixItems ?? [], is.prefixItems ?? []];
  if (olds.length !== news.length) return [`${place}: ${news.length} places, and was ${olds.length}`];
  return [
    ...olds.flatMap((old, index) => compare(old, news[index]!, `${place}[${index}]`)),
    ...(was.items && is.items ? compare(was.items, is.items, `${place}[]`) : []),
  ];
}

/** Of an object that is a map. */
function values(was: Schema, is: Schema, place: string, compare: Compare): string[] {
  const [old, now] = [was.additionalProperties, is.additionalProperties];
  if (typeof old !== 'object') return [];
  return typeof now === 'object'
    ? compare(old, now, `${place}{}`)
    : [`${place}: no names of one's own any more`];
}

/** One after the other what it may be, with names looked up. */
function formsOf(schema: Schema, api: OpenApi): Schema[] {
  const { $ref, ...rest } = schema;
  const target = $ref === undefined ? schema : { ...api.components.schemas[nameOf($ref)], ...rest };
  const forms = target.anyOf ?? target.oneOf;
  if (forms) return forms.flatMap((form) => formsOf(form, api));
  if (Array.isArray(target.type)) return target.type.map((type) => ({ ...target, type }));
  return [target];
}

/** An object that another kind of object stands beside, by the same field: whoever reads it sees that at once. */
function isNewKind(form: Schema, olds: Schema[]): boolean {
  const constants = Object.entries(form.properties ?? {}).filter(
    ([, { const: value }]) => value !== undefined,
  );
  return constants.some(
    ([name, { const: value }]) =>
      olds.length > 1 &&
      olds.every(({ properties }) => {
        const old = properties?.[name]?.const;
        return old !== undefined && old !== value;
      }),
  );
}

/** Those of its own kind, if there are any. */
function likely(form: Schema, others: Schema[]): Schema[] {
  const same = others.filter((other) => kindOf(other) === kindOf(form));
  return same.length > 0 ? same : others;
}

/** Of several that it may be compared with, it means the one that it is most like. */
const fewest = (found: string[][]): string[] =>
  found.reduce((best, one) => (one.length < best.length ? one : best), found[0] ?? []);

function kindOf({ type, format, const: value, enum: list }: Schema): string {
  if (type === undefined && value === undefined && list === undefined) return 'anything';
  return format === undefined ? String(type ?? 'a constant') : `${String(type)} (${format})`;
}

/** A list may get longer, and a constant become a list. */
function constantsGiven(was: Schema, is: Schema, place: string): string[] {
  if ('const' in was && 'const' in is && was.const !== is.const)
    return [`${place}: ${JSON.stringify(is.const)}, and was ${JSON.stringify(was.const)}`];
  return [];
}

const constantsOf = ({ const: value, enum: list }: Schema): unknown[] | null =>
  list ?? (value === undefined ? null : [value]);

/** What an app may send, and is not taken any more. */
function narrower(was: Schema, is: Schema, place: string): string[] {
  const found: string[] = [];
  const constants = constantsOf(is);
  if (constants) {
    const olds = constantsOf(was);
    if (!olds) found.push(`${place}: one of a list, and was any`);
    for (const value of olds ?? [])
      if (!constants.includes(value)) found.push(`${place}: ${JSON.stringify(value)} is not taken any more`);
  }
  for (const limit of ['minLength', 'minimum', 'minItems'] as const)
    if ((is[limit] ?? -Infinity) > (was[limit] ?? -Infinity))
      found.push(`${place}: ${limit} ${is[limit]}, and was ${was[limit] ?? 'none'}`);
  for (const limit of ['maxLength', 'maximum', 'maxItems'] as const)
    if ((is[limit] ?? Infinity) < (was[limit] ?? Infinity))
      found.push(`${place}: ${limit} ${is[limit]}, and was ${was[limit] ?? 'none'}`);
  if (is.pattern !== undefined && is.pattern !== was.pattern) found.push(`${place}: another pattern`);
  return found;
}
