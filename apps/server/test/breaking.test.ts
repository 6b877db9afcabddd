import { describe, expect, test } from 'vitest';
import { breaking } from '../reference/breaking.ts';
import { refusalsOf } from '../reference/outcome.ts';
import type { OpenApi, Operation, Schema } from '../src/docs/openapi.ts';

const object = (properties: Record<string, Schema>, optional: string[] = []): Schema => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
});
const strict = (schema: Schema): Schema => ({ ...schema, additionalProperties: false });
const text: Schema = { type: 'string' };
const number: Schema = { type: 'integer' };
const nothing: Schema = { type: 'null' };
const oneOf = (...anyOf: Schema[]): Schema => ({ anyOf });

const json = (schema: Schema) => ({ 'application/json': { schema } });

/** An API of one procedure, one event and one error. */
function api(
  parts: {
    input?: Schema;
    output?: Schema;
    event?: Schema;
    error?: Schema;
    schemas?: Record<string, Schema>;
  },
  operation: Partial<Operation> = {},
): OpenApi {
  const { input, output = nothing, event, error, schemas = {} } = parts;
  const post: Operation = {
    operationId: 'tea.pour',
    tags: ['tea'],
    summary: '',
    description: '',
    'x-kind': 'mutation',
    'x-errors': [],
    'x-events': [],
    'x-limits': [],
    requestBody: { required: input !== undefined, content: json(input ?? object({})) },
    responses: { 200: { description: '', content: json(output) } },
    ...operation,
  };
  return {
    openapi: '3.1.0',
    info: { title: '', version: '1', description: '' },
    servers: [],
    security: [],
    tags: [],
    paths: { [`/api/${post.operationId}`]: { post } },
    'x-subscriptions': {},
    'x-events': event ? { 'tea.poured': { $ref: '#/components/schemas/Event.tea.poured', kind: 'log' } } : {},
    components: {
      securitySchemes: {},
      schemas: {
        ...schemas,
        ...(event && { 'Event.tea.poured': event }),
        ...(error && { 'Error.TOO_HOT': error }),
      },
      responses: {},
    },
  };
}

const given = (before: Schema, after: Schema) => breaking(api({ output: before }), api({ output: after }));
const taken = (before: Schema | undefined, after: Schema | undefined) =>
  breaking(api(before ? { input: before } : {}), api(after ? { input: after } : {}));

describe('what an app in the field cannot bear: procedures', () => {
  test('one that is gone, or called otherwise', () => {
    expect(breaking(api({}), { ...api({}), paths: {} })).toEqual(['tea.pour is gone']);
    expect(breaking(api({}), api({}, { 'x-kind': 'query' }))).toEqual([
      'tea.pour is a query and was a mutation',
    ]);
  });

  test('one that needs a session from now on, and not the other way round', () => {
    expect(breaking(api({}, { security: [] }), api({}))).toEqual(['tea.pour needs a session and did not']);
    expect(breaking(api({}), api({}, { security: [] }))).toEqual([]);
  });

  test('a subscription, like others', () => {
    const { paths, ...rest } = api({}, { 'x-kind': 'subscription' });
    const before = { ...rest, paths: {}, 'x-subscriptions': { 'tea.pour': paths['/api/tea.pour']!.post } };
    expect(breaking(before, before)).toEqual([]);
    expect(breaking(before, { ...before, 'x-subscriptions': {} })).toEqual(['tea.pour is gone']);
  });

  test('not another one', () => {
    const after = api({});
    after.paths['/api/tea.drink'] = api({ input: text }, { operationId: 'tea.drink' }).paths[
      '/api/tea.drink'
    ]!;
    expect(breaking(api({}), after)).toEqual([]);
  });
});

