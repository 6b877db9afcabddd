import { ERROR_STATUS } from '@parley/contract';
import { beforeAll, describe, expect, test } from 'vitest';
import { scan, scanEvents } from '../reference/docstrings.ts';
import { readErrorData, schemaOf } from '../reference/error-data.ts';
import { type Outcome, outcome } from '../reference/outcome.ts';
import { notation } from '../src/docs/notation.ts';
import { OPENAPI_FILE, type OpenApi, operationsOf } from '../src/docs/openapi.ts';
import { appRouter } from '../src/router.ts';

let made: Outcome;
let api: OpenApi;
beforeAll(() => {
  made = outcome();
  api = JSON.parse(made.files[OPENAPI_FILE]!);
});

describe('the reference, and with it the contract that apps were made for', () => {
  test('has no change in it that an app in the field cannot bear', () => {
    const due = 'another WIRE_VERSION is due, in packages/contract/src/version.ts: see CONTRIBUTING.md';
    expect(made.refusals, due).toEqual([]);
  });

  test('is what the code says', () => {
    expect(made.stale, 'npm run reference writes them anew').toEqual([]);
  });

  test('has every procedure, each with words of its own', () => {
    const described = operationsOf(api);
    expect(described.map(({ operationId }) => operationId).sort()).toEqual(
      Object.keys(appRouter._def.procedures).sort(),
    );
    expect(described.filter(({ description }) => description === '')).toEqual([]);
  });

  test('has words for every event, every error and every type', () => {
    const silent = Object.entries(api.components.schemas).filter(([, { description }]) => !description);
    expect(silent.map(([name]) => name)).toEqual([]);
    expect(Object.keys(readErrorData())).toEqual(Object.keys(ERROR_STATUS));
  });

  test('names nothing that is not there', () => {
    const names = JSON.stringify(api).matchAll(/"#\/components\/(schemas|responses)\/([^"]+)"/g);
    const missing = [...names].filter(([, kind, name]) => !(name! in api.components[kind as 'schemas']));
    expect(missing.map(([ref]) => ref)).toEqual([]);
  });

  test('has no two headings that a link could not tell apart', () => {
    const [, text] = Object.values(made.files);
    const anchors = [...text!.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
      heading!.toLowerCase().replaceAll('.', ''),
    );
    expect(anchors).toEqual([...new Set(anchors)]);
    const links = [...text!.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor!);
    expect(links.filter((link) => !anchors.includes(link))).toEqual([]);
  });
});

describe('what is read of the sources', () => {
  test('the comment right before a name, at the top of a file or within one', () => {
    const source = `/** A cup. */
export type Cup = {
  /**
   * How much fits
   * in it.
   *
   * In litres.
   */
  size: number;
  colour: string;
  /** Not the handle's, but of the cup. */
  handle?: { length: number };
};

/** Nothing follows. */

export const teaRouter = {
  /** Pours. */
  pour: procedure,
};
`;
    expect(scan(source)).toEqual([
      ['Cup', 'A cup.'],
      ['Cup.size', 'How much fits in it.\n\nIn litres.'],
      ['Cup.handle', "Not the handle's, but of the cup."],
      ['teaRouter.pour', 'Pours.'],
    ]);
  });

  test('the comment before an event, for all up to the next', () => {
    const source = `export type TeaEvent =
  /** Tea was poured. */
  | { type: 'tea.poured'; into: 'cup' | 'mug' }
  /** It is on
   *  the table. */
  | TableEvent<'tea.served'>
  | {
      type: 'tea.cleared';
      at: string;
    };

export const teaEvent = z.object({ type: z.literal('tea.drunk') });
`;
    expect(scanEvents(source)).toEqual([
      ['tea.poured', 'Tea was poured.'],
      ['tea.served', 'It is on the table.'],
      ['tea.cleared', 'It is on the table.'],
    ]);
  });

  test("a type of an error's data", () => {
    expect(schemaOf("{ what: | 'tea' | 'cake'; at: string | null; cups: { size: number }[] }")).toEqual({
      type: 'object',
      properties: {
        what: { type: 'string', enum: ['tea', 'cake'] },
        at: { anyOf: [{ type: 'string' }, { type: 'null' }] },
        cups: {
          type: 'array',
          items: { type: 'object', properties: { size: { type: 'number' } }, required: ['size'] },
        },
      },
      required: ['what', 'at', 'cups'],
    });
    expect(() => schemaOf('{ at: Date }')).toThrow('not read here: Date');
  });
});

test('a schema as people read it', () => {
  expect(
    notation({
      type: 'object',
      properties: {
        cups: { type: 'integer', minimum: 1, maximum: 9, default: 1, description: 'How many.' },
        of: { anyOf: [{ $ref: '#/components/schemas/Cup' }, { type: 'null' }] },
        sizes: { type: 'array', items: { type: 'string', enum: ['s', 'm'] }, maxItems: 2 },
        at: { type: 'array', prefixItems: [{ type: 'number' }, { type: 'number' }] },
        rest: { type: 'object', additionalProperties: {} },
        kind: { type: 'string', const: 'tea', format: 'name' },
      },
      required: ['of', 'kind'],
    }),
  ).toBe(`{
  // How many.
  cups?: integer // 1 to 9; 1 where it is left out
  of: Cup | null
  sizes?: ("s" | "m")[] // 0 to 2 of them
  at?: [number, number]
  rest?: {
    [name: string]: unknown
  }
  kind: "tea" // name
}`);
});