describe('what it is given', () => {
  test.each<[what: string, before: Schema, after: Schema, found: string]>([
    ['a field is gone', object({ cups: number }), object({}), ': cups is gone'],
    [
      'a field may be missing',
      object({ cups: number }),
      object({ cups: number }, ['cups']),
      ': cups may be missing',
    ],
    [
      'a field is something else',
      object({ cups: number }),
      object({ cups: text }),
      '.cups: string, and was integer',
    ],
    [
      'a field may be null',
      object({ cups: number }),
      object({ cups: oneOf(number, nothing) }),
      '.cups: null, and was integer',
    ],
    ['null in the short way', text, { type: ['string', 'null'] }, ': null, and was string'],
    ['another form', { ...text, format: 'date-time' }, text, ': string, and was string (date-time)'],
    ['any number', number, { type: 'number' }, ': number, and was integer'],
    [
      'an item has less',
      { type: 'array', items: object({ cups: number }) },
      { type: 'array', items: object({}) },
      '[]: cups is gone',
    ],
    [
      'a pair is three',
      { type: 'array', prefixItems: [number, number] },
      { type: 'array', prefixItems: [number, number, number] },
      ': 3 places, and was 2',
    ],
    [
      'a value of a map',
      { type: 'object', additionalProperties: number },
      { type: 'object', additionalProperties: text },
      '{}: string, and was integer',
    ],
    [
      'another kind of object beside the only one',
      object({ kind: { const: 'a' } }),
      oneOf(object({ kind: { const: 'a' } }), object({ kind: { const: 'b' } })),
      '.kind: "b", and was "a"',
    ],
    [
      'one of several has less',
      oneOf(object({ kind: { const: 'a' }, cups: number }), object({ kind: { const: 'b' } })),
      oneOf(object({ kind: { const: 'a' } }), object({ kind: { const: 'b' } })),
      ': cups is gone',
    ],
  ])('%s', (_, before, after, found) => {
    expect(given(before, after)).toEqual([`tea.pour returns${found}`]);
  });

  test.each<[what: string, before: Schema, after: Schema]>([
    ['another field', object({}), object({ cups: number })],
    ['a field that always comes', object({ cups: number }, ['cups']), object({ cups: number })],
    ['no null any more', oneOf(text, nothing), text],
    ['a whole number', { type: 'number' }, number],
    ['another value of a list', { ...text, enum: ['a'] }, { ...text, enum: ['a', 'b'] }],
    ['one value becomes a list', { ...text, const: 'a' }, { ...text, enum: ['a', 'b'] }],
    [
      'another kind of object',
      oneOf(object({ kind: { const: 'a' } }), object({ kind: { const: 'b' } })),
      oneOf(
        object({ kind: { const: 'a' } }),
        object({ kind: { const: 'b' } }),
        object({ kind: { const: 'c' } }),
      ),
    ],
    ['other words', { ...text, description: 'tea' }, { ...text, description: 'more tea' }],
  ])('%s is borne', (_, before, after) => {
    expect(given(before, after)).toEqual([]);
  });
});

describe('what is taken from it', () => {
  test.each<[what: string, before: Schema | undefined, after: Schema | undefined, found: string]>([
    ['an input where none was', undefined, object({}), ' an input that it did not need'],
    ['a field is needed', object({}), object({ cups: number }), ': cups is needed and was not'],
    [
      'a field is needed that was not',
      object({ cups: number }, ['cups']),
      object({ cups: number }),
      ': cups is needed and was not',
    ],
    ['a field is gone', strict(object({ cups: number })), strict(object({})), ': cups is gone'],
    ['no other fields', object({}), strict(object({})), ': no other fields any more'],
    [
      'a field is something else',
      object({ cups: number }),
      object({ cups: text }),
      '.cups: string, and was integer',
    ],
    ['no null any more', oneOf(text, nothing), text, ': string, and was null'],
    [
      'a value of a list',
      { ...text, enum: ['a', 'b'] },
      { ...text, enum: ['a'] },
      ': "b" is not taken any more',
    ],
    ['a list where any text was', text, { ...text, enum: ['a'] }, ': one of a list, and was any'],
    ['a shorter text', text, { ...text, maxLength: 3 }, ': maxLength 3, and was none'],
    ['a longer text', { ...text, minLength: 1 }, { ...text, minLength: 2 }, ': minLength 2, and was 1'],
    ['a pattern', text, { ...text, pattern: '^a' }, ': another pattern'],
    ['a smaller number', { ...number, maximum: 3 }, { ...number, maximum: 2 }, ': maximum 2, and was 3'],
    [
      'fewer items',
      { type: 'array', items: text },
      { type: 'array', items: text, maxItems: 2 },
      ': maxItems 2, and was none',
    ],
  ])('%s', (_, before, after, found) => {
    expect(taken(before, after)).toEqual([`tea.pour takes${found}`]);
  });

  test.each<[what: string, before: Schema | undefined, after: Schema | undefined]>([
    ['no input any more', object({}), undefined],
    ['another field that is not needed', strict(object({})), strict(object({ cups: number }, ['cups']))],
    ['a field that is not needed any more', object({ cups: number }), object({ cups: number }, ['cups'])],
    ['null, too', text, { type: ['string', 'null'] }],
    ['any number', number, { type: 'number' }],
    ['a longer list', { ...text, enum: ['a'] }, { ...text, enum: ['a', 'b'] }],
    ['any text', { ...text, enum: ['a'], maxLength: 1, pattern: '^a' }, text],
    ['one more way', object({ cups: number }), oneOf(object({ cups: number }), object({ pots: number }))],
  ])('%s is borne', (_, before, after) => {
    expect(taken(before, after)).toEqual([]);
  });
});

describe('events, errors and what has a name', () => {
  test('an event that is gone, or has less', () => {
    const before = api({ event: object({ type: { const: 'tea.poured' }, cups: number }) });
    expect(breaking(before, api({}))).toEqual(['the event tea.poured is gone']);
    expect(breaking(before, api({ event: object({ type: { const: 'tea.poured' } }) }))).toEqual([
      'the event tea.poured: cups is gone',
    ]);
    expect(breaking(api({}), before)).toEqual([]);
  });

  test('an error with other data or another status, and not one that is new or comes no more', () => {
    const error = (status: number, data: Record<string, Schema>) =>
      api({ error: object({ httpStatus: { const: status }, ...data }) });
    expect(breaking(error(409, { cups: number }), error(409, {}))).toEqual([
      'the error TOO_HOT: cups is gone',
    ]);
    expect(breaking(error(409, {}), error(400, {}))).toEqual([
      'the error TOO_HOT.httpStatus: 400, and was 409',
    ]);
    expect(breaking(error(409, {}), api({}))).toEqual([]);
    expect(breaking(api({}), error(409, {}))).toEqual([]);
  });

  test('what changes under a name, and where the name is another one for the same', () => {
    const named = (name: string, schema: Schema) =>
      api({ output: { $ref: `#/components/schemas/${name}` }, schemas: { [name]: schema } });
    expect(breaking(named('Cup', object({ size: number })), named('Cup', object({})))).toEqual([
      'tea.pour returns: size is gone',
    ]);
    expect(breaking(named('Cup', object({ size: number })), named('Mug', object({ size: number })))).toEqual(
      [],
    );
  });

  test('what refers to itself comes to an end', () => {
    const tree = (leaf: Schema) =>
      api({
        output: { $ref: '#/components/schemas/Tree' },
        schemas: {
          Tree: object({
            leaf,
            children: { type: 'array', items: { $ref: '#/components/schemas/Tree' } },
          }),
        },
      });
    expect(breaking(tree(text), tree(text))).toEqual([]);
    expect(breaking(tree(text), tree(number))).toEqual(['tea.pour returns.leaf: integer, and was string']);
  });
});

test('another version of the wire may break what it likes', () => {
  const before = api({ output: object({ cups: number }) });
  const after = api({ output: object({}) });
  expect(refusalsOf(before, after)).toHaveLength(1);
  after.info.version = '2';
  expect(refusalsOf(before, after)).toEqual([]);
});
